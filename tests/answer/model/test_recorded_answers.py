"""What a real small model answers on both seed articles, recorded, and what the check makes of it.

The calls are replayed from cassettes/, offline. To record them again, against the local model or
any other OpenAI-compatible endpoint (minutes on a quiet machine):

    OPENAI_BASE_URL=http://127.0.0.1:8091/v1 OPENAI_API_KEY=local EXTRACT_MODEL=NAME \\
        pytest tests/answer/model/test_recorded_answers.py --record-mode=new_episodes

`tests/benchmarks/quality/recorded.py` prints what the model got right; RIGHT below says how
much of it has to stay. A changed prompt, schema or list of candidates changes the questions: those
are asked anew, and the answers to what is no longer asked go out of the cassette
(`--record-mode=rewrite` asks everything anew).
"""

from typing import Any

import pytest

from tests.support.recordings import PLANS, SPEAKERS, cassette_of, extracted, rights, settings_for

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
    return cassette_of(article, plan)


@pytest.fixture(autouse=True)
def _all_played(request: pytest.FixtureRequest, vcr: Any) -> Any:
    yield
    if request.config.getoption("--record-mode") in (None, "none"):
        assert vcr.all_played, f"{len(vcr) - vcr.play_count} recorded answers were not asked for"


@pytest.mark.vcr
@pytest.mark.block_network
@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("article", list(SPEAKERS))
def test_a_small_models_answer_is_checked_and_completed(
    article: str, plan: str, request: pytest.FixtureRequest
) -> None:
    """Everything in the record is in the article, nothing is left out, the faults are told."""
    recording = request.config.getoption("--record-mode") not in (None, "none")
    extraction = extracted(article, settings_for(article, plan, recording=recording))
    data = extraction.to_json()
    text = extraction.article.text
    right = rights(article, extraction)

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
