"""Articles in languages without rules: quotations and numbers are found, and nothing is guessed."""

import asyncio
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from extractor.answers import Answer
from extractor.find.figures.printed import find_printed_numbers
from extractor.find.inventory import take_inventory
from extractor.pipeline import extract, extract_with
from extractor.read import article_from_text, read_bytes
from extractor.record import Extraction
from extractor.run.sheets.cells import article_heads, article_row
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
from extractor.sheet.tables import known_of
from extractor.store.entries import Done
from extractor.store.folder import FILE
from extractor.store.packing import pack
from extractor.store.store import Store
from extractor.store.work_key import recipe_for
from tests.support.inventory import Parrot
from tests.support.languages import ENGLISH, TEXTS

SCHEMAS = ("quotes", "figures", "sanction_terms", "release_event", "attributions")
GERMAN = (
    "Hafen bleibt geschlossen\n\n"
    f"{TEXTS['de']}\n\n"
    "Die Umweltministerin Anna Weber sagte am 6. Mai 2024, die Sanktionen gegen die Reederei"
    " „Nordlicht Linie“ seien „ein Fehler“. Zwölf Gefangene wurden freigelassen, 1,5 Millionen"
    " Euro gezahlt und 30 % der Flotte verkauft, wie die Zeitung um 19.30 Uhr meldete."
)


def rows(extraction: Extraction, name: str) -> list[dict[str, Any]]:
    """Return the rows of a list in the extraction's JSON."""
    found: list[dict[str, Any]] = extraction.to_json()["record"][name]
    return found


@pytest.mark.parametrize("code", sorted(TEXTS))
@pytest.mark.parametrize("name", SCHEMAS)
def test_one_warning_says_it(name: str, code: str) -> None:
    """Exactly one warning says that the rules do not read the language, and none names each row."""
    extraction = extract(article_from_text(TEXTS[code]), load_schema(name))
    codes = Counter(remark.code for remark in extraction.warnings)
    assert codes["language_without_rules"] == 1
    assert not codes.keys() & {"speaker_unresolved", "source_unresolved"}
    assert extraction.to_json()["article"]["language"] == code
    assert extraction.audit.unaccounted == ()


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_warning_in_english(name: str) -> None:
    """An English article has no such warning, and its language."""
    extraction = extract(article_from_text(ENGLISH), load_schema(name))
    assert extraction.article.language == "en"
    assert "language_without_rules" not in {remark.code for remark in extraction.warnings}


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_the_quotation_is_found_and_nobody_guessed(code: str) -> None:
    """Each story's quotation is a row by the marks of its press; nobody is its speaker."""
    extraction = extract(article_from_text(TEXTS[code]), load_schema("quotes"))
    (row,) = rows(extraction, "quotes")
    assert row["speaker"] is None
    assert row["text"] in TEXTS[code]
    assert row["kind"] == "direct" or code == "tr"
    assert extraction.confidence["quotes[0]"] == 0.0


def test_numbers_are_found_and_not_valued() -> None:
    """ "50.000 Euro" is no 50: numbers stand as printed, without value, unit or what they count."""
    extraction = extract(article_from_text(GERMAN), load_schema("figures"))
    found = {row["text"]: row for row in rows(extraction, "figures")}
    assert list(found) == ["50.000", "1,5", "30 %"]
    for row in found.values():
        assert row["value"] is row["low"] is row["high"] is row["unit"] is None
        assert not row["approximate"]
        assert row["counts"] is None
        assert row["source"] is None


def test_nothing_is_said_of_sanctions_and_releases() -> None:
    """Words that English and German share are not read by the rules of English."""
    extraction = extract(article_from_text(GERMAN), load_schema("release_event"))
    record = extraction.to_json()["record"]
    assert record["sanction_terms"] == record["releases"] == []
    assert [row["text"] for row in record["quotes"]] == [
        "Wir haben noch nicht alle Schäden behoben",
        "ein Fehler",
    ]
    assert [item.reason for item in extraction.audit.dismissed if item.kind == "quotation"] == [
        "title"
    ]


def test_names_are_not_guessed() -> None:
    """A list of names is left empty by the rules."""
    extraction = extract(article_from_text(GERMAN), load_schema("attributions"))
    assert rows(extraction, "attributions") == []


