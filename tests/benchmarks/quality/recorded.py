"""What the recorded answers of a small model come to.

    python -m tests.benchmarks.quality.recorded

Replays cassettes/ offline, as tests/answer/model/test_recorded_answers.py does, and prints a
table: how many speakers the model itself names rightly, what the rules filled in, what it was
asked, and what the check of its answers caught; beside it the rules alone.
"""

import sys
from pathlib import Path

from vcr import VCR

from extractor.errors import ExtractError
from extractor.pipeline import extract
from extractor.record import Extraction
from extractor.schema.catalogue import load_schema
from tests.benchmarks.tables import markdown
from tests.support import cassettes
from tests.support.recordings import (
    PLANS,
    SCHEMA,
    SPEAKERS,
    cassette_of,
    extracted,
    read,
    rights,
    settings_for,
)

ROOT = Path(__file__).resolve().parents[3]


def replayed(article: str, plan: str) -> Extraction:
    """Go the whole way of an article with what was recorded; end the process when it is stale."""
    vcr = VCR(record_mode="none", cassette_library_dir=str(ROOT / "cassettes"), **cassettes.HOW)
    cassettes.teach(vcr)
    name = cassette_of(article, plan)
    with vcr.use_cassette(f"{name}.yaml", serializer="yaml") as cassette:
        try:
            extraction = extracted(article, settings_for(article, plan))
        except ExtractError as error:
            sys.exit(f"cassettes/{name}.yaml: another question is asked now; record anew ({error})")
        if not cassette.all_played:
            sys.exit(f"cassettes/{name}.yaml: not all of it is asked any more; record anew")
    return extraction


def row_of(article: str, plan: str, extraction: Extraction) -> list[object]:
    """Return one line of the table."""
    codes = [warning.code.replace("_", " ") for warning in extraction.warnings]
    usage = extraction.usage
    asked = [
        f"{usage.calls} ({usage.reasks})",
        f"{usage.input_tokens:,} / {usage.output_tokens:,}",
        ", ".join(f"{codes.count(code)} {code}" for code in sorted(set(codes))),
    ]
    return [
        f"{article.partition('-')[0]}, {plan}",
        f"{len(rights(article, extraction))} of {len(SPEAKERS[article])}",
        len(extraction.audit.filled_by_rules) if usage.calls else "",
        *(asked if usage.calls else ["", "", ""]),
    ]


def main() -> None:
    """Replay everything and print the table."""
    rows = []
    for article in SPEAKERS:
        rows += [row_of(article, plan, replayed(article, plan)) for plan in PLANS]
        rows.append(row_of(article, "rules alone", extract(read(article), load_schema(SCHEMA))))
    header = ["article, plan", "speakers right", "filled by the rules", "calls (re-asks)"]
    print(markdown([*header, "tokens in / out", "what the check caught"], rows))


if __name__ == "__main__":
    main()
