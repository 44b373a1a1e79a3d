"""Words that the finders and the rules know: closed classes, titles, roles, verbs of speech.

Lists of a class of words, never of particular people or outlets. Everything is lower case.
"""

from functools import cache, lru_cache
from pathlib import Path


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _words("the a an this that these those another some any each every no both all "
                     "either neither several many few one two three such")  # fmt: skip
POSSESSIVES = _words("his her their its my our your whose")
PREPOSITIONS = _words("""of in on at by for with from to into onto about against among amid around
    as after before behind between beyond despite during except following inside like near off
    outside over past since through throughout toward towards under until unlike upon via within
    without per than including regarding concerning alongside versus vs""")
CONJUNCTIONS = _words("and or but nor yet so because while although though if unless whether when "
                      "where as since after before until once that than")  # fmt: skip
AUXILIARIES = _words("""is are was were be been being am has have had do does did will would can
    could may might shall should must ought isn't aren't wasn't weren't hasn't haven't hadn't
    doesn't don't didn't won't wouldn't can't couldn't shouldn't isn’t aren’t wasn’t weren’t hasn’t
    haven’t hadn’t doesn’t don’t didn’t won’t wouldn’t can’t couldn’t shouldn’t""")
SUBJECT_PRONOUNS = _words("he she they it who i we which")
OBJECT_PRONOUNS = _words("him her them me us whom")
PRONOUN_GENDER = {"he": "m", "him": "m", "his": "m", "himself": "m",
                  "she": "f", "her": "f", "hers": "f", "herself": "f"}  # fmt: skip
PERSONAL_PRONOUNS = _words("he him his she her hers they them their it its i we my our who which")

# "We've", "it’s", "who'd": what stands for two words is no name.
_CONTRACTED = frozenset(
    f"{word}{mark}{ending}"
    for word in "i you he she it we they who that there here what how where let".split()
    for mark in "'’"
    for ending in "m re ve ll d s".split()
)

# Capitalised at the start of a sentence without being a name.
STARTERS = (
    _CONTRACTED |
    DETERMINERS | POSSESSIVES | PREPOSITIONS | CONJUNCTIONS | AUXILIARIES
    | SUBJECT_PRONOUNS | OBJECT_PRONOUNS
    | _words("""there here then now today yesterday tomorrow tonight however meanwhile moreover
    furthermore also still even just only perhaps maybe instead indeed thus hence therefore again
    later earlier soon never always often sometimes not what why how who whom whose which well yes
    oh ok okay please thanks thank sorry hello let let's it's he's she's they're i'm we're you're
    that's there's what's you your yours me mine ours theirs himself herself themselves itself
    according asked speaking given based rather more most less least much other others same nearly
    almost about roughly thousands hundreds millions dozens nobody everyone everybody someone
    somebody anyone anything everything something nothing first second third last next former
    ex recently previously currently eventually finally ultimately overall additionally although
    commenting responding referring citing noting adding asked told said says like read watch see
    photo image media caption video story updated published exclusive breaking opinion analysis
    four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred nine
    in sunday monday tuesday wednesday thursday friday saturday january february march april may
    june july august september october november december mr mrs ms dr both half part early late
    further good great new old big small high low right left only once twice people men women
    world western eastern northern southern no none to be it do did does can make take get go
    come look ask tell know think believe want need say keep give find use work call try seem""")
)  # fmt: skip

MONTHS_AND_DAYS = _words("""monday tuesday wednesday thursday friday saturday sunday january
    february
    march april may june july august september october november december mon tue tues wed thu thur
    thurs fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec""")

