"""What reviewers accepted goes out whole, with where it comes from, and nothing else does."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from extractor.cli import main
from extractor.errors import OutputError
from extractor.record import Extraction
from extractor.review.claims.claims import Claim
from extractor.review.decide.decisions import decide
from extractor.review.decide.editing import edited_row
from extractor.review.desk import Desk
from extractor.review.publish import publish as publishing
from extractor.review.publish.publish import ENDINGS, FORMS, publish
from extractor.review.queue import Filter, all_claims, save_view
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from extractor.text.spans import Span
from tests.support.extractions import make_article, release
from tests.support.stores import fill, named
from tests.support.trusting import trusting

TABLES = ("xlsx", "csv", "jsonl", "html")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store whose first quotation is accepted, second corrected, third rejected; one is open."""
    fill(tmp_path / "run", [release()])
    with Desk(tmp_path / "run") as found:
        sync(found)
        first, second, third, _ = quotes(found)
        decide(found, first.id, reviewer="Ada", action="accept", seen=first.version, note="heard")
        row = edited_row(found, second, {"speaker": {"name": "Vera Lund"}})
        decide(found, second.id, reviewer="Bo", action="correct", seen=second.version, row=row)
        decide(found, third.id, reviewer="Bo", action="reject", seen=third.version,
               reason="duplicate")  # fmt: skip
        yield found


def quotes(desk: Desk) -> list[Claim]:
    """Return the quotations."""
    return [one for one in all_claims(desk) if one.kind == "quotes" and one.origin == "machine"]


