"""People, bodies, places and unnamed sources of an article, each with all its mentions.

Three passes over one list of tokens: runs of capitalised words become names (here), descriptions
such as "the US envoy" or "a senior official" join the entity they describe or become unnamed
sources (`nominals`), pronouns get their likely antecedent (`pronouns`). No gazetteer of persons:
what a name is, is read off its titles, its company and how the article goes on about it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from extractor.find import nominals, pronouns
from extractor.find.candidates import Entity, EntityKind, Mention, MentionKind
from extractor.find.countries import also_a_first_name, is_demonym, is_place, lookup
from extractor.find.reading import Reading
from extractor.find.tokens import Tokens
from extractor.find.vocabulary import (
    ABBREVIATED_TITLES,
    BODY_NOUNS,
    DOCUMENT_NOUNS,
    FEMALE_NOUNS,
    FINITE_SPEECH,
    HONORIFICS,
    MALE_NOUNS,
    MONTHS_AND_DAYS,
    PERSON_NOUNS,
    PREPOSITIONS,
    STARTERS,
    first_name_gender,
    is_first_name,
    singular,
)
from extractor.spans import Span

# Words that stand before a title ("Senate Minority Leader") but make no title themselves.
_WEAK_TITLES = frozenset(
    "house senate state national foreign republican democratic conservative labour former treasury "
    "interior finance defense defence first crown press majority minority special presidential gop "
    "campaign democrat manager vice prime assistant deputy chief".split()
)
_TITLES = frozenset(HONORIFICS) - _WEAK_TITLES
_BODY_SUFFIXES = frozenset("inc corp ltd llc plc co gmbh pac fc afp tv".split())
_BODY_HEADS = BODY_NOUNS | frozenset(
    "times post journal herald tribune chronicle gazette observer guardian news today week street "
    "republicans democrats republican democrat conservatives liberals tories greens caucus act "
    "bill amendment clause convention treaty accord forum summit conference prize award medal "
    "oscar bureau headquarters front brigade battalion forces reserve trust holdings group systems "
    "motors airlines studios records pictures".split()
)
_PLACE_HEADS = frozenset(
    "city county street avenue road square park river lake mountain mountains island islands bay "
    "gulf sea ocean valley airport province region district beach hills heights town village "
    "state states republic kingdom federation desert peninsula coast border strip tower towers "
    "plaza stadium arena hotel".split()
)
_OF_HEADS = (
    _BODY_HEADS | _PLACE_HEADS | DOCUMENT_NOUNS | frozenset(HONORIFICS) | PERSON_NOUNS
) - frozenset("former special national".split())
_PARTICLES = frozenset(
    "de del della di da dos du la le van von der den ter bin ibn al el bint abu".split()
)
_ROLE_STOP = PREPOSITIONS - {"of", "for"}


@dataclass(slots=True, eq=False)
class Draft:
    """An entity while the passes still add to it."""

    words: tuple[str, ...]  # the name's words without titles; () for unnamed sources
    kind: EntityKind
    name: str
    gender: str | None = None
    plural: bool = False
    role: str | None = None
    heads: set[str] = field(default_factory=set)  # "president", "envoy": what it is described as
    countries: set[str] = field(default_factory=set)  # of the descriptions: "BY"
    mentions: list[tuple[Span, MentionKind]] = field(default_factory=list)
    first: int = 0  # offset of the first mention


def find_names(reading: Reading) -> tuple[Entity, ...]:
    """Return the entities in order of their first mention, ids P1…, mentions P1.1…"""
    drafts = _cluster(reading, list(_runs(reading)))
    nominals.add(reading, drafts)
    pronouns.add(reading, drafts)
    return _freeze(reading, drafts)


# --- runs of capitalised words -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """One name as printed: tokens first:last, of which the first `titles` are titles."""

    first: int
    last: int
    titles: int
    words: tuple[str, ...]
    gender: str | None
    sure: bool  # not merely the capital of a sentence's first word


def _capital(word: str) -> bool:
    return word[0].isupper() or (len(word) > 2 and word[1] in "'’-" and word[2].isupper())


def _runs(reading: Reading) -> Iterator[Run]:
    """Yield the names in order of the text."""
    tokens = reading.tokens
    headline = _unread_tokens(reading)
    lower_seen = {w for w in tokens.text if w[0].islower()}
    i, count = 0, len(tokens)
    while i < count:
        word = tokens.text[i]
        if not _capital(word) or word in ("I", "I’m", "I'm") or i in headline:
            i += 1
            continue
        j = _run_end(tokens, i)
        yield from _trim(reading, i, j, lower_seen)
        i = j


def _unread_tokens(reading: Reading) -> frozenset[int]:
    """Tokens of credits and bylines, and of headings that capitalise most words.

    In the former names are not the story's, in the latter a capital means nothing.
    """
    tokens, out = reading.tokens, set[int]()
    for paragraph in reading.article.paragraphs:
        if paragraph.kind in ("body", "caption"):
            continue
        first, last = tokens.first_from(paragraph.span.start), tokens.first_from(paragraph.span.end)
        if paragraph.kind in ("credit", "byline"):
            out.update(range(first, last))
            continue
        long_words = [w for w in tokens.text[first:last] if len(w) > 3 and w[0].isalpha()]
        if sum(w[0].isupper() for w in long_words) > 0.6 * len(long_words):
            out.update(range(first, last))
    return frozenset(out)


def _run_end(tokens: Tokens, i: int) -> int:
    """Return the index after the last token of the run that starts at `i`."""
    count, j = len(tokens), i + 1
    while j < count:
        if tokens.start[j] - tokens.end[j - 1] > 1:
            break  # a blank line, or more than a blank
        word, before = tokens.text[j], tokens.lower[j - 1]
        touching = tokens.start[j] == tokens.end[j - 1]
        if _capital(word) and not touching:
            if tokens.text[j - 1] == "." and not _abbreviation(tokens.lower[j - 2]):
                break
            j += 1
        elif word == "." and touching and _abbreviation(before) and _next_capital(tokens, j + 1):
            j += 1
        elif (
            (word in _PARTICLES and _next_capital(tokens, j + 1))
            or (word in ("of", "for") and _connects(tokens, i, j))
            or (word == "and" and _body_list(tokens, i, j))
        ):
            j += 1 if tokens.lower[j + 1] != "the" else 2
        else:
            break
    while tokens.text[j - 1] in (".", "of", "for", "and", "the"):
        j -= 1
    return j


def _abbreviation(word: str) -> bool:
    return len(word) == 1 or word in HONORIFICS or word in ("st", "jr", "sr", "mt", "ft")


def _next_capital(tokens: Tokens, j: int) -> bool:
    return j < len(tokens) and _capital(tokens.text[j]) and tokens.start[j] - tokens.end[j - 1] == 1


def _connects(tokens: Tokens, i: int, j: int) -> bool:
    """Tell whether "of" or "for" at `j` goes on with a name: "Ministry of Defence"."""
    body = any(w in _BODY_HEADS or singular(w) in _BODY_HEADS for w in tokens.lower[i:j])
    if not body and (tokens.text[j] == "for" or tokens.lower[j - 1] not in _OF_HEADS):
        return False
    k = j + 2 if j + 1 < len(tokens) and tokens.lower[j + 1] == "the" else j + 1
    return _next_capital(tokens, k) and tokens.lower[k] not in MONTHS_AND_DAYS


def _body_list(tokens: Tokens, i: int, j: int) -> bool:
    """Tell whether "and" at `j` stands inside a body's name: "Department of Health and …"."""
    return (
        "of" in tokens.lower[i:j]
        and any(w in _BODY_HEADS for w in tokens.lower[i : i + 2])
        and _next_capital(tokens, j + 1)
        and not is_first_name(tokens.text[j + 1])
    )