# Before a name; the gender when the title tells.
HONORIFICS: dict[str, str | None] = {
    "mr": "m", "mister": "m", "sir": "m", "lord": "m", "king": "m", "prince": "m", "baron": "m",
    "father": "m", "brother": "m", "pope": "m", "sheikh": "m", "imam": "m", "congressman": "m",
    "mrs": "f", "ms": "f", "miss": "f", "lady": "f", "queen": "f", "princess": "f", "dame": "f",
    "sister": "f", "baroness": "f", "congresswoman": "f", "mother": None,
    "dr": None, "prof": None, "professor": None, "sen": None, "senator": None, "rep": None,
    "representative": None, "gov": None, "governor": None, "gen": None, "general": None,
    "lt": None, "col": None, "colonel": None, "maj": None, "major": None, "capt": None,
    "captain": None, "sgt": None, "sergeant": None, "cpl": None, "adm": None, "admiral": None,
    "president": None, "vice": None, "prime": None, "premier": None, "chancellor": None,
    "minister": None, "secretary": None, "speaker": None, "judge": None, "justice": None,
    "rev": None, "reverend": None, "bishop": None, "archbishop": None, "cardinal": None,
    "rabbi": None, "mayor": None, "ambassador": None, "attorney": None, "chairman": "m",
    "chairwoman": "f", "chair": None, "chief": None, "director": None, "commissioner": None,
    "spokesman": "m", "spokeswoman": "f", "spokesperson": None, "sheriff": None, "officer": None,
    "inspector": None, "detective": None, "deputy": None, "assistant": None, "undersecretary": None,
    "councillor": None, "councilman": "m", "councilwoman": "f", "delegate": None, "coach": None,
    "commander": None, "lieutenant": None, "corporal": None, "private": None, "marshal": None,
    "ayatollah": "m", "emir": "m", "sultan": "m", "crown": None, "foreign": None, "defense": None,
    "defence": None, "first": None, "leader": None, "press": None, "majority": None,
    "minority": None, "house": None, "senate": None, "state": None, "treasury": None,
    "interior": None, "finance": None, "republican": None, "democratic": None, "conservative": None,
    "labour": None, "former": None, "ex-president": None, "co-founder": None, "founder": None,
    "ceo": None, "mp": None, "msp": None, "envoy": None, "special": None, "national": None,
    "editor": None, "analyst": None, "candidate": None, "nominee": None, "presidential": None,
    "gop": None, "democrat": None, "campaign": None, "manager": None,
}  # fmt: skip

ABBREVIATED_TITLES = {"sen": "senator", "gov": "governor", "rep": "representative",
                      "gen": "general", "prof": "professor", "rev": "reverend",
                      "col": "colonel", "capt": "captain", "sgt": "sergeant"}  # fmt: skip

# Heads of phrases that describe a person or people; gender and number where the word tells.
PERSON_NOUNS = _words("""person figure man woman boy girl child baby adult teenager youth guy
    lady gentleman
    official spokesman spokeswoman spokesperson representative aide adviser advisor strategist
    consultant operative analyst expert economist historian professor scholar academic teacher
    student researcher scientist pollster observer critic commentator columnist journalist reporter
    correspondent editor anchor host moderator presenter blogger author writer novelist poet critic
    president vice-president premier chancellor minister secretary senator congressman congresswoman
    lawmaker legislator governor mayor councilman councilwoman councillor ambassador diplomat envoy
    candidate nominee hopeful front-runner frontrunner contender rival opponent challenger incumbent
    leader chief head boss chairman chairwoman chair director manager executive ceo founder
    co-founder owner businessman businesswoman billionaire mogul tycoon entrepreneur investor banker
    trader lawyer attorney prosecutor judge justice magistrate solicitor barrister commissioner
    sheriff officer detective inspector agent investigator soldier general colonel commander captain
    lieutenant sergeant admiral veteran marine pilot doctor physician surgeon nurse psychiatrist
    psychologist patient victim survivor witness suspect defendant inmate prisoner detainee convict
    activist campaigner dissident protester demonstrator supporter backer follower fan voter
    resident
    citizen neighbor neighbour villager farmer worker employee employer unionist driver passenger
    player coach star actor actress singer musician artist filmmaker comedian celebrity designer
    pastor priest bishop archbishop cardinal pope rabbi imam cleric preacher evangelist monk nun
    king
    queen prince princess royal heir father mother dad mom mum parent son daughter brother sister
    husband wife spouse partner widow widower uncle aunt cousin nephew niece grandfather grandmother
    grandson granddaughter friend colleague ally associate insider source veteran democrat
    republican
    conservative liberal socialist libertarian delegate activist donor user caller guest speaker
    tweeter commenter poster organizer organiser volunteer member participant attendee statesman
    newspaperman chairperson strongman dictator autocrat mastermind tycoon laureate winner
    politician opposition-leader whistleblower hostage captive aide-de-camp native immigrant migrant
    refugee mogul developer tycoon televangelist surrogate campaigner officeholder superdelegate
    spokespeople policeman policewoman firefighter paramedic clerk treasurer auditor regulator
    mediator negotiator peacemaker militant fighter rebel insurgent gunman attacker shooter killer
    assailant publisher producer director comic rapper
    narrator lobbyist reviewer policymaker spectator onlooker marcher pundit neurosurgeon
    deputy assistant successor predecessor counterpart teammate skipper trainer mentor confidant
    confidante bodyguard landlord landlady tenant shopkeeper shop-owner vendor hawker fisherman
    fisherwoman midwife principal headteacher headmaster headmistress pupil tutor lecturer warden
    coroner mourner registrar foreman juror bailiff constable superintendent striker goalkeeper
    defender midfielder referee umpire shareholder steward biographer carer chef architect engineer
    technician mechanic courier pensioner claimant plaintiff accuser complainant appellant barman
    ombudsman emissary elder chieftain monarch vicar curate chaplain sailor seafarer trucker
    haulier miner docker commuter traveller traveler tourist customer shopper landowner rancher
    herder sibling twin fiance fiancee fiancé fiancée girlfriend boyfriend ex-wife ex-husband
    stepfather stepmother stepson stepdaughter mother-in-law father-in-law brother-in-law
    sister-in-law godfather godmother grandparent grandchild classmate roommate flatmate housemate
    schoolmate protege protégé sergeant-major porter cleaner waiter waitress barrister bookseller
    baker butcher grocer electrician plumber carpenter builder conductor composer choreographer
    curator librarian archivist biologist chemist physicist astronomer geologist epidemiologist
    virologist sociologist anthropologist statistician programmer technologist conservationist
    environmentalist ranger forester gardener bystander passer-by motorist cyclist pedestrian
    policy-maker spokesperson whip backbencher frontbencher parliamentarian peer chancellor
    administrator inspector-general auditor-general vice-chancellor vice-chairman vice-chair dean
    rector bursar provost caretaker groundsman jockey boxer swimmer athlete runner sprinter
    footballer cricketer batsman bowler captain-general golfer racer wrestler guard gymnast
    staffer cashier retiree bartender barista receptionist bookkeeper accountant hairdresser barber
    veterinarian dentist pharmacist janitor welder salesman saleswoman realtor homemaker housewife
    churchgoer parishioner congregant millennial teen homeowner renter taxpayer freshman sophomore
    alumnus""")
