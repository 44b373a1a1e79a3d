"""Finds people, bodies, places and unnamed sources, each with all its mentions.

Three passes over the article's tokens:

1. Runs of capitalised words (`capitalised_runs`) are gathered by the entity that they name: "Ann
   Berg", "Mayor Berg" and "Berg" are one, spellings of one name too; "John Berg" is another. A bare
   last name that two people share is that of the one named more often before it. A word that is
   capitalised only because it opens a sentence is a name if it is used as one ("Marsh left").
2. Descriptions join the entity that they describe ("the US envoy") or become unnamed sources ("a
   senior official"); see `descriptions`.
3. Pronouns join their likely antecedent; see `coreference.pronouns`.

There is no list of persons: what a name stands for is read off its titles, the words beside it and
how the article goes on about it (`kinds`).
"""

from bisect import bisect_left, insort
from functools import cached_property
from operator import itemgetter

from extractor.find.candidates import Entity, Mention, MentionKind, Placed
from extractor.find.coreference import pronouns
from extractor.find.document import Document
from extractor.find.drafts import Draft
from extractor.find.names import descriptions
from extractor.find.names.capitalised_runs import PLACE_HEADS, TITLES, Run, runs
from extractor.find.names.kinds import is_aged, is_country, kind_of
from extractor.language.en.countries import is_demonym, is_place, lookup
from extractor.language.en.first_names import borne_by_both, first_name_gender, is_first_name
from extractor.language.en.lexicon import FEMALE_NOUNS, FINITE_SPEECH, FULL_TITLES, MALE_NOUNS
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import singular
from extractor.language.spellings import alike, key
from extractor.language.tokens import Tokens
from extractor.language.word_classes import kind_of_noun, kind_of_word
from extractor.text.spans import Span

_SUFFIXES = word_set("names.suffixes")

# No article has more; a mere list of names must not take long.
_MOST = 50  # entities under one word
_MOST_ALIKE = 16  # last names of one initial and length that are compared for other spellings


def find_names(document: Document) -> tuple[tuple[Entity, ...], list[Placed]]:
    """Return the entities in order of their first mention, and all their mentions with tokens.

    Entities have the ids P1…, mentions P1.1…; the mentions are in order of the text.
    """
    drafts = _cluster(document, runs(document))
    descriptions.add(document, drafts)
    likely = pronouns.add(document, drafts)
    return _freeze(document, drafts, likely)