def _trim(reading: Reading, first: int, last: int, lower_seen: set[str]) -> Iterator[Run]:
    """Cut a run of capitals into names: no sentence openers, no dates; titles told apart."""
    tokens = reading.tokens
    if last - first == 1 and _acts_as_one(tokens, first):
        run = _titles_apart(tokens, first, last, True)
        if run:
            yield run
        return
    while first < last and (
        tokens.lower[first] in STARTERS
        and tokens.lower[first] not in MONTHS_AND_DAYS
        and (first in reading.opens or tokens.lower[first] in ("the", "a", "an"))
        and not (tokens.text[first].isupper() and len(tokens.text[first]) > 1)
        and not (tokens.lower[first] in _TITLES and last - first > 1)
    ):
        first += 1
        if first < last and tokens.text[first] == ".":
            first += 1
    for k in range(first, last):
        if tokens.lower[k] in MONTHS_AND_DAYS and _is_date(tokens, k, first, last):
            if k > first:
                yield from _trim(reading, first, k, lower_seen)
            yield from _trim(reading, k + 1, last, lower_seen)
            return
    if first >= last:
        return
    single = last - first == 1
    opener = first in reading.opens
    word = tokens.lower[first]
    if single and opener and (word in lower_seen or word.endswith(("ly", "ing"))):
        return
    if single and word in STARTERS and not tokens.text[first].isupper():
        return
    sure = not (single and (opener or is_demonym(word)))
    run = _titles_apart(tokens, first, last, sure)
    if run:
        yield run