FEMALE_NOUNS = _words("""woman girl lady spokeswoman congresswoman councilwoman chairwoman actress
    queen princess mother mom mum daughter sister wife widow aunt niece grandmother granddaughter
    businesswoman nun policewoman duchess baroness heiress waitress fisherwoman landlady
    headmistress girlfriend ex-wife fiancée stepmother stepdaughter mother-in-law sister-in-law
    godmother saleswoman housewife""")
MALE_NOUNS = _words("""man boy guy gentleman spokesman congressman councilman chairman king prince
    father dad son brother husband widower uncle nephew grandfather grandson businessman monk pope
    duke baron statesman newspaperman strongman policeman gunman fisherman headmaster boyfriend
    ex-husband stepfather stepson father-in-law brother-in-law godfather foreman barman groundsman
    batsman salesman""")
IRREGULAR_PLURALS = {
    "men": "man", "women": "woman", "people": "person", "children": "child",
    "spokesmen": "spokesman", "spokeswomen": "spokeswoman", "congressmen": "congressman",
    "congresswomen": "congresswoman", "businessmen": "businessman", "chairmen": "chairman",
    "wives": "wife", "policemen": "policeman", "gunmen": "gunman", "ladies": "lady",
    "allies": "ally", "secretaries": "secretary", "attorneys-general": "attorney", "media": "media",
}  # fmt: skip

# Heads of phrases that describe a body that can speak.
BODY_NOUNS = _words("""government administration ministry department agency bureau office embassy
    consulate mission parliament congress senate house council committee commission court tribunal
    police army military force navy air-force service authority regime party campaign camp
    team
    union alliance coalition bloc organization organisation group network association federation
    foundation institute institution center centre think-tank university college school hospital
    clinic church company corporation firm business bank fund manufacturer airline carrier retailer
    publisher newspaper magazine paper outlet broadcaster station channel website site press media
    board panel jury cabinet kremlin opposition movement militia crowd audience delegation
    administration's pac super-pac watchdog charity nonprofit ngo regulator body secretariat
    headquarters leadership staff family couple league club
    society operator startup lobby tabloid non-profit""")