class _Register:
    """The entities named so far, by the keys of their names' last and first words (see `key`)."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.drafts: list[Draft] = []
        self.by_last: dict[str, list[Draft]] = {}
        self.by_first: dict[str, list[Draft]] = {}
        # Last words by initial and length, each with its place in the order of appearance.
        self._spellings: dict[tuple[str, int], list[tuple[int, str]]] = {}

    @cached_property
    def demonyms(self) -> set[str]:
        """The codes of the countries whose demonyms the article prints."""
        words = set(filter(is_demonym, set(self._tokens.lower)))
        return {country.code for word in words if (country := lookup(word))}

    def add_last(self, word: str, draft: Draft) -> None:
        """Enter an entity under the last word of its name."""
        known = self.by_last.get(word)
        if known is None:
            alike = self._spellings.setdefault((word[:1], len(word)), [])
            if len(alike) < _MOST_ALIKE:
                alike.append((len(self.by_last), word))
            self.by_last[word] = [draft]
        elif draft not in known and len(known) < _MOST:
            known.append(draft)

    def knows_person(self, last: str) -> bool:
        """Return whether a person of this last name has been named."""
        return any(draft.kind == "person" for draft in self.by_last.get(key(last), ()))

    def add_first(self, word: str, draft: Draft) -> None:
        """Enter an entity under the first word of its name."""
        _enter(self.by_first, word, draft)

    def spelled_alike(self, last: str, first: str) -> Draft | None:
        """Return the entity whose first and last name are other spellings of these, if any.

        Of several the one whose last name was entered first.
        """
        earliest: tuple[int, Draft | None] = (len(self.by_last), None)
        for length in range(len(last) - 2, len(last) + 3):
            for order, known in self._spellings.get((last[:1], length), ()):
                if known == last or order > earliest[0]:
                    continue
                for draft in self.by_last[known]:
                    given = key(draft.words[0])
                    if len(draft.words) > 1 and given[:1] == first[:1] and alike(given, first):
                        if alike(known, last):
                            earliest = (order, draft)
                        break
        return earliest[1]


def _enter(index: dict[str, list[Draft]], word: str, draft: Draft) -> None:
    """Add an entity under a word, if it is not there and fewer than `_MOST` are."""
    known = index.get(word)
    if known is None:
        index[word] = [draft]
    elif len(known) < _MOST and draft not in known:
        known.append(draft)


def _cluster(document: Document, runs: list[Run]) -> list[Draft]:
    """Return the entities that the runs name; longer names first, so that short ones find them."""
    register = _Register(document.tokens)
    unsure = []
    for run in runs:
        if len(run.words) > 1:
            _place(document, run, register)
    for run in runs:
        if len(run.words) == 1:
            if run.sure or is_place(run.words[0]) or register.knows_person(run.words[0]):
                _place(document, run, register)
            elif not is_demonym(run.words[0]):
                unsure.append(run)
    for run in unsure:
        if key(run.words[0]) in register.by_last or _looks_named(document, run):
            _place(document, run, register)
    return register.drafts


def _looks_named(document: Document, run: Run) -> bool:
    """Return whether a sentence's first word is used as a name, e.g. "Marsh, 43,", "Marsh said"."""
    following, word = document.tokens.lower[run.last : run.last + 2], run.words[0].lower()
    if singular(word) != word and kind_of_noun(singular(word)) == "person":
        return False  # "Officials said"
    return bool(following) and (
        is_aged(document, run)
        or following[0] in FINITE_SPEECH
        or following[0] in ("is", "was", "has", "had", "’s", "'s", "who", "also", "will", "would")
        or (following[0] == "," and is_first_name(run.words[0]))
        or run.titles > 0
        or _acts(run, following)
    )


def _acts(run: Run, following: list[str]) -> bool:
    """Return whether a past tense follows a word that is no plural, e.g. "Marsh openly admitted".

    A plural is a common noun: "Growers rejected it".
    """
    word = run.words[0].lower()
    if word.endswith("s") or kind_of_word(word) or len(word) < 4:
        return False
    verb = following[-1] if following[0].endswith("ly") else following[0]
    return verb.endswith("ed") and len(verb) > 4


def _place(document: Document, run: Run, register: _Register) -> None:
    """Add a run to the entity that it names, or make a new one."""
    tokens = document.tokens
    split = run.first + run.titles
    while tokens.text[split] in ".-":
        split += 1
    printed = document.article.text[tokens.start[split] : tokens.end[run.last - 1]]
    last = _surname(run.words)
    draft = _match(run, split, last, register)
    mention: tuple[int, int, MentionKind] = split, run.last, "name"
    if draft is None:
        kind, gender = kind_of(document, run)
        plural = kind == "body" and run.words[-1].lower() in ("republicans", "democrats")
        draft = Draft(run.words, kind, printed, [mention], [split], gender, plural)
        register.drafts.append(draft)
        register.add_last(last, draft)
        register.add_first(key(run.words[0]), draft)
        country = lookup(draft.name)
        if country:
            _enter(register.by_last, f"={country.code}{country.kind}", draft)
    else:
        if draft.kind == "place" and len(draft.words) > 1 and _speaks(document, run):
            draft.kind, draft.gender = "person", draft.gender or first_name_gender(draft.words[0])
        if len(run.words) > len(draft.words) and draft.kind != "place":
            draft.words, draft.name = run.words, printed
        if draft.kind == "person":
            draft.gender = run.gender or draft.gender
        register.add_last(last, draft)
        if len(run.words) > 1:
            register.add_first(key(run.words[0]), draft)
        insort(draft.named, split)
        draft.mentions.append(mention)
    _describe(document, run, draft)


def _speaks(document: Document, run: Run) -> bool:
    """Return whether the run names a person: after a title or before a verb, e.g. "Sydney said"."""
    lower, k = document.tokens.lower, run.last
    if not run.titles and (k >= len(lower) or lower[k] not in ("said", "told", "says")):
        return False
    return not lookup(" ".join(run.words)) and run.words[-1].lower() not in PLACE_HEADS