def _acts_as_one(tokens: Tokens, k: int) -> bool:
    """Tell whether "Western" stands for the countries that act together: "Western sanctions"."""
    following = tokens.lower[k + 1] if k + 1 < len(tokens) else ""
    return tokens.lower[k] == "western" and following in ("sanctions", "embargo", "restrictions")


def _is_date(tokens: Tokens, k: int, first: int, last: int) -> bool:
    word = tokens.lower[k]
    if word in ("may", "april", "august", "june", "march", "jan", "mar", "dec", "sat", "sun"):
        before = tokens.lower[k - 1] if k else ""
        after = tokens.text[k + 1][:1] if k + 1 < len(tokens) else ""
        return last - first == 1 and (
            before in PREPOSITIONS or before in ("last", "next", "this", "late", "early", "mid")
            or after.isdigit() or (k > 0 and tokens.text[k - 1][:1].isdigit())
        )  # fmt: skip
    return True


def _titles_apart(tokens: Tokens, first: int, last: int, sure: bool) -> Run | None:
    """Tell titles and demonyms before a person's name from the name itself."""
    lower = tokens.lower
    split, gender = first, None
    if lower[last - 1] not in _BODY_HEADS and singular(lower[last - 1]) not in _BODY_HEADS:
        for k in range(first, last):
            if lower[k] in _TITLES and k + 1 < last:
                split = k + 1
                gender = HONORIFICS[lower[k]] or gender
        if split < last and lower[split] in ("of", "for"):  # "Secretary of State John Kerry"
            split = _after_office(tokens, split, last)
        while split < last and tokens.text[split] in (".", "-"):
            split += 1
        if split >= last:
            split = first
        if split == first and last - first > 1 and is_demonym(lower[first]):
            rest = lower[first + 1 : last]
            if is_first_name(rest[0]) and len(rest) > 1:
                split = first + 1
    words = tuple(w for w in tokens.text[split:last] if w not in ".,")
    if not words:
        return None
    return Run(first, last, split - first, words, gender, sure)


def _after_office(tokens: Tokens, k: int, last: int) -> int:
    """Return where the name begins after "Secretary of State" or "President of the Senate"."""
    k += 2 if tokens.lower[k + 1 : k + 2] == ["the"] else 1
    for split in range(k + 1, last):
        if is_first_name(tokens.text[split]) and last - split <= 3:
            return split
    return k + 1 if last - k == 3 else last


# --- entities -------------------------------------------------------------------------------


