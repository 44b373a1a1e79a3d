"""Published rows as FollowTheMoney entities: valid by the library's own model, and no more than
what the article says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from followthemoney import model

from extractor.find.inventory import take_inventory
from extractor.pipeline import extract
from extractor.review.claims.claims import Claim
from extractor.review.decide.decisions import decide
from extractor.review.decide.editing import edited_row
from extractor.review.desk import Desk
from extractor.review.publish.ftm import resolve
from extractor.review.publish.publish import publish
from extractor.review.queue import Filter, all_claims
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from extractor.text.spans import Span
from tests.support.extractions import make_article
from tests.support.stores import fill

ARTICLE = make_article(
    "Brussels 🎉 The European Union imposed sanctions on Belarus in 2021, officials said.\n\n"
    "The European Union lifted sanctions on Belarusian potash on Friday.\n\n"
    "The United States threatened to impose sanctions on Belarus.\n\n"
    '"We will keep talking," President Alexander Lukashenko told reporters in Minsk.\n\n'
    '"It is over," a senior official said.',
    source="coverage/union.txt",
    title="Talks",
    outlet="Example Post",
    date="2025-12-13",
    url="https://example.org/talks",
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store of one article as the rules read it; everything is accepted."""
    schema = load_schema("release_event")
    fill(tmp_path / "run", [extract(ARTICLE, schema)])
    with Desk(tmp_path / "run") as found:
        sync(found)
        for one in list(all_claims(found)):
            if one.origin == "machine":
                decide(found, one.id, reviewer="Ada", action="accept", seen=one.version)
        yield found


def entities(desk: Desk, path: Path, **known: Any) -> list[dict[str, Any]]:
    """Publish and return the entities."""
    publish(desk, Filter(**known), "ftm", path)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def of(found: list[dict[str, Any]], schema: str) -> list[dict[str, Any]]:
    """Return the entities of a schema."""
    return [one for one in found if one["schema"] == schema]


def terms(desk: Desk) -> list[Claim]:
    """Return the sanction statements."""
    return [
        one for one in all_claims(desk) if one.kind == "sanction_terms" and one.origin == "machine"
    ]


def test_entities_are_valid_and_refer_to_each_other(desk: Desk, tmp_path: Path) -> None:
    """The library reads every entity without loss, and every id that one names is there."""
    found = entities(desk, tmp_path / "out.ftm.jsonl")
    ids = {one["id"] for one in found}
    assert len(ids) == len(found)
    for one in found:
        proxy = model.get_proxy(one, cleaned=False)
        proxy.schema.validate(one)
        assert proxy.to_dict()["properties"] == one["properties"]
        for prop in proxy.iterprops():
            if prop.type.name == "entity":
                assert set(proxy.get(prop)) <= ids
    (page,) = of(found, "Article")
    assert page["properties"]["title"] == ["Talks"]
    assert page["properties"]["publisher"] == ["Example Post"]
    assert page["properties"]["sourceUrl"] == ["https://example.org/talks"]


def test_a_sanction_has_a_resolved_target_its_sender_and_its_article(
    desk: Desk, tmp_path: Path
) -> None:
    """Only the statement about a name makes one: not that on goods, not what is threatened."""
    statements = {(c.row["action"], c.row["target"][0]["text"]) for c in terms(desk)}
    assert {("impose", "Belarus"), ("lift", "Belarusian potash"), ("threaten", "Belarus")} <= (
        statements
    )
    found = entities(desk, tmp_path / "out.ftm.jsonl")
    (sanction,) = of(found, "Sanction")
    told = sanction["properties"]
    by_id = {one["id"]: one for one in found}
    target = by_id[told["entity"][0]]
    assert (target["schema"], target["properties"]["name"]) == ("Territory", ["Belarus"])
    assert target["properties"]["country"] == ["by"]
    assert told["authority"] == ["European Union"]
    assert told["country"] == ["eu"]
    assert by_id[told["proof"][0]]["schema"] == "Article"
    assert told["summary"][0].endswith("imposed sanctions on Belarus in 2021, officials said.")
    assert told["description"] == ["accepted; answered by rules, reviewed by Ada"]


def test_names_are_entities_by_their_kind_and_an_unnamed_source_is_nobody(
    desk: Desk, tmp_path: Path
) -> None:
    """A person is a Person, documented by the article; "a senior official" is no entity."""
    found = entities(desk, tmp_path / "out.ftm.jsonl")
    (person,) = of(found, "Person")
    assert person["properties"]["name"] == ["Alexander Lukashenko"]
    proofs = [one["properties"] for one in of(found, "Documentation")]
    (said,) = [one for one in proofs if one["entity"] == [person["id"]]]
    assert (said["role"], said["summary"]) == (["speaker"], ["We will keep talking"])
    assert "official" not in json.dumps([one["properties"].get("name") for one in found])


def test_what_was_left_out_is_told(desk: Desk, tmp_path: Path) -> None:
    """The message counts the statements that made no Sanction, by the reason."""
    done = publish(desk, Filter(), "ftm", tmp_path / "out.ftm.jsonl")
    told = " ".join(done.notes)
    assert "1 sanction statements have no Sanction: no target" in told
    assert "1 sanction statements have no Sanction: what they speak of is threatened" in told


def test_ids_stay_the_same(desk: Desk, tmp_path: Path) -> None:
    """Publishing less gives the same ids for what is left."""
    every = {one["id"] for one in entities(desk, tmp_path / "one.ftm.jsonl")}
    some = {one["id"] for one in entities(desk, tmp_path / "two.ftm.jsonl", kind="quotes")}
    assert some < every


def test_a_typed_name_says_who_typed_it(desk: Desk, tmp_path: Path) -> None:
    """A name that the article does not hold is an entity with a note, of no certain kind."""
    quote = next(
        one for one in all_claims(desk) if one.kind == "quotes" and one.status == "accepted"
    )
    row = edited_row(desk, quote, {"speaker": {"name": "Vera Lund"}})
    decide(desk, quote.id, reviewer="Bo", action="correct", seen=quote.version, row=row)
    found = entities(desk, tmp_path / "out.ftm.jsonl")
    (typed,) = [one for one in found if one["properties"].get("name") == ["Vera Lund"]]
    assert typed["schema"] == "LegalEntity"
    assert typed["properties"]["notes"] == ["The name was typed by Bo."]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Belarus", "Belarus"),
        ("The European Union", "European Union"),
        ("Alexander Lukashenko", "Alexander Lukashenko"),
        ("President Alexander Lukashenko", "Alexander Lukashenko"),
        ("Belarusian potash", None),
        ("sanctions on Belarus", None),
        ("a senior official", None),
        ("reporters in Minsk", None),
    ],
)
def test_a_target_is_a_name_only_where_it_names_nothing_else(words: str, name: str | None) -> None:
    """A phrase is resolved when it is the name itself, behind a determiner or a role."""
    start = ARTICLE.text.index(words)
    found = resolve(Span(start, start + len(words)), take_inventory(ARTICLE))
    assert (found.name if found else None) == name
