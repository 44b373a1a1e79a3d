"""Published rows as W3C Web Annotations keep to the model, and point at the article's own words."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from extractor.review.decide.decisions import decide
from extractor.review.desk import Desk
from extractor.review.publish.publish import publish
from extractor.review.publish.w3c import CONTEXT
from extractor.review.publish.w3c import named as iri_of
from extractor.review.queue import Filter, all_claims
from extractor.review.sync.sync import sync
from tests.support.extractions import TEXT, release
from tests.support.stores import fill, named

IRI = re.compile(r"(urn:|ni:///|https?://)\S+")
PURPOSES = frozenset(
    "bookmarking classifying commenting describing editing highlighting identifying linking"
    " moderating questioning replying reviewing tagging".split()
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store of two articles, one with an address; every row of the machine's is accepted."""
    fill(tmp_path / "run", [release(), named(2, url="https://example.org/harbour")])
    with Desk(tmp_path / "run") as found:
        sync(found)
        for one in list(all_claims(found)):
            if one.origin == "machine":
                decide(found, one.id, reviewer="Ada", action="accept", seen=one.version,
                       note="heard it")  # fmt: skip
        yield found


def published(desk: Desk, path: Path, **known: Any) -> dict[str, Any]:
    """Publish and return the collection."""
    publish(desk, Filter(), "w3c", path, **known)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def check_collection(collection: dict[str, Any]) -> list[dict[str, Any]]:
    """Check what the model demands of a collection; return its annotations."""
    assert collection["@context"] == CONTEXT
    assert collection["type"] == "AnnotationCollection"
    assert IRI.fullmatch(collection["id"])
    page = collection["first"]
    assert page["type"] == "AnnotationPage"
    assert IRI.fullmatch(page["id"])
    assert "@context" not in page, "a page in a collection should have none"
    assert page["partOf"] == collection["id"]
    assert (page["startIndex"], collection["last"]) == (0, page["id"])
    assert collection["total"] == len(page["items"]) > 0
    items: list[dict[str, Any]] = page["items"]
    return items


def check_annotation(annotation: dict[str, Any]) -> None:
    """Check what the model demands of an annotation."""
    assert IRI.fullmatch(annotation["id"])
    assert annotation["type"] == "Annotation"
    assert annotation["motivation"] in PURPOSES
    assert MOMENT.fullmatch(annotation["created"])
    assert annotation["generator"]["type"] == "Software"
    targets = annotation["target"]
    for target in targets if isinstance(targets, list) else [targets]:
        check_resource(target)
    for body in annotation["body"]:
        assert body["purpose"] in PURPOSES
        if body["type"] == "TextualBody":
            assert isinstance(body["value"], str)
            assert re.fullmatch(r"\w+/\w+", body["format"])
        else:
            check_resource(body)


def check_resource(resource: dict[str, Any]) -> None:
    """Check a specific resource: one source, selectors that select the same words."""
    assert resource["type"] == "SpecificResource"
    assert IRI.fullmatch(resource["source"]["id"])
    quote, position = resource["selector"]
    assert quote["type"] == "TextQuoteSelector"
    assert position["type"] == "TextPositionSelector"
    start, end = position["start"], position["end"]
    assert TEXT[start:end] == quote["exact"]
    assert TEXT[:start].endswith(quote["prefix"])
    assert TEXT[end:].startswith(quote["suffix"])
    assert TEXT.count(quote["prefix"] + quote["exact"] + quote["suffix"]) == 1


def test_collection_and_annotations_keep_to_the_model(desk: Desk, tmp_path: Path) -> None:
    """Every MUST of the Web Annotation Data Model that concerns us holds."""
    items = check_collection(published(desk, tmp_path / "out.jsonld"))
    for annotation in items:
        check_annotation(annotation)
    assert len({annotation["id"] for annotation in items}) == len(items) == 18