def _cluster(reading: Reading, runs: list[Run]) -> list[Draft]:
    """Gather the runs that name one entity; longer names first, so that short ones find them."""
    drafts: list[Draft] = []
    by_last: dict[str, list[Draft]] = {}
    by_first: dict[str, list[Draft]] = {}
    unsure = []
    for run in runs:
        if len(run.words) > 1:
            _place(reading, run, drafts, by_last, by_first)
    for run in runs:
        if len(run.words) == 1:
            known = any(d.kind == "person" for d in by_last.get(_key(run.words[0]), ()))
            if run.sure or known or is_place(run.words[0]):
                _place(reading, run, drafts, by_last, by_first)
            elif not is_demonym(run.words[0]):
                unsure.append(run)
    for run in unsure:
        if _key(run.words[0]) in by_last or _looks_named(reading, run):
            _place(reading, run, drafts, by_last, by_first)
    return drafts


def _looks_named(reading: Reading, run: Run) -> bool:
    """Tell whether a sentence's first word, capitalised only there, is used as a name."""
    following = reading.tokens.lower[run.last : run.last + 2]
    return bool(following) and (
        following[0] in FINITE_SPEECH
        or following[0] in ("is", "was", "has", "had", "’s", "'s", "who", "also", "will", "would")
        or (following[0] == "," and is_first_name(run.words[0]))
        or run.titles > 0
    )


@lru_cache(maxsize=20_000)
def _key(word: str) -> str:
    """Return a word as it is compared: lower case, no accents, no possessive."""
    word = word.lower().replace("’", "'").removesuffix("'s").strip(".'")
    if word.isascii():
        return word
    from anyascii import anyascii

    return str(anyascii(word)).lower()


def _place(
    reading: Reading,
    run: Run,
    drafts: list[Draft],
    by_last: dict[str, list[Draft]],
    by_first: dict[str, list[Draft]],
) -> None:
    """Add a run to the entity that it names, or make a new one."""
    tokens = reading.tokens
    split = run.first + run.titles
    while tokens.text[split] in ".-":
        split += 1
    span = Span(tokens.start[split], tokens.end[run.last - 1])
    draft = _match(run, span, by_last, by_first)
    if draft is None:
        kind, gender = _kind_of(reading, run)
        draft = Draft(run.words, kind, span.of(reading.article.text), gender, first=span.start)
        draft.plural = kind == "body" and run.words[-1].lower() in ("republicans", "democrats")
        drafts.append(draft)
        by_last.setdefault(_key(run.words[-1]), []).append(draft)
        by_first.setdefault(_key(run.words[0]), []).append(draft)
        country = lookup(draft.name)
        if country:
            by_last.setdefault(f"={country.code}{country.kind}", []).append(draft)
    else:
        if len(run.words) > len(draft.words) and draft.kind != "place":
            draft.words, draft.name = run.words, span.of(reading.article.text)
        for index, word in ((by_last, run.words[-1]), (by_first, run.words[0])):
            known = index.setdefault(_key(word), [])
            if draft not in known and (len(run.words) > 1 or index is by_last):
                known.append(draft)
    draft.first = min(draft.first, span.start)
    draft.mentions.append((span, "name"))
    _describe(reading, run, draft)


def _match(
    run: Run, span: Span, by_last: dict[str, list[Draft]], by_first: dict[str, list[Draft]]
) -> Draft | None:
    country = lookup(" ".join(run.words))
    if country and not run.titles:
        same = by_last.get(f"={country.code}{country.kind}")
        if same:
            return same[0]
    last = _key(run.words[-1])
    same_last = [d for d in by_last.get(last, ()) if _compatible(run, d)]
    if same_last:  # a bare last name is the chief bearer's: the one named most so far
        before = [d for d in same_last if d.first < span.start] or same_last
        return (
            before[0]
            if len(before) == 1
            else max(before, key=lambda d: _named_before(d, span.start))
        )
    if len(run.words) == 1:
        same_first = [
            d for d in by_first.get(last, ()) if len(d.words) > 1 and d.kind in ("person", "other")
        ]
        if len(same_first) == 1 and not run.titles and not _is_country(last):
            return same_first[0]
        return None
    return _spelled_alike(run, by_last)