def _surname(words: tuple[str, ...]) -> str:
    """Return the key of the last name: "Berg" of "Paul Berg III"."""
    return key(words[-2] if len(words) > 2 and key(words[-1]) in _SUFFIXES else words[-1])


def _match(run: Run, first: int, last: str, register: _Register) -> Draft | None:
    """Return the entity that a run names, if it is known.

    `first` is its first token, `last` the key of its last name.
    """
    country = None if run.titles else lookup(" ".join(run.words))
    if country:
        same = register.by_last.get(f"={country.code}{country.kind}")
        if same:
            return same[0]
    known = register.by_last.get(last, ())
    if len(known) == 1:
        same_last = known if _compatible(run, known[0]) else ()
    else:
        same_last = [d for d in known if _compatible(run, d)]
    if len(same_last) == 1:
        return same_last[0]
    if same_last:  # a bare last name is of whoever of that name was named most so far
        before = [d for d in same_last if d.named[0] < first] or same_last
        return max(before, key=lambda d: _named_before(d, first))
    if len(run.words) == 1:
        same_first = [
            d
            for d in register.by_first.get(last, ())
            if len(d.words) > 1 and d.kind in ("person", "other")
        ]
        if len(same_first) == 1 and not run.titles and not _is_state(last, register):
            return same_first[0]
        return None
    return register.spelled_alike(key(run.words[-1]), key(run.words[0]))


def _is_state(word: str, register: _Register) -> bool:
    """Return whether a first name alone is a country: "Israel", where the text says "Israeli"."""
    country = lookup(word)
    if country is None or country.kind != "name":
        return False
    return is_country(word) or country.code in register.demonyms


def _named_before(draft: Draft, first: int) -> tuple[int, int]:
    """Return how often the entity is named before a token, and where last."""
    count = bisect_left(draft.named, first)
    return count, draft.named[count - 1] if count else -1


def _compatible(run: Run, draft: Draft) -> bool:
    """Return whether a run may name the entity, e.g. "Ann Berg" and "Berg", not "John Berg"."""
    differ = run.gender and draft.gender and run.gender != draft.gender
    if differ and (len(run.words) > 1 or not borne_by_both(draft.words[0])):
        return False
    if len(run.words) == 1 or len(draft.words) == 1:
        return draft.kind != "body" or len(draft.words) == 1 or run.words == draft.words
    if draft.kind == "body":
        return [key(w) for w in run.words] == [key(w) for w in draft.words]
    if (key(run.words[-1]) in _SUFFIXES) != (key(draft.words[-1]) in _SUFFIXES):
        return len(run.words) == 2 and key(run.words[-1]) in _SUFFIXES  # father and son
    if len(run.words) != len(draft.words) and _ends_with(run.words, draft.words):
        return True  # "Ann Lopez Berg" and "Lopez Berg"
    a, b = key(run.words[0]), key(draft.words[0])
    return a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) or alike(a, b)