# Heads of phrases for what is written or broadcast and can "say".
DOCUMENT_NOUNS = _words("""statement report letter email e-mail memo note tweet post message ad
    advert
    advertisement commercial article story editorial column op-ed essay book memoir novel poll
    survey
    study document filing lawsuit complaint petition ruling bill amendment resolution treaty
    declaration manifesto transcript video clip recording tape speech address headline banner
    placard poster flyer leaflet brochure website blog indictment affidavit pamphlet mailer piece
    movie film remark""")

# Before a noun without an article: "senior officials", "former aides".
ADJECTIVES = _words("""senior junior former top local current other new old young key leading chief
    many some several few more most foreign federal state national military human-rights rights
    campaign party government police opposition ex fellow longtime long-time veteran unnamed
    anonymous independent outside inside""")
ADJECTIVE_ENDINGS = ("al", "ian", "ish", "ese", "ive", "ic", "ous", "ary", "ean", "ern", "based")

_SPEECH_LEMMAS = """say tell add ask reply respond answer claim argue note state declare announce
    explain insist maintain contend assert allege suggest warn caution predict promise pledge vow
    admit acknowledge concede confess agree disagree deny confirm reveal disclose report observe
    remark comment mention joke quip tease mock scoff sneer snap shout yell scream cry exclaim
    whisper
    mutter murmur mumble chant sing boast brag complain lament grumble protest object urge demand
    plead beg request recommend advise propose offer recall remember reminisce conclude summarize
    summarise describe call label term dub brand characterize characterise portray depict refer
    accuse
    blame blast slam criticize criticise condemn denounce decry deride ridicule attack assail rip
    scold chide rebuke berate lecture praise laud hail commend applaud thank credit congratulate
    defend justify emphasize emphasise stress underscore underline highlight reiterate repeat
    restate
    echo stipulate specify clarify elaborate expound continue interject interrupt interrupt counter
    retort rejoin shoot fire rebut refute dismiss reject write tweet retweet post blog email text
    publish read quote cite paraphrase testify swear attest profess proclaim pronounce preach teach
    assure reassure guarantee inform notify remind advise instruct order command direct tout pitch
    posit postulate speculate hypothesize theorize theorise guess estimate reckon calculate figure
    think believe feel fear hope wish wonder worry muse ponder opine venture volunteer imply hint
    intimate signal indicate point express voice convey articulate vent fume rage thunder bellow
    roar
    bark growl hiss sigh laugh chuckle giggle grin smile nod shrug gush rave enthuse marvel crow
    gloat trumpet broadcast air allude address discuss talk speak explode erupt
    apologize apologise concur weigh chime interpret compare liken equate question query inquire
    enquire challenge press pressure prod encourage implore appeal exhort beseech invite threaten
    vilify pan lambaste castigate excoriate lash decry disparage denigrate belittle malign taunt
    jeer boo heckle cheer greet welcome toast introduce narrate recount relate rehash
    boil sum define deem consider view see envision imagine foresee forecast project anticipate
    expect vouch advocate champion push endorse back support oppose resist bemoan bewail rue regret
    mourn grieve celebrate salute toast herald tout flaunt list name nickname title mean suspect
    doubt dispute contest rebuff spurn rail inveigh rant ramble drawl deadpan crack
    concede grant allow affirm reaffirm avow aver purport pretend charge find show learn hear
    caution counsel propound stammer stutter sputter blurt intone recite quote dictate
    sign hashtag caption headline print carry feature run include contain
    """.split()
_IRREGULAR = {
    "say": "says said saying",
    "tell": "tells told telling",
    "think": "thinks thought thinking",
    "write": "writes wrote written writing",
    "read": "reads read reading",
    "feel": "feels felt feeling",
    "swear": "swears swore sworn swearing",
    "speak": "speaks spoke spoken speaking",
    "shoot": "shoots shot shooting",
    "see": "sees saw seen seeing",
    "sing": "sings sang sung singing",
    "sum": "sums summed summing",
    "teach": "teaches taught teaching",
    "find": "finds found finding",
    "foresee": "foresees foresaw foreseen foreseeing",
    "mean": "means meant meaning",
    "show": "shows showed shown showing",
    "hear": "hears heard hearing",
    "run": "runs ran running",
    "broadcast": "broadcasts broadcast broadcasting",
    "forecast": "forecasts forecast forecasting",
    "beg": "begs begged begging",
    "brag": "brags bragged bragging",
    "dub": "dubs dubbed dubbing",
    "rip": "rips ripped ripping",
    "slam": "slams slammed slamming",
    "pan": "pans panned panning",
    "quip": "quips quipped quipping",
    "snap": "snaps snapped snapping",
    "vow": "vows vowed vowing",
    "prod": "prods prodded prodding",
    "admit": "admits admitted admitting",
    "refer": "refers referred referring",
    "rebut": "rebuts rebutted rebutting",
    "grin": "grins grinned grinning",
    "nod": "nods nodded nodding",
    "allow": "allows allowed allowing",
    "rue": "rues rued ruing",
    "blog": "blogs blogged blogging",
    "offer": "offers offered offering",
    "answer": "answers answered answering",
    "chant": "chants chanted chanting",
    "counter": "counters countered countering",
    "air": "airs aired airing",
    "tweet": "tweets tweeted tweeting",
}

