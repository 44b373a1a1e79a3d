"""What a real small model answers on both seed articles, recorded, and what the check makes of it.

The calls are replayed from cassettes/, offline. To record them again, against the local model or
any other OpenAI-compatible endpoint (minutes on a quiet machine):

    OPENAI_BASE_URL=http://127.0.0.1:8091/v1 OPENAI_API_KEY=local EXTRACT_MODEL=NAME \\
        pytest tests/test_recorded_answers.py --record-mode=new_episodes -s

It prints what the model got right; RIGHT below says how much of it has to stay. A changed prompt,
schema or list of candidates changes the questions: those are asked anew, and the answers to what is
no longer asked go out of the cassette (`--record-mode=rewrite` asks everything anew).
"""

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import pytest

from extractor.answer.model import ModelAsker
from extractor.catalogue import load_schema
from extractor.pipeline import extract, extract_with
from extractor.read import read_article
from extractor.record import Extraction
from extractor.settings import Settings
from tests.conftest import ROOT

MODEL = "qwen2.5-coder-1.5b-instruct"

# Who said it, by how the quotation begins. The articles spell some names in their own way.
SPEAKERS = {
    "bbc-prisoners": {
        "As relations between": "Coale",
        "a feeling of unbelievable": "Kolesnikova",
        "dear to me": "Kolesnikova",
        "It's a huge happiness": "Kolesnikova",
        "Thousands of people": "Bialiatski",
        "thank you to the US": "Kolesnikova",
        "leverage to make": "Tikhanovskaya|Tsikhanouskaya",
        "Lukashenko will not": "Tikhanovskaya|Tsikhanouskaya",
    },
    "reuters-prisoners": {
        "I think it’s more": "Coale",
        "I think it's a fair": "Coale",
        "Thousands of people": "Bialiatski|Bialatski",
        "profound relief": "Nobel Committee",
        "Of course, it's a feeling": "Kalesnikava",
        "I very much look": "Khomich",
        "U.S. sanctions are": "Tsikhanouskaya",
        "bandits": "Lukashenko",
        "again wage war": "Lukashenko",
        "the highly respected": "Trump",
        "hostages": "Trump",
        "The United States stands": "embassy",
    },
}

# How many speakers the model itself names rightly in the recording, without the rules' help.
RIGHT = {
    ("bbc-prisoners", "whole"): 4,
    ("bbc-prisoners", "narrow"): 6,
    ("reuters-prisoners", "whole"): 2,
    ("reuters-prisoners", "narrow"): 9,
}


@pytest.fixture
def default_cassette_name(article: str, plan: str) -> str:
    """Name a cassette for its article and plan."""
    return f"{article}-{plan}"


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """Return settings that record with what the environment names, and replay as recorded."""
    recording = request.config.getoption("--record-mode") not in (None, "none")
    model = os.environ.get("EXTRACT_MODEL", MODEL) if recording else recorded_model(request)
    return Settings(
        model=model,
        base_url=os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8091/v1"),
        api_key=os.environ.get("OPENAI_API_KEY", "local"),
        max_output_tokens=2500,  # beside the prompt in a context of 8,192 tokens
        timeout=3600,
        deadline=7200,
        retries=0,
        concurrency=1,
        no_cache=True,
    )


def recorded_model(request: pytest.FixtureRequest) -> str:
    """Return the model that this test's cassette was recorded with."""
    path = Path(request.getfixturevalue("vcr_cassette_dir"))
    path /= request.getfixturevalue("default_cassette_name") + ".yaml"
    found = (
        re.search(r"^ {8}model: (.+)$", path.read_text("utf-8"), re.M) if path.is_file() else None
    )
    return found.group(1).strip("'\"") if found else MODEL


@pytest.fixture(autouse=True)
def _all_played(request: pytest.FixtureRequest, vcr: Any) -> Any:
    yield
    if request.config.getoption("--record-mode") in (None, "none"):
        assert vcr.all_played, f"{len(vcr) - vcr.play_count} recorded answers were not asked for"


