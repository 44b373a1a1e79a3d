"""Words for what is done to a restriction, and for how settled they say it is."""

from typing import cast, get_args

from extractor.find.candidates import Action, Status
from extractor.language.en.lists import word_groups, word_labels, word_set, word_tuple

ACTIONS: dict[str, Action] = word_labels("sanctions.actions", get_args(Action))
# Verb -> the particle that it needs before it means this -> the action.
PARTICLES: dict[str, dict[str, Action]] = {}
for _label, _verbs in word_groups("sanctions.particles").items():
    _particle, _action = _label.split()
    for _verb in _verbs:
        PARTICLES.setdefault(_verb, {})[_particle] = cast("Action", _action)
NEED_PLACE = word_set("sanctions.need-place")
NEED_ON = word_set("sanctions.need-on")
NEED_BACK = word_set("sanctions.need-back")

INTRANSITIVE: dict[str, Action] = word_labels("sanctions.intransitive", get_args(Action))
# Intransitive verb that is also a common one -> what must follow it; "" is the sentence's end.
INTRANSITIVE_NEEDS: dict[str, frozenset[str]] = {}
_STOPS = frozenset((".", ",", ""))
for _verbs, _needs in (
    (word_tuple("sanctions.ending"), word_set("sanctions.behind-ending") | _STOPS),
    (word_tuple("sanctions.taking"), frozenset(("effect",))),
    (word_tuple("sanctions.kicking"), frozenset(("in",))),
    (word_tuple("sanctions.coming"), frozenset(("into", "in"))),
    (word_tuple("sanctions.snapping"), frozenset(("back",))),
    (word_tuple("sanctions.staying"), word_set("sanctions.behind-staying") | _STOPS | {"”", '"'}),
):
    INTRANSITIVE_NEEDS |= dict.fromkeys(_verbs, _needs)
NOUNS: dict[str, Action] = word_labels("sanctions.nouns", get_args(Action))

SOFT: dict[str, Status] = word_labels("sanctions.soft", get_args(Status))
LEAVING = word_set("sanctions.leaving")
CAUSES = word_set("sanctions.causes")
PROSPECTIVE: dict[str, Action] = word_labels("sanctions.prospective", get_args(Action))
FACE = word_set("sanctions.face")
WITH_VERBS: dict[str, Action] = word_labels("sanctions.with-verbs", get_args(Action))
THREATS = word_set("sanctions.threats")
THREATEN = word_set("sanctions.threaten")
FOR_VERBS = word_set("sanctions.for-verbs")
HARDER = word_set("sanctions.harder")
FRESH = HARDER | word_set("sanctions.fresh")
QUANTITIES = word_set("sanctions.quantities")
PARTLY = word_set("sanctions.partly")