def test_offsets_count_code_points_behind_an_emoji(desk: Desk, tmp_path: Path) -> None:
    """The article has an emoji before its quotations: positions are not UTF-16 units."""
    items = check_collection(published(desk, tmp_path / "out.jsonld"))
    assert "🎉" in TEXT
    found = [one for one in items if isinstance(one["target"], dict)
             and one["target"]["selector"][0]["exact"] == "At last"]  # fmt: skip
    assert found[0]["target"]["selector"][1]["start"] == TEXT.index("At last")
    utf16 = len(TEXT[: TEXT.index("At last")].encode("utf-16-le")) // 2
    assert found[0]["target"]["selector"][1]["start"] == utf16 - 1


def test_a_quotation_in_two_paragraphs_has_two_targets(desk: Desk, tmp_path: Path) -> None:
    """Each stretch of a continued quotation is a target of its own."""
    items = check_collection(published(desk, tmp_path / "out.jsonld"))
    several = [one["target"] for one in items if isinstance(one["target"], list)]
    assert [[t["selector"][0]["exact"] for t in targets] for targets in several] == [
        ["And about 40 others are still held.", "We will not forget them."]
    ] * 2


def test_bodies_name_the_speaker_and_hold_the_row(desk: Desk, tmp_path: Path) -> None:
    """Kind, status, note, fields, the mention's place and the whole row are in the bodies."""
    items = check_collection(published(desk, tmp_path / "out.jsonld"))
    (third, _) = (
        one for one in items
        if isinstance(one["target"], dict)
        and one["target"]["selector"][0]["exact"] == "The crew was never charged,"
    )  # fmt: skip
    assert third["creator"] == {"type": "Person", "name": "Ada"}
    assert datetime.fromisoformat(third["created"]).tzinfo is not None
    words = [body["value"] for body in third["body"] if body["type"] == "TextualBody"]
    assert words[:3] == ["quotes", "review status: accepted", "heard it"]
    assert "speaker: Ada Brandt" in words
    assert "kind: direct" in words
    (mention,) = [body for body in third["body"] if body["type"] == "SpecificResource"]
    assert mention["selector"][0]["exact"] == "she"
    (row,) = [b["value"] for b in third["body"] if b.get("format") == "application/json"]
    assert json.loads(row)["speaker"]["name"] == "Ada Brandt"


def test_the_text_is_named_by_its_hash_and_its_page_is_the_scope(
    desk: Desk, tmp_path: Path
) -> None:
    """Positions are of the text that was read, so its hash names it; the address is its scope."""
    items = check_collection(published(desk, tmp_path / "out.jsonld"))
    targets = [t for one in items for t in
               (one["target"] if isinstance(one["target"], list) else [one["target"]])]  # fmt: skip
    scopes = {target["source"]["id"]: target.get("scope") for target in targets}
    assert scopes[iri_of(release().article.sha256)] is None
    assert sorted(filter(None, scopes.values())) == ["https://example.org/harbour"]
    # the example of RFC 6920, section 8.1: the hash of "Hello World!"
    digest = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
    assert iri_of(digest) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def test_the_same_rows_have_the_same_names_again(desk: Desk, tmp_path: Path) -> None:
    """Publishing again gives the same bytes."""
    first = published(desk, tmp_path / "one.jsonld")
    assert published(desk, tmp_path / "two.jsonld") == first


def test_open_rows_are_the_softwares_and_say_so(desk: Desk, tmp_path: Path) -> None:
    """Nobody is named as creator of what nobody has decided on."""
    fill(desk.folder, [named(3)])
    sync(desk)
    items = published(desk, tmp_path / "out.jsonld", with_open=True)["first"]["items"]
    undecided = [one for one in items if one["creator"]["type"] == "Software"]
    assert len(undecided) == 9
    for one in undecided:
        assert "created" not in one
        assert any(body.get("value", "").startswith("review status: OPEN") for body in one["body"])