def extracted(article: str, plan: str, settings: Settings) -> Extraction:
    """Go the whole way of a seed article by a plan."""
    taken = settings.model_copy(update={"plan": plan})

    async def go() -> Extraction:
        async with ModelAsker(taken) as asker:
            loaded = load_schema("release_event")
            return await extract_with(read(article), loaded, asker)

    return asyncio.run(go())


def read(article: str) -> Any:
    """Read a seed article."""
    return read_article(ROOT / "tests" / "articles" / f"{article}.txt")


def rights(article: str, extraction: Extraction) -> list[str]:
    """Return the quotations whose speaker the model itself names rightly."""
    by_rules = set(extraction.audit.filled_by_rules)
    found = []
    for number, quote in enumerate(extraction.to_json()["record"]["quotes"]):
        path = f"quotes[{number}]"
        if by_rules & {path, f"{path}.speaker"} or not quote["speaker"]:
            continue
        for begins, speaker in SPEAKERS[article].items():
            if quote["text"].startswith(begins) and re.search(speaker, quote["speaker"]["name"]):
                found.append(begins)
    return found


@pytest.mark.vcr
@pytest.mark.block_network
@pytest.mark.parametrize("plan", ["whole", "narrow"])
@pytest.mark.parametrize("article", list(SPEAKERS))
def test_a_small_models_answer_is_checked_and_completed(
    article: str, plan: str, settings: Settings
) -> None:
    """Everything in the record is in the article, nothing is left out, the faults are told."""
    extraction = extracted(article, plan, settings)
    data = extraction.to_json()
    text = extraction.article.text
    right = rights(article, extraction)
    print(f"\n{summary(article, plan, extraction, right)}")

    record = data["record"]
    for quote in record["quotes"]:
        words = [text[span["start"] : span["end"]] for span in quote["spans"]]
        assert "\n\n".join(words) == quote["text"]
    for place in places(record):
        assert text[place["start"] : place["end"]] == place["text"]
    assert data["audit"]["unaccounted"] == ()
    accounted = len(record["quotes"]) + sum(
        item["kind"] == "quotation" for item in data["audit"]["dismissed"]
    )
    assert accounted >= len(SPEAKERS[article])

    assert len(right) >= RIGHT[article, plan]
    assert extraction.usage.calls >= 1
    assert extraction.usage.output_tokens > 0
    # A small model is wrong somewhere, and that is told: a disagreement, or a fault sent back.
    assert {w.code for w in extraction.warnings} & {"disagreement", "sent_back"}


def places(value: Any) -> list[dict[str, Any]]:
    """Return every {"text", "start", "end"} in a record."""
    if isinstance(value, list):
        return [place for item in value for place in places(item)]
    if not isinstance(value, dict):
        return []
    own = [value] if {"text", "start", "end"} <= value.keys() else []
    return own + [place for item in value.values() for place in places(item)]


def summary(article: str, plan: str, extraction: Extraction, right: list[str]) -> str:
    """Return what there is to say of one recording: for the README and for RIGHT."""
    codes = [warning.code for warning in extraction.warnings]
    counts = ", ".join(f"{codes.count(code)} {code}" for code in sorted(set(codes)))
    usage = extraction.usage
    by_rules = extract(extraction.article, load_schema("release_event"))
    rows = {key: len(rows) for key, rows in by_rules.to_json()["record"].items()}
    return (
        f"{article} {plan}: {len(right)} of {len(SPEAKERS[article])} speakers right; "
        f"{len(extraction.audit.filled_by_rules)} filled by the rules; {usage.calls} calls, "
        f"{usage.reasks} re-asks, {usage.input_tokens} tokens in, {usage.output_tokens} out, "
        f"{usage.seconds:.0f} s; warnings: {counts}; rows by the rules: {rows}"
    )
