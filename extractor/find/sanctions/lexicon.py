"""Words for what is done to a restriction, and what each says about how settled it is."""

from extractor.find.candidates import Action, Status
from extractor.language.sentence_words import forms


def _table(groups: dict[Action, frozenset[str]]) -> dict[str, Action]:
    return {form: action for action, words in groups.items() for form in words}


_LIFT = frozenset(
    "withdraw withdraws withdrew withdrawn withdrawing undo undoes undid undone undoing dropped "
    "dropping drop drops scrapped scrapping scrap scraps cancelled cancelling canceled canceling "
    "cancel cancels axed".split()
) | forms(
    "lift", "remove", "end", "abolish", "repeal", "revoke", "rescind", "terminate", "annul",
    "eliminate", "dismantle", "delist", "unfreeze", "unblock", "erase", "overturn",
)  # fmt: skip
_KEEP = frozenset(
    "keep keeps kept keeping uphold upholds upheld upholding leave leaves left leaving".split()
) | forms("maintain", "retain", "preserve")

# Verbs that take the restriction as their object ("lift sanctions") or, as participles, their
# subject ("sanctions were lifted").
ACTIONS: dict[str, Action] = _table({
    "impose": forms("impose", "levy", "introduce", "place", "enact", "enforce", "institute",
                    "order", "unleash", "slap", "implement", "apply", "reapply", "inflict",
                    "launch", "declare")
    | {"slapped", "slapping", "put", "puts", "putting"},
    "tighten": forms("tighten", "toughen", "expand", "broaden", "widen", "strengthen", "step",
                     "ramp", "intensify", "increase", "escalate", "stiffen", "harden", "bolster",
                     "ratchet", "reinforce", "deepen", "double")
    | {"stepped", "stepping", "upping", "upped"},
    "keep": _KEEP,
    "renew": forms("renew", "prolong", "extend", "roll"),
    "ease": forms("ease", "relax", "loosen", "soften", "reduce", "scale", "lighten", "dial",
                  "suspend", "pause", "phase", "alleviate", "defer"),
    "lift": _LIFT,
    "waive": forms("waive"),
    "reimpose": forms("reimpose", "re-impose", "restore", "reinstate", "reintroduce", "revive",
                      "reactivate", "trigger", "resume", "renege")
    | {"snap", "snaps", "snapped", "snapping", "bring", "brings", "brought", "bringing"},
})  # fmt: skip
for _form in forms("renege"):
    del ACTIONS[_form]
for _form in ("reapply", "reapplies", "reapplied", "reapplying"):
    ACTIONS[_form] = "reimpose"

# The particle a verb needs before it means this: "step up sanctions", "roll back sanctions".
PARTICLES: dict[str, dict[str, Action]] = {
    **{form: {"up": "tighten"} for form in (*forms("step", "ramp", "ratchet"), "stepped",
                                            "stepping", "ramped")},
    **{form: {"down": "tighten"} for form in forms("double")},
    **{form: {"back": "ease", "down": "ease"} for form in forms("scale", "dial")},
    **{form: {"back": "ease", "over": "renew"} for form in forms("roll")},
    **{form: {"out": "lift"} for form in forms("phase")},
    **{form: {"up": "lift"} for form in ("rip", "rips", "ripped", "ripping", "tear", "tore", "torn",
                                         "tearing")},
    **{form: {"down": "ease", "back": "ease"} for form in forms("wind")},
    **{form: {"back": "reimpose"} for form in ("snap", "snaps", "snapped", "snapping")},
    **{form: {"back": "reimpose", "in": "impose"} for form in ("bring", "brings", "brought",
                                                               "bringing")},
    **{form: {"off": "lift"} for form in forms("call")},
}  # fmt: skip
# Verbs that mean something else unless the words behind the restriction say this.
NEED_PLACE = frozenset("leave leaves left leaving".split())  # "leave sanctions in place"
NEED_ON = frozenset("put puts putting launch launches launched launching".split())
NEED_BACK = frozenset(
    forms("trigger")
)  # "trigger snapback"; "trigger sanctions" is a law's wording

# Said of the restriction itself, without an object: "sanctions remain in place", "… expire".
INTRANSITIVE: dict[str, Action] = {
    **dict.fromkeys(("remain", "remains", "remained", "stay", "stays", "stayed", "stand", "stands",
                     "stood", "continue", "continues", "continued", "persist"), "keep"),
    **dict.fromkeys((*forms("expire", "lapse"), "end", "ends", "ended"), "lift"),
    **dict.fromkeys(("snap", "snapped", "snaps", "return", "returned", "returns"), "reimpose"),
    **dict.fromkeys(forms("kick"), "impose"),
    **dict.fromkeys(("take", "took", "takes", "come", "came", "comes", "go", "went", "goes",
                     "enter", "entered", "enters", "taken", "gone"), "impose"),
}  # fmt: skip
# What must follow the intransitive ones that are also common verbs.
INTRANSITIVE_NEEDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("end", "ends", "ended"),
        frozenset({".", ",", "", "in", "on", "when", "by", "soon", "today", "after", "as", "if",
                   "and", "once", "last", "this", "next", "with", "at", "unless", "until"}),
    ),
    **dict.fromkeys(("take", "took", "takes", "taken"), frozenset({"effect"})),
    **dict.fromkeys(forms("kick"), frozenset({"in"})),
    **dict.fromkeys(
        ("come", "came", "comes", "go", "went", "goes", "gone", "enter", "entered", "enters"),
        frozenset({"into", "in"}),
    ),
    **dict.fromkeys(("snap", "snapped", "snaps"), frozenset({"back"})),
    **dict.fromkeys(
        ("continue", "continues", "continued", "remain", "remains", "remained", "stay", "stays",
         "stayed", "stand", "stands", "stood"),
        frozenset({"in", "to", "until", ".", ",", "on", "intact", "unchanged", "and", "as", "for",
                   "despite", "firm", "active", "effective", "at", "there", "after", "if",
                   "while", "but", "unless", "”", '"', "", "valid", "fully", "largely"}),
    ),
}  # fmt: skip