# Verbs that a reporting clause can hardly do without: the strongest evidence of attribution.
CORE_SPEECH = _words("""said says say saying told tells tell telling added adds adding wrote writes
    write writing asked asks asking noted notes noting stated states stating tweeted tweets tweeting
    declared declares declaring explained explains explaining replied replies replying continued
    continues continuing argued argues arguing insisted insists insisting warned warns warning
    recalled recalls recalling responded responds responding concluded concludes announced announces
    announcing remarked remarks remarking acknowledged acknowledges called calls calling described
    describes describing quipped joked lamented exclaimed""")


def _inflect(lemma: str) -> list[str]:
    """Return the regular forms of an English verb."""
    if lemma in _IRREGULAR:
        return [lemma, *_IRREGULAR[lemma].split()]
    if lemma.endswith("e"):
        return [lemma, lemma + "s", lemma + "d", lemma[:-1] + "ing"]
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return [lemma, lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"]
    third = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
    return [lemma, third, lemma + "ed", lemma + "ing"]


SPEECH_VERBS: frozenset[str] = frozenset(
    form for lemma in _SPEECH_LEMMAS for form in _inflect(lemma)
)
# Without the forms that are nouns as well ("state", "report", "comments", "posts").
_IRREGULAR_FORMS = _words(" ".join(_IRREGULAR.values()))
_SELDOM_SPEECH = _words(
    "meaning feeling finding hearing showing running seeing teaching reading runs shows"
)
FINITE_SPEECH: frozenset[str] = (
    frozenset(form for form in SPEECH_VERBS if form.endswith("ed"))
    | (SPEECH_VERBS & (CORE_SPEECH | _IRREGULAR_FORMS))
) - _SELDOM_SPEECH


# How many times oftener the one than the other bears a name that tells; of newsmakers, as prominent
# people go, more than two in three are men.
_SURE_OF_WOMAN, _SURE_OF_MAN = 4.0, 3.5


@lru_cache(maxsize=20_000)
def first_name_gender(name: str) -> str | None:
    """Return "f" or "m" when a first name is clearly one, by US census counts; else None."""
    female, male = _first_names()
    key = name.lower()
    if key not in female and key not in male:
        key = key.replace("k", "c").replace("ph", "f")  # Viktor, Erik, Marko
    f, m = female.get(key, 0.0), male.get(key, 0.0)
    if f > _SURE_OF_WOMAN * m:
        return "f"
    if m > _SURE_OF_MAN * f:
        return "m"
    return None


def borne_by_both(name: str) -> bool:
    """Tell whether one in twenty bearers of a first name, and more, is of the other gender."""
    female, male = _first_names()
    counts = female.get(name.lower(), 0.0), male.get(name.lower(), 0.0)
    return 20 * min(counts) > max(counts)


def is_first_name(name: str) -> bool:
    """Tell whether a word is a first name in the US census lists."""
    female, male = _first_names()
    key = name.lower()
    return key in female or key in male


@cache
def _first_names() -> tuple[dict[str, float], dict[str, float]]:
    """Return the census lists, name -> frequency in percent (package `names`)."""
    import names

    tables = []
    for kind in ("first:female", "first:male"):
        table: dict[str, float] = {}
        with Path(names.FILES[kind]).open(encoding="ascii") as lines:
            for line in lines:
                name, frequency = line.split()[:2]
                table[name.lower()] = float(frequency)
        tables.append(table)
    return tables[0], tables[1]


@lru_cache(maxsize=20_000)
def singular(noun: str) -> str:
    """Return the singular of a lower-case noun by rule; the noun itself when it is one."""
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    if not noun.endswith("s"):
        return noun
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("ches", "shes", "sses", "xes")):
        return noun[:-2]
    return noun if noun.endswith(("ss", "us", "is")) else noun[:-1]
