"""Extractions made by hand, for the tests of the sheets."""

import hashlib
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from extractor.article import Article, Paragraph, Remark
from extractor.fields import Figure, Name, Place, Quotation, Sentence, Verbatim
from extractor.record import Audit, AuditItem, Extraction, Provenance
from extractor.text.spans import Span

SCHEMAS = Path(__file__).parents[2] / "schemas"


def schema(name: str, root: str) -> type[BaseModel]:
    """Load a shipped schema without the catalogue."""
    package = "handmade_schemas"
    if package not in sys.modules:
        spec = importlib.util.spec_from_loader(package, loader=None, is_package=True)
        assert spec
        module = importlib.util.module_from_spec(spec)
        module.__path__ = [str(SCHEMAS)]
        sys.modules[package] = module
    found: type[BaseModel] = getattr(importlib.import_module(f"{package}.{name}"), root)
    return found


def make_article(text: str, **known: Any) -> Article:
    """Make an article whose paragraphs are separated by blank lines."""
    spans = [Span(*m.span()) for m in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text)]
    paragraphs = tuple(Paragraph(i, span, "body") for i, span in enumerate(spans))
    sha256 = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return Article(text, paragraphs, known.pop("source", "made.txt"), sha256, **known)


class Finder:
    """Field values by their words: the n-th place where they stand in a text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def span(self, words: str, nth: int = 0) -> Span:
        """Return the n-th place of `words`."""
        start = -1
        for _ in range(nth + 1):
            start = self.text.index(words, start + 1)
        return Span(start, start + len(words))

    def quotation(self, *parts: str) -> Quotation:
        """Return a quotation of one or several stretches."""
        return Quotation("\n\n".join(parts), tuple(self.span(part) for part in parts))

    def name(self, name: str, mention: str | None = None, nth: int = 0) -> Name:
        """Return a name with the place where it is mentioned."""
        mention = mention or name
        return Name(name, "person", Place(mention, *self.span(mention, nth)))

    def sentence(self, words: str) -> Sentence:
        """Return a sentence."""
        return Sentence(words, *self.span(words))

    def phrase(self, words: str, nth: int = 0) -> Verbatim:
        """Return a phrase."""
        return Verbatim(words, *self.span(words, nth))

    def figure(self, words: str, value: float | None = None, **known: Any) -> Figure:
        """Return a figure."""
        return Figure(words, *self.span(words), value=value, **known)


def make_extraction(
    article: Article, record: BaseModel, name: str = "release_event", **known: Any
) -> Extraction:
    """Wrap a record into an extraction as the rules would."""
    provenance = Provenance(
        article.sha256, name, "0" * 64, None, None, None, None, "news-extract test"
    )
    audit = known.pop("audit", Audit(used=1))
    warnings = known.pop("warnings", ())
    return Extraction(name, article, record, audit, warnings, provenance, **known)


TEXT = """Harbour talks free 31 sailors

The island republic of Norvia freed 31 sailors on Friday 🎉 after Estland agreed to lift its \
sanctions on fishing gear, the harbour office said.

"We are home. “At last”, my son said," Ada Brandt told reporters on the quay.

"The crew was never charged," she added. "And about 40 others are still held.

"We will not forget them."

Estland's foreign minister, Ole Krag, said the travel ban would stay until all were free, and \
called the port chief "the admiral"."""


def release() -> Extraction:
    """Make a release event with every row kind, nested evidence and an emoji before the quotes."""
    model = schema("release_event", "ReleaseEvent")
    find = Finder(TEXT)
    first = TEXT.split("\n\n")[1]
    last = TEXT.rsplit("\n\n", maxsplit=1)[-1]
    record = model.model_validate(
        {
            "releases": [
                {
                    "evidence": find.sentence(first),
                    "who": [find.phrase("sailors", 1)],
                    "count": Figure("31", *find.span("31", 1), value=31.0),
                    "by": find.name("Norvia"),
                    "when": find.phrase("Friday"),
                    "to": [],
                }
            ],
            "quotes": [
                {
                    "quotation": find.quotation("We are home. “At last”, my son said,"),
                    "speaker": find.name("Ada Brandt"),
                    "kind": "direct",
                },
                {
                    "quotation": find.quotation("At last"),
                    "speaker": find.name("my son"),
                    "via": find.name("Ada Brandt"),
                    "kind": "fragment",
                },
                {
                    "quotation": find.quotation("The crew was never charged,"),
                    "speaker": find.name("Ada Brandt", "she"),
                    "kind": "direct",
                },
                {
                    "quotation": find.quotation(
                        "And about 40 others are still held.", "We will not forget them."
                    ),
                    "speaker": find.name("Ada Brandt", "she"),
                    "kind": "direct",
                },
            ],
            "figures": [
                {"figure": find.figure("31", 31.0), "counts": find.phrase("sailors")},
                {
                    "figure": find.figure("40", 40.0, approximate=True),
                    "counts": find.phrase("others"),
                    "source": find.name("Ada Brandt", "she"),
                },
            ],
            "sanction_terms": [
                {
                    "evidence": find.sentence(first),
                    "action": "lift",
                    "sender": [find.name("Estland")],
                    "target": [find.phrase("fishing gear")],
                    "measure": find.phrase("sanctions on fishing gear"),
                    "status": "agreed",
                },
                {
                    "evidence": find.sentence(last),
                    "action": "keep",
                    "sender": [find.name("Estland", nth=1)],
                    "target": [],
                    "measure": find.phrase("travel ban"),
                    "status": "conditional",
                    "condition": find.phrase("until all were free"),
                },
            ],
        }
    )
    admiral = find.span("the admiral")
    audit = Audit(
        used=8,
        dismissed=(AuditItem("Q5", "quotation", "the admiral", *admiral, reason="nickname"),),
        unaccounted=(
            AuditItem("T3", "sanction statement", "would stay", *find.span("would stay")),
        ),
    )
    article = make_article(
        TEXT, title="Harbour talks free 31 sailors", date="2025-12-13", outlet="Norvia Post"
    )
    remark = Remark("speaker_unresolved", "Q2: no name stands near it.", find.span("my son"), "Q2")
    return make_extraction(
        article, record, audit=audit, warnings=(remark,), confidence={"quotes[1]": 0.3}
    )
