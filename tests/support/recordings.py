"""What a real small model answered on both shipped articles, as recorded in cassettes/.

Used by tests/answer/model/test_recorded_answers.py, which replays or records it and checks what
comes of it, and by tests/benchmarks/quality/recorded.py, which prints what there is to say of it.
"""

import asyncio
import os
import re

from extractor.answer.model.asker import ModelAsker
from extractor.article import Article
from extractor.pipeline import extract_with
from extractor.read import read_article
from extractor.record import Extraction
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
from tests.conftest import ROOT

MODEL = "qwen2.5-coder-1.5b-instruct"
SCHEMA = "release_event"
PLANS = ("whole", "narrow")

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


def settings_for(article: str, plan: str, *, recording: bool = False) -> Settings:
    """Return settings that record with what the environment names, or replay as recorded."""
    model = os.environ.get("EXTRACT_MODEL", MODEL) if recording else recorded_model(article, plan)
    return Settings(
        model=model,
        base_url=os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8091/v1"),
        api_key=os.environ.get("OPENAI_API_KEY", "local"),
        plan=plan,  # type: ignore[arg-type]
        max_output_tokens=2500,  # beside the prompt in a context of 8,192 tokens
        timeout=3600,
        deadline=7200,
        retries=0,
        concurrency=1,
        no_cache=True,
    )


def recorded_model(article: str, plan: str) -> str:
    """Return the model that a cassette was recorded with."""
    path = ROOT / "cassettes" / f"{cassette_of(article, plan)}.yaml"
    found = (
        re.search(r"^ {8}model: (.+)$", path.read_text("utf-8"), re.M) if path.is_file() else None
    )
    return found.group(1).strip("'\"") if found else MODEL


def cassette_of(article: str, plan: str) -> str:
    """Return the name of the cassette of an article and a plan."""
    return f"{article}-{plan}"


def read(article: str) -> Article:
    """Read a shipped article."""
    return read_article(ROOT / "tests" / "articles" / f"{article}.txt")


def extracted(article: str, settings: Settings) -> Extraction:
    """Go the whole way of an article with a model."""

    async def go() -> Extraction:
        async with ModelAsker(settings) as asker:
            return await extract_with(read(article), load_schema(SCHEMA), asker)

    return asyncio.run(go())


def rights(article: str, extraction: Extraction) -> list[str]:
    """Return the quotations whose speaker is named rightly, not counting what the rules filled."""
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