def lines(path: Path) -> list[dict[str, Any]]:
    """Return a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def in_csv(path: Path) -> list[dict[str, str]]:
    """Return a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def in_xlsx(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return a workbook: the rows of every sheet by column."""
    found = {}
    for page in load_workbook(path).worksheets:
        head, *rows = page.iter_rows(values_only=True)
        found[page.title] = [dict(zip(head, row, strict=True)) for row in rows]  # type: ignore[arg-type]
    return found


class _Words(HTMLParser):
    """The words that a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def shown(path: Path) -> _Words:
    """Return what a browser makes of a page."""
    page = _Words()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def test_accepted_and_corrected_rows_go_out_and_open_ones_are_counted(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By default neither open nor rejected rows are published, and the message says how many."""
    out = tmp_path / "out.jsonl"
    assert main(["publish", str(desk.folder), "-o", str(out)]) == 0
    rows = lines(out)
    assert [row["review"]["status"] for row in rows] == ["accepted", "corrected"]
    told = capsys.readouterr().err
    assert "2 rows of 1 article published" in told
    open_rows = sum(one.status == "open" for one in all_claims(desk))
    assert f"{open_rows} open rows left out" in told


def test_every_row_says_where_it_comes_from_and_who_decided(desk: Desk, tmp_path: Path) -> None:
    """Article, place, who answered, prompt, engine, reviewer, moment and status are in each row."""
    publish(desk, Filter(), "jsonl", tmp_path / "out.jsonl")
    first, second = lines(tmp_path / "out.jsonl")
    assert first["article"]["title"] == "Harbour talks free 31 sailors"
    assert first["article"]["source"] == "made.txt"
    assert first["article"]["sha256"] == release().article.sha256
    assert (first["article"]["outlet"], first["article"]["date"]) == ("Norvia Post", "2025-12-13")
    assert first["provenance"]["answered_by"] == "rules"
    assert first["provenance"]["engine"].startswith("news-extract")
    text, evidence = release().article.text, first["evidence"]
    assert text[evidence["start"] : evidence["end"]] == evidence["text"]
    assert (first["review"]["reviewer"], first["review"]["note"]) == ("Ada", "heard")
    assert datetime.fromisoformat(first["review"]["decided_at"]).tzinfo is not None
    assert second["row"]["speaker"] == {
        "name": "Vera Lund", "kind": "other", "mention": None, "typed": True,
    }  # fmt: skip
    publish(desk, Filter(), "csv", tmp_path / "out.csv")
    for row in in_csv(tmp_path / "out.csv"):
        for column in ("title", "outlet", "published", "article", "article_sha256", "answered_by",
                       "engine", "reviewed_by", "decided_at", "review_status", "start", "end",
                       "schema", "claim", "version"):  # fmt: skip
            assert row[column], column
    assert in_csv(tmp_path / "out.csv")[1]["typed_names"] == "Vera Lund"


@pytest.mark.parametrize("flags", [["--status", "open"], ["--status", "later,accepted"]])
def test_open_rows_need_the_flag(
    desk: Desk, tmp_path: Path, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --with-open a filter for open rows is wrong use, and nothing is written."""
    out = tmp_path / "out.csv"
    assert main(["publish", str(desk.folder), "-o", str(out), *flags]) == 2
    assert "--with-open" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("form", TABLES)
def test_open_rows_say_so_in_every_format(desk: Desk, tmp_path: Path, form: str) -> None:
    """With --with-open every open row is marked, and so is the message."""
    out = tmp_path / f"out.{form}"
    done = publish(desk, Filter(), form, out, with_open=True)  # type: ignore[arg-type]
    machine = [one for one in all_claims(desk) if one.origin == "machine"]
    assert done.open_rows == sum(one.status == "open" for one in machine)
    if form == "jsonl":
        marked = [not row["review"]["decided"] for row in lines(out)]
    elif form == "csv":
        marked = [row["review_status"].startswith("OPEN") for row in in_csv(out)]
    elif form == "xlsx":
        marked = [
            row["Review status"].startswith("OPEN")
            for rows in in_xlsx(out).values()
            for row in rows
        ]
    else:
        words = shown(out).words
        assert "Holds OPEN rows, which nobody has decided on." in words
        marked = [word.startswith("OPEN:") for word in words if word.startswith("OPEN:")]
    assert sum(marked) == done.open_rows > 0


def test_the_message_warns_of_open_rows(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who publishes open rows is told so, loudly."""
    main(["publish", str(desk.folder), "-o", str(tmp_path / "out.csv"), "--with-open"])
    assert "WARNING: 6 of them are OPEN" in capsys.readouterr().err


def test_filters_and_saved_views_choose(desk: Desk, tmp_path: Path) -> None:
    """Any filter of the queue and any saved view says which rows go out."""
    save_view(desk, "Bo's", Filter(reviewer="Bo", status=("corrected", "rejected")))
    folder, out = str(desk.folder), tmp_path / "out.jsonl"
    for flags, statuses in (
        (["--status", "rejected"], ["rejected"]),
        (["--decided-by", "Ada"], ["accepted"]),
        (["--words", "home"], ["accepted"]),
        (["--kind", "figures"], []),
        (["--view", "Bo's"], ["corrected", "rejected"]),
        (["--view", "Bo's", "--status", "corrected"], ["corrected"]),
        (["--until", "2024"], []),
    ):
        out.unlink(missing_ok=True)
        assert main(["publish", folder, "-o", str(out), *flags]) == (0 if statuses else 1)
        written = lines(out) if out.exists() else []
        assert [row["review"]["status"] for row in written] == statuses, flags
    assert main(["publish", folder, "-o", str(out), "--view", "none"]) == 2


def test_a_workbook_for_editing(desk: Desk, tmp_path: Path) -> None:
    """A sheet a kind, typed cells, choices, a frozen header and filters; identity comes last."""
    publish(desk, Filter(), "xlsx", tmp_path / "out.xlsx", with_open=True)
    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Releases", "Quotes", "Figures", "Sanction terms"]
    page = book["Quotes"]
    heads = [cell.value for cell in page[1]]
    assert heads[:3] == ["Decision", "Reason", "Note"]
    assert heads[-2:] == ["Claim", "Version"]
    assert page.freeze_panes == "B2"
    assert page.auto_filter.ref
    offered = {
        str(one.sqref).split(":")[0].rstrip("0123456789"): one.formula1
        for one in page.data_validations.dataValidation
    }
    assert offered["A"] == '"accept,correct,reject,later"'
    assert '"direct,fragment,turn,block"' in offered.values()
    last = page[2][len(heads) - 1]
    assert last.fill.fgColor.rgb != page[2][3].fill.fgColor.rgb, "identity looks locked"
    row = dict(zip(heads, (cell.value for cell in page[2]), strict=True))
    assert row["Published"] == datetime(2025, 12, 13)
    assert isinstance(row["Start"], int)
    figures = in_xlsx(tmp_path / "out.xlsx")["Figures"]
    assert figures[1]["Figure, value"] == 40
    assert figures[1]["Figure, approximate"] is True


HOSTILE = (
    "<script>alert(1)</script>",
    '"onload=alert(1) x="',
    '=HYPERLINK("http://example.org",1)',
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\u202egnp.exe\u202c",
    "\x1b[2J{{ 7*7 }}",
)


def hostile() -> Extraction:
    """Make an article that attacks whoever shows it, with a paragraph of a megabyte."""
    parts = [*HOSTILE, "Long: " + "tide and quay " * 75_000]
    text = "\n\n".join(parts)
    spans, at = [], 0
    for part in parts:
        spans.append(Span(at, at + len(part)))
        at += len(part) + 2
    found = release()
    one = found.record.quotes[0]  # type: ignore[attr-defined]
    rows = [
        one.model_copy(update={
            "quotation": replace(one.quotation, text=span.of(text), spans=(span,)),
            "speaker": replace(one.speaker, name=HOSTILE[n % len(HOSTILE)], mention=None),
        })
        for n, span in enumerate(spans)
    ]  # fmt: skip
    record = type(found.record).model_construct(
        releases=[], figures=[], sanction_terms=[], quotes=rows
    )
    article = make_article(
        text, source="=evil.txt", title=HOSTILE[2], outlet=HOSTILE[0], url="javascript:alert(1)"
    )
    audit = replace(found.audit, unaccounted=(), dismissed=())
    return replace(found, article=article, record=record, warnings=(), audit=audit)


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Desk]:
    """A store with a hostile article; all of it is accepted."""
    fill(tmp_path / "run", [hostile()])
    with Desk(tmp_path / "run") as found:
        sync(found)
        for one in list(all_claims(found)):
            decide(found, one.id, reviewer="Ada", action="accept", seen=one.version)
        yield found


def test_a_hostile_article_is_text_in_the_page(attacked: Desk, tmp_path: Path) -> None:
    """Script tags, attributes and overrides of direction show as text; nothing runs or loads."""
    out = tmp_path / "out.html"
    publish(attacked, Filter(), "html", out)
    page = shown(out)
    words = "".join(page.words)
    assert words.count("<script>alert(1)</script>") >= 2
    assert '"onload=alert(1) x="' in words
    assert sum(tag == "script" for tag, _ in page.elements) == 1, "our own"
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert not (attributes.get("href") or "").startswith("javascript:")
    raw = out.read_text(encoding="utf-8")
    assert "\u202e" not in raw
    assert "\x1b" not in raw
    assert len(raw) > 2_000_000, "the long paragraph and its row are there, whole"
    assert re.search(r"script-src 'sha256-[^']+'", raw)


def test_a_hostile_article_is_text_in_a_workbook(attacked: Desk, tmp_path: Path) -> None:
    """No cell is a formula or a link, controls are gone, and what is too long says so."""
    out = tmp_path / "out.xlsx"
    publish(attacked, Filter(), "xlsx", out)
    page = load_workbook(out)["Quotes"]
    for row in page.iter_rows():
        for cell in row:
            assert cell.data_type != "f", cell.value
            assert cell.hyperlink is None
            assert len(str(cell.value or "")) <= 32_767
            assert not set("\u202e\x1b") & set(str(cell.value or ""))
    cells = [page.cell(row, 4).value for row in range(2, page.max_row + 1)]
    assert HOSTILE[2] in cells
    assert str(cells[-1]).endswith("[cut: too long for a cell]")


def test_a_hostile_article_is_text_in_csv(attacked: Desk, tmp_path: Path) -> None:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = tmp_path / "out.csv"
    publish(attacked, Filter(), "csv", out)
    csv.field_size_limit(2**31 - 1)
    rows = in_csv(out)
    for row in rows:
        for value in row.values():
            assert not re.match(r"\s*[=+\-@]", value), value[:60]
            assert not set("\u202e\x1b") & set(value)
    assert "'" + HOSTILE[2] in {row["text"] for row in rows}
    assert len(max((row["text"] for row in rows), key=len)) > 1_000_000


@pytest.mark.parametrize("form", FORMS)
def test_a_hostile_article_goes_out_in_every_format(
    attacked: Desk, tmp_path: Path, form: Any
) -> None:
    """Every format holds all its rows, and what is JSON is valid JSON without raw controls."""
    out = tmp_path / f"out{ENDINGS[form]}"
    assert publish(attacked, Filter(), form, out).rows == len(HOSTILE) + 1
    if form in ("jsonl", "ftm", "w3c", "label-studio"):
        raw = out.read_text(encoding="utf-8")
        assert "\u202e" not in raw
        for part in raw.splitlines() if form in ("jsonl", "ftm") else [raw]:
            json.loads(part)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_replaced_whole_or_not_at_all(
    desk: Desk, tmp_path: Path, form: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When writing fails in the middle the old file stays, and nothing is left beside it."""
    out = tmp_path / "out" / f"out{ENDINGS[form]}"
    out.parent.mkdir()
    out.write_text("old")

    def failing(self: object) -> Iterator[Any]:
        yield from [found]
        raise OSError(28, "No space left on device")

    with publishing.Selection(desk, Filter()) as selection:
        (found,) = selection.published_articles()
    monkeypatch.setattr(publishing.Selection, "published_articles", failing)
    with pytest.raises((OutputError, OSError)):
        publish(desk, Filter(), form, out)
    assert out.read_text() == "old"
    assert [path.name for path in out.parent.iterdir()] == [out.name]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_to_publish_is_an_empty_sheet(desk: Desk, tmp_path: Path, form: Any) -> None:
    """A filter that lets nothing out makes a valid file of every format."""
    out = tmp_path / f"out{ENDINGS[form]}"
    assert publish(desk, Filter(outlet="nobody"), form, out).rows == 0
    assert out.exists()
    if form == "xlsx":
        load_workbook(out)
    if form in ("w3c", "label-studio"):
        assert json.loads(out.read_text()) is not None


@pytest.mark.parametrize("form", FORMS)
def test_a_file_with_rows_is_never_replaced_by_none(
    desk: Desk, tmp_path: Path, form: Any, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The command says that nothing matches, ends with 1, and leaves the file as it was."""
    out = tmp_path / f"out{ENDINGS[form]}"
    asked = ["publish", str(desk.folder), "-o", str(out), "-f", form]
    assert main(asked) == 0
    there = out.read_bytes()
    for nothing in (["--outlet", "nobody"], ["--since", "2099"], ["--speaker", "Nobody"]):
        capsysbinary.readouterr()
        assert main([*asked, *nothing]) == 1
        told = capsysbinary.readouterr()
        assert f"no row matches what was asked for; {out} is as it was".encode() in told.err
        assert out.read_bytes() == there
    out.unlink()
    assert main([*asked, "--outlet", "nobody"]) == 1
    assert not out.exists()
    if form != "xlsx":
        capsysbinary.readouterr()
        assert main(["publish", str(desk.folder), "-o", "-", "-f", form, "--until", "1999"]) == 1
        assert capsysbinary.readouterr().out == b""


def test_before_anything_is_decided_there_is_nothing_to_publish(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first publishing says that nothing was accepted yet and how many rows are open."""
    fill(tmp_path / "run", [release()])
    assert main(["publish", str(tmp_path / "run")]) == 1
    told = capsys.readouterr().err
    assert "no row was accepted or corrected yet; nothing was written" in told
    assert "open rows left out: review them" in told
    assert not (tmp_path / "run" / "published.xlsx").exists()


def test_a_date_that_is_none_is_wrong_use(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt --since publishes nothing and replaces nothing."""
    out = tmp_path / "out.csv"
    out.write_text("old")
    assert main(["publish", str(desk.folder), "-o", str(out), "--since", "abc"]) == 2
    assert "since 'abc' is no date" in capsys.readouterr().err
    assert out.read_text() == "old"


@pytest.mark.parametrize("date", [None, "20/04/2026", "soon"])
def test_rows_without_a_date_are_not_left_out_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], date: str | None
) -> None:
    """--since and --until say how many rows they left out because nobody knows their date."""
    undated = release()
    undated = replace(undated, article=replace(undated.article, date=date))
    fill(tmp_path / "run", [undated])
    with Desk(tmp_path / "run") as desk:
        sync(desk)
        for claim in quotes(desk)[:2]:
            decide(desk, claim.id, reviewer="Ada", action="accept", seen=claim.version)
    for limit in (["--since", "1999"], ["--until", "2099"]):
        assert main(["publish", str(tmp_path / "run"), *limit]) == 1
        told = capsys.readouterr().err
        assert "2 rows left out whose article has no date that can be read" in told
    assert main(["publish", str(tmp_path / "run")]) == 0
    assert "no date" not in capsys.readouterr().err


def test_standard_output_takes_data_only(
    desk: Desk, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """With -o - the rows are on standard output and the messages are not; a workbook is refused."""
    assert main(["publish", str(desk.folder), "-o", "-", "-f", "jsonl"]) == 0
    told = capsysbinary.readouterr()
    assert [json.loads(line)["kind"] for line in told.out.splitlines()] == ["quotes", "quotes"]
    assert b"2 rows of 1 article" in told.err
    assert main(["publish", str(desk.folder), "-o", "-", "-f", "xlsx"]) == 2
    assert main(["publish", str(desk.folder), "-o", "out.unknown"]) == 2
    assert main(["publish", str(desk.folder), "-o", str(desk.path), "-f", "csv"]) == 2
    assert desk.path.read_bytes().startswith(b"SQLite")


def test_the_workbook_goes_into_the_folder_by_default(desk: Desk) -> None:
    """`extract publish FOLDER` alone writes FOLDER/published.xlsx."""
    assert main(["publish", str(desk.folder)]) == 0
    assert set(in_xlsx(desk.folder / "published.xlsx")) == {"Quotes"}


def test_articles_come_in_the_order_of_the_coverage(tmp_path: Path) -> None:
    """Rows of one article stay together, articles in the order in which they were first named."""
    fill(tmp_path / "run", [named(n) for n in (3, 1, 2)])
    with Desk(tmp_path / "run") as desk:
        sync(desk)
        publish(desk, Filter(), "jsonl", tmp_path / "out.jsonl", with_open=True)
    sources = [row["article"]["source"] for row in lines(tmp_path / "out.jsonl")]
    assert list(dict.fromkeys(sources)) == [f"coverage/{n}.txt" for n in (3, 1, 2)]
    assert sources == sorted(sources, key=[*dict.fromkeys(sources)].index)


OWN = '''"""Notes of an own kind."""
from datetime import date
from typing import Literal
from pydantic import BaseModel, Field
from extractor.fields import Name, Quotation, Verbatim

class Place(BaseModel):
    city: Verbatim | None = None

class Note(BaseModel):
    """A note."""
    words: Quotation
    status: Literal["new", "old"] = "new"
    decision: str | None = None
    seen: date | None = None
    page: int | None = None
    where: Place | None = None
    class_: str | None = Field(None, alias="class")

class Notes(BaseModel):
    """Notes of one article."""
    notes: list[Note]
    people: list[Name]
    summary: str | None = None
'''


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A store by a schema of a user's own, with names that our columns have too."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "notes.py").write_text(OWN)
    trusting(tmp_path)
    monkeypatch.chdir(tmp_path)
    schema = load_schema("notes")
    found = release()
    quote = found.record.quotes[0]  # type: ignore[attr-defined]
    fields = schema.model.model_fields
    note = fields["notes"].annotation.__args__[0]  # type: ignore[union-attr]
    place = note.model_fields["where"].annotation.__args__[0]
    record = schema.model.model_construct(
        notes=[note.model_construct(
            words=quote.quotation, status="old", decision="yes", seen=date(2025, 12, 1), page=7,
            where=place.model_construct(city=None), class_="c",
        )],
        people=[quote.speaker], summary="All is well",
    )  # fmt: skip
    made = replace(found, schema="notes", record=record, warnings=(),
                   audit=replace(found.audit, unaccounted=(), dismissed=()))  # fmt: skip
    fill(tmp_path / "run", [made], schema=schema)
    with Desk(tmp_path / "run") as desk:
        sync(desk)
        yield desk


@pytest.mark.parametrize("form", TABLES)
def test_a_schema_of_ones_own_is_published(own: Desk, tmp_path: Path, form: Any) -> None:
    """Dates, numbers, nested models, aliases and single values go out, with names kept apart."""
    out = tmp_path / f"out.{form}"
    assert publish(own, Filter(), form, out, with_open=True).rows == 3
    if form == "xlsx":
        (note,) = in_xlsx(out)["Notes"]
        assert note["Seen"] == datetime(2025, 12, 1)
        assert (note["Page"], note["Status"], note["Decision (2)"]) == (7, "old", "yes")
        assert note["Class"] == "c"
        assert in_xlsx(out)["Summary"][0]["Summary"] == "All is well"
        assert in_xlsx(out)["People"][0]["People"] == "Ada Brandt"
    if form == "csv":
        note = next(row for row in in_csv(out) if row["kind"] == "notes")
        assert (note["notes_decision"], note["decision"], note["page"]) == ("yes", "", "7")


@pytest.mark.parametrize("name", ["own.xlsx", "own.csv"])
def test_a_schema_of_ones_own_comes_back(own: Desk, tmp_path: Path, name: str) -> None:
    """Values of every type are edited in a sheet, each checked by the schema."""
    from extractor.review.bring_back.bring_back import bring_back

    path = tmp_path / name
    publish(own, Filter(), "csv" if name.endswith("csv") else "xlsx", path, with_open=True)
    unchanged = bring_back(own, path, "Ada")
    assert (unchanged.decisions, unchanged.unchanged) == (0, 3)
    if name.endswith("csv"):
        text = path.read_text(encoding="utf-8-sig")
        text = text.replace("All is well", "All is good").replace("2025-12-01", "2025-12-02")
        path.write_text(text.replace(",7,", ",8,"))
    else:
        book = load_workbook(path)
        for page, column, value in (
            ("Notes", "Seen", date(2025, 12, 2)), ("Notes", "Page", 8),
            ("Summary", "Summary", "All is good"),
        ):  # fmt: skip
            heads = {cell.value: cell.column for cell in book[page][1]}
            book[page].cell(2, heads[column]).value = value
        book.save(path)
    brought = bring_back(own, path, "Ada")
    assert (brought.decisions, brought.problems) == (2, [])
    rows = {one.kind: one.row for one in all_claims(own)}
    assert (rows["notes"]["seen"], rows["notes"]["page"]) == ("2025-12-02", 8)
    assert rows["summary"] == "All is good"


def test_a_schema_that_is_gone_is_told(own: Desk, tmp_path: Path) -> None:
    """Rows whose schema is not to be found stop the publishing, with what to do."""
    (tmp_path / "schemas" / "notes.py").unlink()
    assert main(["publish", str(own.folder), "--with-open"]) == 2