# Nouns of action: "the lifting of sanctions", "an end to sanctions".
NOUNS: dict[str, Action] = {
    **dict.fromkeys(("lifting", "removal", "end", "ending", "abolition", "cancellation", "repeal",
                     "termination", "withdrawal", "revocation", "scrapping", "dropping",
                     "elimination", "expiry", "unfreezing", "cessation", "abandonment", "halt",
                     "expiration"), "lift"),
    **dict.fromkeys(("easing", "relaxation", "suspension", "loosening", "softening", "reduction",
                     "rollback", "relief", "alleviation", "pause", "unwinding"), "ease"),
    **dict.fromkeys(("imposition", "introduction", "implementation", "enactment", "imposing",
                     "announcement", "adoption"), "impose"),
    **dict.fromkeys(("tightening", "expansion", "toughening", "strengthening", "intensification",
                     "escalation", "broadening", "widening"), "tighten"),
    **dict.fromkeys(("extension", "renewal", "prolongation", "rollover"), "renew"),
    **dict.fromkeys(("waiver", "waivers", "exemption", "exemptions", "waiving", "exception",
                     "exceptions", "carve-out", "reprieve", "licence", "license"), "waive"),
    **dict.fromkeys(("reimposition", "restoration", "reinstatement", "reintroduction", "snapback",
                     "snap-back", "return", "re-imposition", "revival"), "reimpose"),
    **dict.fromkeys(("maintenance", "continuation", "retention", "keeping"), "keep"),
    **dict.fromkeys(("threat", "threats"), "threaten"),
}  # fmt: skip

_NEW: Action = "impose"
# Verbs whose object is a restriction that is yet to come, with what that says of its status.
SOFT: dict[str, Status] = {
    **dict.fromkeys((*forms("announce", "unveil", "issue"),), "announced"),
    **dict.fromkeys((*forms("authorize", "authorise", "require", "mandate", "adopt", "approve",
                            "pass", "endorse", "agree"), "adopted", "sign",
                     "signed", "signs"), "agreed"),
    **dict.fromkeys((*forms("propose", "seek", "demand", "urge", "consider", "weigh", "mull",
                            "prepare", "draft", "recommend", "suggest", "request", "back",
                            "support", "favor", "favour", "advocate", "want", "pursue", "push",
                            "craft",
                            "float", "expect", "advance"),
                     "readies", "readied", "ready", "sought", "planning", "planned", "plan",
                     "plans", "mulling", "readying",
                     "drawing", "eyeing", "eyes", "want", "wants", "wanted"), "proposed"),
    **dict.fromkeys((*forms("face", "risk"),), "proposed"),
    **dict.fromkeys((*forms("veto", "block", "reject", "oppose"), "vetoes", "vetoed"), "denied"),
}  # fmt: skip
# Verbs that take a restriction without changing it: nothing before them acts on it.
LEAVING = forms(
    "avoid", "evade", "violate", "breach", "defy", "skirt", "dodge", "circumvent", "discuss",
    "escape", "bust", "flout", "undermine", "criticize", "criticise", "slam", "condemn",
    "welcome", "counter", "cite", "survive", "weather",
)  # fmt: skip
# What brings new sanctions about: "prompting another round of", "would translate into tougher".
CAUSES = forms("prompt", "spur", "provoke", "trigger", "invite", "attract", "draw", "translate",
               "lead", "result", "earn", "incur") | {"drew", "drawn", "led"}  # fmt: skip
# Words in a restriction's own phrase that say that it is yet to come.
PROSPECTIVE: dict[str, Action] = {
    **dict.fromkeys(("possible", "potential", "proposed", "planned"), "impose"),
    "threatened": "threaten",
}
FACE = forms("face", "risk")
# "hit X with sanctions", "threatened X with sanctions"
WITH_VERBS: dict[str, Action] = {
    **dict.fromkeys(("hit", "hits", "hitting", *forms("slap", "punish", "target", "respond",
                     "retaliate", "penalize", "penalise", "follow"), "slapped", "slapping",
                     "struck", "retaliated"), "impose"),
    **dict.fromkeys(forms("threaten"), "threaten"),
}  # fmt: skip
THREATS = forms("threaten") | {"threat", "threats"}
THREATEN = forms("threaten", "warn", "brandish")
# "called for sanctions", "pressed for an embargo"
FOR_VERBS = forms("call", "push", "press", "ask", "appeal", "vote", "lobby", "advocate") | {
    "demand", "demands", "pressure", "pleas", "plea", "support", "voice", "voices", "need",
}  # fmt: skip
HARDER = frozenset(
    "tougher stricter stronger harsher tighter stiffer heavier broader deeper wider".split()
)
FRESH = HARDER | frozenset(
    "new fresh more further additional sweeping tough harsh crippling sectoral wide-ranging "
    "targeted unilateral secondary broad severe stiff strict economic international un u.n. eu "
    "u.s. us a an".split()
)
QUANTITIES = frozenset(
    "variety slate combination round rounds package packages wave waves series raft slew batch "
    "set list range number tranche "
    "types kinds form forms part parts majority bulk half portion any layer layers host lot "
    "array".split()
)
# Words that make lifting a part of it: "partly lifted" eases.
PARTLY = frozenset("partly partially temporarily selectively some partial temporary".split())