def _named_before(draft: Draft, offset: int) -> tuple[int, int]:
    """Return how often the entity is named before `offset`, and where last."""
    places = [span.start for span, _ in draft.mentions if span.start < offset]
    return len(places), max(places, default=-1)


def _compatible(run: Run, draft: Draft) -> bool:
    """Tell whether a run may name the entity: first names agree, or one of them has none."""
    if run.gender and draft.gender and run.gender != draft.gender:
        return False
    if len(run.words) == 1 or len(draft.words) == 1:
        return draft.kind != "body" or len(draft.words) == 1 or run.words == draft.words
    if draft.kind == "body":
        return [_key(w) for w in run.words] == [_key(w) for w in draft.words]
    a, b = _key(run.words[0]), _key(draft.words[0])
    return a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) or _alike(a, b)


def _spelled_alike(run: Run, by_last: dict[str, list[Draft]]) -> Draft | None:
    """Find an entity whose first and last name are other spellings of these."""
    last, first = _key(run.words[-1]), _key(run.words[0])
    for key, drafts in by_last.items():
        if key[:1] == last[:1] and key != last and _alike(key, last):
            for draft in drafts:
                if len(draft.words) > 1 and _alike(_key(draft.words[0]), first):
                    return draft
    return None


def _alike(a: str, b: str) -> bool:
    """Tell whether two words are spellings of one name: at most one edit in four letters."""
    if a == b:
        return True
    longest = max(len(a), len(b))
    if longest < 5 or a[:1] != b[:1] or abs(len(a) - len(b)) > 2:
        return False
    return _within_edits(a, b, min(2, longest // 4))


def _within_edits(a: str, b: str, most: int) -> bool:
    """Tell whether `most` insertions, deletions or replacements turn one word into the other.

    Two edits at most are ever asked for: importing a library for them took 0.02 s of each run.
    """
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    if not a or not b:
        return max(len(a), len(b)) <= most
    return most > 0 and (
        _within_edits(a[1:], b[1:], most - 1)
        or _within_edits(a[1:], b, most - 1)
        or _within_edits(a, b[1:], most - 1)
    )


def _kind_of(reading: Reading, run: Run) -> tuple[EntityKind, str | None]:
    """Read off a name what it names, and a person's likely gender."""
    words = [w.lower() for w in run.words]
    last = words[-1]
    country = lookup(" ".join(words))
    if country:
        return ("body" if country.code in ("EU", "UN") else "place"), None
    if words == ["western"]:
        return "body", None
    if run.titles:
        given = first_name_gender(words[0]) if len(words) > 1 else None
        return "person", run.gender or given or _name_gender(words)
    if last in _BODY_SUFFIXES or any(w in _BODY_HEADS or singular(w) in _BODY_HEADS for w in words):
        return "body", None
    if last in _PLACE_HEADS or words[0] in ("north", "south", "new", "san", "los", "mount", "fort"):
        return "place", None
    if len(words) > 1 and is_demonym(words[0]):
        return "other", None
    if len(words) > 1 and _is_country(words[0]):  # "France Inter", "China Daily"
        return "body", None
    if len(words) > 1 and (is_first_name(words[0]) or (len(words[0]) == 1 and len(words) > 2)):
        return "person", _name_gender(words)
    if len(words) == 1 and run.words[0].isupper() and len(run.words[0]) > 1:
        return "body", None
    tokens = reading.tokens
    before = tokens.lower[run.first - 1] if run.first else ""
    following = tokens.lower[run.last : run.last + 3]
    if _person_company(before, following):
        return "person", _name_gender(words)
    if before in ("in", "at", "near", "outside", "from", "across", "to"):
        return "place", None
    return ("person", _name_gender(words)) if len(words) in (2, 3) else ("other", None)


def _is_country(word: str) -> bool:
    """Tell whether a word is a country's name and hardly ever a person's."""
    country = lookup(word)
    return country is not None and country.kind == "name" and not also_a_first_name(word)


def _person_company(before: str, following: list[str]) -> bool:
    """Tell whether the words around a name speak of a person."""
    if singular(before) in PERSON_NOUNS:
        return True
    return bool(following) and (following[0] in FINITE_SPEECH or following[:2] == [",", "who"])


def _name_gender(words: list[str]) -> str | None:
    """Return the likely gender by the first name, else by the form of Slavic and Latin names."""
    found = first_name_gender(words[0]) if len(words) > 1 else None
    if found:
        return found
    last = _key(words[-1])
    if last.endswith(("skaya", "skaia", "tskaya", "ova", "eva", "ava", "yova")) and len(last) > 5:
        return "f"
    if last.endswith(("sky", "skiy", "skyi", "ov", "ev", "yov")) and len(last) > 4:
        return "m"
    if len(words) > 1 and words[0].endswith("a") and len(words[0]) > 3:
        return "f"
    return None


def _describe(reading: Reading, run: Run, draft: Draft) -> None:
    """Take down titles and descriptions: "envoy Ruth Okafor", "Brandt, a former adviser"."""
    tokens, ranges = reading.tokens, []
    if run.titles:
        ranges.append((run.first, run.first + run.titles))
    before = nominals.phrase_before(reading, run.first)
    after = nominals.apposition_after(reading, run.last)
    ranges += [found for found in (before, after) if found]
    for a, b in ranges:
        head_kind = None
        for word in tokens.lower[a:b]:
            noun = singular(word)
            kind = nominals.kind_of_noun(noun)
            if kind == "person" or noun in _TITLES:
                head_kind = "person"
                draft.heads.add(ABBREVIATED_TITLES.get(noun, noun.rpartition("-")[2]))
                draft.gender = draft.gender or (
                    "f" if noun in FEMALE_NOUNS else "m" if noun in MALE_NOUNS else None
                )
            elif kind == "body":
                head_kind = "body"
            else:
                country = lookup(word)
                if country:
                    draft.countries.add(country.code)
        sure = draft.kind == "body" or lookup(draft.name) or is_first_name(draft.words[0])
        if head_kind and not sure:
            draft.kind = "person" if head_kind == "person" else "body"
        if draft.role is None:
            draft.role = reading.article.text[tokens.start[a] : tokens.end[b - 1]].rstrip(" ,")


def _chief_form(reading: Reading, draft: Draft) -> str | None:
    """Return the fullest form of the name, as the story spells it rather than its captions."""
    if not draft.words:
        return None
    text = reading.article.text
    forms = [
        (
            not reading.in_furniture(span.start),
            len(span.of(text).split()),
            not (span.of(text).isupper() and span.end - span.start > 4),  # a dateline's TOWN
            -span.start,
        )
        for span, kind in draft.mentions
        if kind == "name"
    ]
    most = max((form[1] for form in forms), default=0)
    chief = max(form for form in forms if form[1] >= min(most, 2))
    return next(span.of(text) for span, _ in draft.mentions if span.start == -chief[-1])


def _freeze(reading: Reading, drafts: list[Draft]) -> tuple[Entity, ...]:
    """Number the entities by their first mention and make them immutable."""
    text = reading.article.text
    drafts = [d for d in drafts if d.mentions]
    drafts.sort(key=lambda d: min(m[0] for m in d.mentions))
    out = []
    for number, draft in enumerate(drafts, 1):
        spans = dict(sorted(draft.mentions))
        mentions = tuple(
            Mention(f"P{number}.{k}", span, kind) for k, (span, kind) in enumerate(spans.items(), 1)
        )
        name = _chief_form(reading, draft) or draft.name
        printed = {span.of(text) for span, kind in spans.items() if kind != "pronoun"}
        out.append(
            Entity(
                f"P{number}", name, draft.kind, mentions, tuple(sorted(printed - {name})),
                draft.gender, draft.plural, draft.role,  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return tuple(out)