def test_a_model_may_say_who_speaks() -> None:
    """What a model points at is kept, and a quotation that it gives no speaker is told."""
    article, schema = article_from_text(GERMAN), load_schema("quotes")
    inventory = take_inventory(article)
    weber = next(name for name in inventory.names if "Anna Weber" in name.name)
    first, *_, last = inventory.quotations
    answer = Answer(
        {
            "quotes": [
                {"quotation": first.id, "speaker": weber.id, "kind": "direct"},
                {"quotation": last.id, "speaker": None, "kind": "fragment"},
            ]
        }
    )
    extraction = asyncio.run(extract_with(article, schema, Parrot(answer)))
    said = [row["speaker"] for row in rows(extraction, "quotes")]
    assert "Anna Weber" in said[0]["name"]
    assert said[-1] is None
    codes = Counter(remark.code for remark in extraction.warnings)
    assert codes["language_without_rules"] == 1
    assert codes["speaker_unresolved"] == 1


@pytest.mark.parametrize(
    ("printed", "figures", "others"),
    [
        ("Es kostet 1.234.567,89 Euro.", ["1.234.567,89"], []),
        ("Cela coûte 12 500 € et 3,5 %.", ["12 500 €", "3,5 %"], []),
        ("Am 12.03.2024 und 2025 um 8:30.", [], ["date", "year", "time"]),
        ("Boeing-737 und F-35 und A320 flogen 2:1.", [], ["name", "name", "name", "score"]),
        ("Am 6. Mai kamen 7 Gäste.", ["7"], ["ordinal"]),
        ("Von 1990 % war keine Rede.", ["1990 %"], []),
    ],
)
def test_printed_numbers(printed: str, figures: list[str], others: list[str]) -> None:
    """Numbers with their separators and signs; dates, times, ordinals and names are none."""
    found, none = find_printed_numbers(article_from_text(printed))
    assert [figure.span.of(printed) for figure in found] == figures
    assert [number.reason for number in none] == others


PAGE = """<html lang="{lang}"><head><title>Luka</title></head><body><article><h1>Luka zatvorena</h1>
<p>Gradska luka je zatvorena, rekla je gradonačelnica novinarima, radovi traju do kraja godine, a
troškovi su veliki.</p><p>Ribari su zbog toga bez posla, a grad im nudi novac.</p></article></body>
</html>"""


@pytest.mark.parametrize("lang", ["hr", "sr-Latn"])
def test_a_page_names_its_language(lang: str) -> None:
    """Where the words do not tell, the page's own language counts."""
    assert read_bytes(PAGE.format(lang=lang).encode(), "p.html").language == lang[:2]


def test_in_sheets() -> None:
    """The sheet of articles has the language; below a title it stands where it is not English."""
    schema = load_schema("quotes")
    german = extract(article_from_text(GERMAN), schema)
    column = [head.title for head in article_heads(schema.model)].index("Language")
    assert article_row(german, 1, None)[column] == "de"
    assert "German" in known_of(german.article)
    assert known_of(article_from_text(ENGLISH, "a.txt")) == ["a.txt"]


def test_old_stores(tmp_path: Path) -> None:
    """An article stored before languages were told has none, until it is done again."""
    schema = load_schema("quotes")
    recipe = recipe_for(Settings(), schema)
    extraction = extract(article_from_text(GERMAN, "a.txt"), schema)
    entry = Done(0, "a.txt", "1", recipe.key(extraction.article.sha256), pack(extraction), 0.1)

    def language() -> str | None:
        with Store(tmp_path) as store:
            (kept,) = store.extractions(schema)
            return kept.article.language

    with Store(tmp_path) as store:
        store.set_recipe(recipe)
        run = store.begin_run(recipe, ["extract"])
        store.write(run, [entry])
    assert language() == "de"
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("update article set language = null")
    connection.close()
    assert language() is None
    with Store(tmp_path) as store:
        store.set_recipe(recipe)
        store.write(store.begin_run(recipe, ["extract"]), [entry])
    assert language() == "de"


def test_japanese_and_chinese_as_plain_text() -> None:
    """Paragraphs are body below a headline, corner brackets are marks, sentences end at 。."""
    text = (
        "港の再開は来月に延期\n\n市は港の再開を一カ月延期した。市長は「船は戻らない。安全が第一だ。」と述べた。"
        "幹部は『約束「来月」が違う』と話した！\n工事は来月まで続く。次の会議は《港》で開かれる。"
    )
    article = article_from_text(text)
    assert [p.kind for p in article.paragraphs] == ["heading", "body", "body"]
    inventory = take_inventory(article)
    assert [(q.text(text), q.parent) for q in inventory.quotations] == [
        ("船は戻らない。安全が第一だ。", None),
        ("約束「来月」が違う", None),
        ("来月", "Q2"),
    ]
    sentences = [s.span.of(text) for s in inventory.sentences]
    assert [sentence[:2] + sentence[-2:] for sentence in sentences] == [
        "港の延期", "市はた。", "市長た。", "幹部た！", "工事く。", "次のる。",
    ]  # fmt: skip
