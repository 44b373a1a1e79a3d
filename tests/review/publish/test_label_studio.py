"""Published rows as Label Studio imports them: tasks that fit their labelling interface."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from extractor.review.decide.decisions import decide
from extractor.review.desk import Desk
from extractor.review.publish.publish import publish
from extractor.review.queue import Filter, all_claims
from extractor.review.sync.sync import sync
from tests.support.extractions import TEXT, release
from tests.support.stores import fill, named


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store of two articles; of the first one the quotations are accepted."""
    fill(tmp_path / "run", [release(), named(2)])
    with Desk(tmp_path / "run") as found:
        sync(found)
        for one in list(all_claims(found, Filter(article=release().article.sha256, kind="quotes"))):
            if one.origin == "machine":
                decide(found, one.id, reviewer="Ada", action="accept", seen=one.version)
        yield found


def tasks(desk: Desk, path: Path, **known: Any) -> list[dict[str, Any]]:
    """Publish and return the tasks."""
    publish(desk, Filter(), "label-studio", path, **known)
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_task_an_article_with_decided_rows_as_annotation(desk: Desk, tmp_path: Path) -> None:
    """What was decided is an annotation, what is open a prediction by whoever proposed it."""
    (first,) = tasks(desk, tmp_path / "out.json")
    assert first["data"]["text"] == TEXT
    assert first["data"]["sha256"] == release().article.sha256
    assert (len(first["annotations"]), first["predictions"]) == (1, [])
    first, second = tasks(desk, tmp_path / "out.json", with_open=True)
    assert [p["model_version"] for p in first["predictions"]] == ["rules"]
    assert second["annotations"] == []
    (prediction,) = second["predictions"]
    assert all("OPEN" in r["meta"]["text"][0] for r in prediction["result"] if "meta" in r)


def test_offsets_count_code_points_behind_an_emoji(desk: Desk, tmp_path: Path) -> None:
    """A region's place is its words in code points, as Label Studio's Text counts since 1.6."""
    (task,) = tasks(desk, tmp_path / "out.json")
    regions = [r for r in task["annotations"][0]["result"] if r["type"] == "labels"]
    assert TEXT.index("🎉") < min(region["value"]["start"] for region in regions)
    for region in regions:
        value = region["value"]
        assert TEXT[value["start"] : value["end"]] == value["text"]
    assert {region["value"]["labels"][0] for region in regions} == {"Quotes", "Name"}


def test_relations_lead_to_the_speaker_and_to_what_follows(desk: Desk, tmp_path: Path) -> None:
    """A quotation is related to its speaker's mention and to its own second half."""
    (task,) = tasks(desk, tmp_path / "out.json")
    result = task["annotations"][0]["result"]
    words = {r["id"]: r["value"]["text"] for r in result if r["type"] == "labels"}
    related = [
        (words[r["from_id"]], r["labels"][0], words[r["to_id"]])
        for r in result
        if r["type"] == "relation"
    ]
    assert ("The crew was never charged,", "speaker", "she") in related
    assert ("At last", "via", "Ada Brandt") in related
    assert (
        "And about 40 others are still held.", "continued", "We will not forget them.",
    ) in related  # fmt: skip
    ids = [r["id"] for r in result if r["type"] == "labels"]
    assert len(set(ids)) == len(ids)


def test_the_interface_has_every_control_and_label_that_the_tasks_use(
    desk: Desk, tmp_path: Path
) -> None:
    """Each result's from_name, to_name, type and values are those of a tag in the interface."""
    found = tasks(desk, tmp_path / "out.json", with_open=True)
    interface = ElementTree.parse(tmp_path / "out.config.xml").getroot()
    assert interface.tag == "View"
    tags = {tag.get("name"): tag for tag in interface.iter() if tag.get("name")}
    assert (tags["text"].tag, tags["text"].get("value")) == ("Text", "$text")
    kinds = {"labels": "Labels", "choices": "Choices", "textarea": "TextArea"}
    related = {tag.get("value") for tag in interface.iter("Relation")}
    seen = set()
    for task in found:
        for one in (*task["annotations"], *task["predictions"]):
            for result in one["result"]:
                seen.add(result["type"])
                if result["type"] == "relation":
                    assert set(result["labels"]) <= related
                    continue
                tag = tags[result["from_name"]]
                assert tag.tag == kinds[result["type"]]
                assert tag.get("toName") == result["to_name"] == "text"
                offered = {child.get("value") for child in tag}
                told = result["value"].get("labels") or result["value"].get("choices") or ()
                assert set(told) <= offered
    assert seen == {"labels", "choices", "textarea", "relation"}