def _ends_with(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Return whether the longer name ends with the shorter, e.g. "Ann Lopez Berg", "Lopez Berg".

    Not if the shorter begins with a first name, or is a country's.
    """
    short, long = sorted(([key(w) for w in a], [key(w) for w in b]), key=len)
    ends = long[-len(short) :] == short and not is_first_name(short[0])
    return ends and lookup(" ".join(short)) is None


def _describe(document: Document, run: Run, draft: Draft) -> None:
    """Add the titles and descriptions beside a run: "envoy Ruth Okafor", "Brandt, an adviser".

    They give the entity's role, its kind and gender, and the nouns and countries by which later
    descriptions mean it.
    """
    tokens = document.tokens
    titles = (run.first, run.first + run.titles) if run.titles else None
    before = descriptions.phrase_before(document, run.first)
    previous = run.first - 1 if run.first else 0
    placed = len(run.words) == 1 and tokens.lower[previous] in ("of", "in", "from")
    after = None if placed else descriptions.apposition_after(document, run.last)
    for place in (titles, before, after):
        if place is None:
            continue
        a, b = place
        head_kind = None
        for word in tokens.lower[a:b]:
            noun = singular(word)
            kind = kind_of_noun(noun)
            if kind == "person" or noun in TITLES:
                head_kind = "person"
                draft.heads |= {FULL_TITLES.get(noun, noun.rpartition("-")[2])}
                draft.gender = draft.gender or (
                    "f" if noun in FEMALE_NOUNS else "m" if noun in MALE_NOUNS else None
                )
            elif kind == "body":
                head_kind = "body"
            else:
                country = lookup(word)
                if country:
                    draft.countries |= {country.code}
        draft.traits |= {w.lower() for w in tokens.text[a:b] if w[0].isupper()}
        if head_kind and not _is_sure(draft):
            draft.kind = "person" if head_kind == "person" else "body"
        if draft.role is None:
            draft.role = document.article.text[tokens.start[a] : tokens.end[b - 1]].rstrip(" ,")


def _is_sure(draft: Draft) -> bool:
    """Return whether the name itself says what it names, e.g. a country's, "Ann", a body's."""
    if draft.kind == "body" or (draft.kind == "place" and len(draft.words) > 1):
        return True
    return lookup(draft.name) is not None or is_first_name(draft.words[0])


def _fullest_form(document: Document, names: list[tuple[int, str]]) -> str | None:
    """Return the fullest form of the name, as the story spells it rather than its captions.

    `names` are where they start and how they are printed.
    """
    if len(names) < 2:
        return names[0][1] if names else None
    best: dict[str, tuple[bool, int]] = {}  # each form's first place, outside captions if it can be
    for start, form in names:
        known = best.get(form)
        if known is None or known[0]:
            place = document.in_furniture(start), start
            best[form] = place if known is None or place < known else known
    if len(best) == 1:
        return names[0][1]
    forms = [
        (
            not in_furniture,
            len(form.split()),
            not (form.isupper() and len(form) > 4),  # a dateline's TOWN
            -start,
            form,
        )
        for form, (in_furniture, start) in best.items()
    ]
    return max([form for form in forms if form[1] > 1] or forms)[-1]


def _freeze(
    document: Document, drafts: list[Draft], likely: dict[int, float]
) -> tuple[tuple[Entity, ...], list[Placed]]:
    """Return the drafts as entities, numbered by their first mention, and all their mentions.

    `likely`: token of a pronoun -> how likely it means the entity that it is a mention of.
    """
    text, start, end = document.article.text, document.tokens.start, document.tokens.end
    mentioned = [draft for draft in drafts if draft.mentions]
    for draft in mentioned:
        if len(draft.mentions) > 1:
            draft.mentions.sort()
    mentioned.sort(key=lambda draft: draft.mentions[0][:2])
    out: list[Entity] = []
    placed: list[Placed] = []
    for number, draft in enumerate(mentioned, 1):
        id_ = f"P{number}"
        mentions: list[Mention] = []
        names: list[tuple[int, str]] = []
        printed: set[str] = set()
        places = draft.mentions
        if len(places) > 1 and len({first for first, _, _ in places}) < len(places):
            kinds = {(first, last): kind for first, last, kind in places}  # of two the last
            places = [(first, last, kind) for (first, last), kind in kinds.items()]
        for count, (first, last, kind) in enumerate(places, 1):
            span = a, b = start[first], end[last - 1]
            means = 1.0
            if first in likely:
                means = likely[first]
            elif kind == "name":
                form = text[a:b]
                printed.add(form)
                names.append((a, form))
            elif kind == "nominal":  # but no alias: "her message", which likely is hers
                printed.add(text[a:b])
            mentions.append(Mention(f"{id_}.{count}", Span(*span), kind, means))
        name = (draft.words and _fullest_form(document, names)) or draft.name
        printed.discard(name)
        entity = Entity(
            id_, name, draft.kind, tuple(mentions), tuple(sorted(printed)) if printed else (),
            draft.gender, draft.plural, draft.role,  # type: ignore[arg-type]
        )  # fmt: skip
        out.append(entity)
        for (first, last, _), mention in zip(places, mentions, strict=True):
            placed.append((first, last, mention, entity))
    placed.sort(key=itemgetter(1))
    placed.sort(key=itemgetter(0))
    return tuple(out), placed
