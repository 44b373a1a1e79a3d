"""The sheets of a run: everything in the store, typed, linked, harmless, replaced in one step."""

import csv
import gc
import io
import json
import re
import sqlite3
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.article import Remark
from extractor.errors import OutputError
from extractor.fields import Quotation
from extractor.pipeline import extract
from extractor.record import Extraction
from extractor.run.sheets import index, workbook
from extractor.run.sheets.cells import Head, Link, sheet_title
from extractor.run.sheets.pages import page_path
from extractor.run.sheets.rendering import Renderer
from extractor.run.sheets.sheets import write_sheets
from extractor.run.sheets.workbook import Workbook
from extractor.schema.catalogue import Schema, list_schemas, load_schema
from extractor.sheet.csvout import to_csv
from extractor.sheet.html import to_html
from extractor.sheet.jsonout import to_json
from extractor.sheet.tables import tables
from extractor.store.entries import Failed
from extractor.store.store import Store
from extractor.text.printable import printable
from extractor.text.spans import Span
from tests.support.extractions import TEXT, make_article, make_extraction, release
from tests.support.stores import SCHEMA, fill, named, recipe

HOSTILE = [
    '=HYPERLINK("http://example.org","x")',
    "<script>alert(1)</script>",
    "\u202eevil\u202c \u2066x\u2069",
    "\x00\x1b[31m\x0b\x1f _x0041_ \ufffe",
    "<r><t>markup</t></r>",
    "@SUM(1)",
    "\ud800 half",
    "'-->]]>&amp;\"",
    "x" * 40_000,
    "🎉" * 20_000,
]


@pytest.fixture
def schema() -> Schema:
    """The shipped schema with every row kind."""
    return load_schema(SCHEMA)


def _hostile(number: int, words: str) -> Extraction:
    """Return an extraction in which everything that is free text is `words`."""
    text = f"Before. {words} After."
    article = make_article(text, source=f"{words[:60]}/{number}.txt", title=words, outlet=words)
    row = {"quotation": Quotation(words, (Span(8, 8 + len(words)),)), "kind": "direct"}
    model = load_schema(SCHEMA).model
    record = model.model_validate(
        {"releases": [], "quotes": [row], "figures": [], "sanction_terms": []}
    )
    return make_extraction(article, record, warnings=(Remark("odd", words),))


def _sheets(folder: Path, **known: Any) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(folder / "release_event.xlsx", **known)
    return {page.title: list(page.iter_rows(values_only=True)) for page in book}


def test_every_form_says_what_the_single_sheet_says(tmp_path: Path, schema: Schema) -> None:
    """JSONL, CSV and pages of a run are those of `--format`, an article after the other."""
    kept = [named(n, title=f"Article {n}") for n in range(3)]
    fill(tmp_path, kept)
    written = write_sheets(tmp_path, schema)
    assert (written.articles, written.pages, written.left_out) == (3, 3, 0)
    lines = (tmp_path / "release_event.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [json.loads(to_json(one)) for one in kept]
    assert (tmp_path / "release_event.csv").read_text() == to_csv(kept)
    for one in kept:
        assert (tmp_path / page_path(SCHEMA, one.article.source)).read_text() == to_html([one])
    assert not list(tmp_path.glob(".extract-*.part"))


def test_the_workbook_has_typed_cells_and_links_to_the_evidence(
    tmp_path: Path, schema: Schema
) -> None:
    """Numbers are numbers, dates dates; every row leads to a place that its page has."""
    fill(tmp_path, [named(0)], [("coverage/no.pdf", "coverage/no.pdf: encrypted")])
    write_sheets(tmp_path, schema)
    book = openpyxl.load_workbook(tmp_path / "release_event.xlsx")
    titles = ["Articles", "Releases", "Quotes", "Figures", "Sanction terms", "Warnings", "Failed"]
    assert book.sheetnames == titles
    for page in book:
        assert page.freeze_panes == "B2"
        assert page.auto_filter.ref == page.dimensions
        names = [cell.value for cell in page[1]]
        assert len(set(names)) == len(names)
    figure = dict(
        zip(*[[c.value for c in row] for row in book["Figures"]["A1:Z3"][:3:2]], strict=True)
    )
    assert (figure["Figure, value"], figure["Figure, approximate"]) == (40, True)
    assert figure["Published"] == datetime(2025, 12, 13)
    assert figure["Counts"] == "others"
    start, end = figure["Start"], figure["End"]
    assert TEXT[start:end] == "40"
    assert [cell.value for cell in book["Failed"][2]][:2] == [
        "coverage/no.pdf",
        "coverage/no.pdf: encrypted",
    ]
    assert book["Articles"].column_dimensions["B"].width > 50
    for title in titles[1:5]:
        for row in book[title].iter_rows(min_row=2):
            target = re.fullmatch(r'=HYPERLINK\("([^"]+)",(\d+)\)', row[0].value)
            assert target
            path, _, place = target[1].partition("#")
            page = (tmp_path / path).read_text()
            assert f'id="{place}"' in page
    assert _sheets(tmp_path, data_only=True)["Quotes"][4][0] == 4


@pytest.mark.parametrize("name", [entry.name for entry in list_schemas() if entry.shipped])
def test_every_shipped_schema_has_a_workbook(tmp_path: Path, name: str) -> None:
    """Whatever the types of its fields, each row of a record is a row of its kind's sheet."""
    schema = load_schema(name)
    extraction = extract(release().article, schema)
    fill(tmp_path, [extraction], schema=schema)
    write_sheets(tmp_path, schema)
    book = openpyxl.load_workbook(tmp_path / f"{name}.xlsx")
    rows = [table for table in tables(extraction) if table.rows]
    assert rows
    for table in rows:
        assert book[sheet_title(table.kind)].max_row == len(table.rows) + 1


def test_hostile_words_stay_words_in_every_form(tmp_path: Path, schema: Schema) -> None:
    """No formula, link, markup, script or control character comes of an article's words."""
    fill(
        tmp_path, [_hostile(n, words) for n, words in enumerate(HOSTILE)], [(w, w) for w in HOSTILE]
    )
    written = write_sheets(tmp_path, schema)
    assert written.articles == len(HOSTILE)
    book = openpyxl.load_workbook(tmp_path / "release_event.xlsx")
    for page in book:
        for row in page.iter_rows(min_row=2):
            for position, cell in enumerate(row):
                if cell.data_type == "f":
                    assert position == 0
                    assert re.fullmatch(
                        r'=HYPERLINK\("pages/[a-z0-9_/.-]+(#[a-z0-9-]+)?",\d+\)', cell.value
                    )
                elif cell.data_type == "s":
                    assert len(cell.value.encode("utf-16-le")) // 2 <= workbook.MOST_CHARACTERS
                    assert not re.search(
                        "[\x00-\x08\x0e-\x1f\u202a-\u202e\u2066-\u2069]", cell.value
                    )
    quotes = [row[1] for row in book["Quotes"].iter_rows(min_row=2, values_only=True)]
    assert quotes[0] == HOSTILE[0]
    assert quotes[1] == HOSTILE[1]
    assert quotes[3] == "   _x005F_x0041_ "  # how the format writes a "_x0041_" that is none
    assert quotes[4].strip() == HOSTILE[4]
    assert quotes[5] == HOSTILE[5]
    assert quotes[8].endswith("[cut: too long for a cell]")
    assert quotes[9].startswith("🎉🎉")
    assert book["Quotes"]["B2"].quotePrefix
    rows = list(csv.DictReader(io.StringIO((tmp_path / "release_event.csv").read_text())))
    assert rows[0]["text"] == f"'{HOSTILE[0]}"
    assert rows[8]["text"] == HOSTILE[8]
    for path in tmp_path.rglob("*.html"):
        page = path.read_text()
        assert page.count("<script>") == 1
        assert not re.search("[\x00\x1b\u202a-\u202e\u2066-\u2069]", page)
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.html")]
    assert len(files) == len(HOSTILE) + 1
    assert all(re.fullmatch(r"[a-z0-9_/.-]+", str(file)) for file in files)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_a_cell_reads_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """Any text comes back as text; what a cell cannot hold is left out, nothing else changes."""
    path = tmp_path_factory.mktemp("book") / "x.xlsx"
    with Workbook(path) as book:
        sheet = book.sheet("Rows", [Head("#", 5), Head("Words", 20)])
        for number, text in enumerate(texts):
            sheet.add([number, text])
        sheet.end()
    page = openpyxl.load_workbook(path)["Rows"]
    for text, row in zip(texts, page.iter_rows(min_row=2), strict=True):
        cell = row[1]
        assert cell.data_type in ("s", "n", "inlineStr")
        assert (cell.value or "").strip() == printable(text).strip()


def test_a_full_sheet_goes_on_in_a_further_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows beyond what a sheet holds are on the next, with the same header and a filter."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    with Workbook(tmp_path / "x.xlsx") as book:
        sheet = book.sheet("A rather long name: of [a] sheet / really", [Head("Number", 8)])
        for number in range(7):
            sheet.add([number])
        sheet.end()
    found = openpyxl.load_workbook(tmp_path / "x.xlsx")
    first, *others = found.sheetnames
    assert [len(name) <= 31 for name in found.sheetnames] == [True] * 3
    assert all(name.startswith(first[:20]) for name in others)
    rows = [[row[0] for row in page.iter_rows(values_only=True)] for page in found]
    assert rows == [["Number", 0, 1, 2], ["Number", 3, 4, 5], ["Number", 6]]
    assert [page.auto_filter.ref for page in found] == ["A1:A4", "A1:A4", "A1:A2"]


def test_only_what_has_changed_is_written(tmp_path: Path, schema: Schema) -> None:
    """Again: nothing. One more article: its page. A page deleted or a sheet edited: that one."""
    fill(tmp_path, [named(n) for n in range(4)])
    assert len(write_sheets(tmp_path, schema).files) == 4
    again = write_sheets(tmp_path, schema)
    assert (again.articles, again.files, again.pages) == (4, (), 0)
    (tmp_path / page_path(SCHEMA, "coverage/2.txt")).unlink()
    one = write_sheets(tmp_path, schema)
    assert (one.files, one.pages) == ((), 1)
    (tmp_path / "release_event.csv").write_text("edited")
    assert [path.name for path in write_sheets(tmp_path, schema).files] == ["release_event.csv"]
    fill(tmp_path, [named(9)])
    more = write_sheets(tmp_path, schema)
    assert (more.articles, len(more.files), more.pages) == (5, 4, 1)
    assert [path.name for path in write_sheets(tmp_path, schema, forms=["csv"]).files] == []


def test_a_text_is_shown_once_as_it_is_now(tmp_path: Path, schema: Schema) -> None:
    """Two sources of one text are one article; a changed source shows its new text only."""
    fill(tmp_path, [named(1, "a.txt"), named(1, "b.txt"), named(2, "c.txt")])
    fill(tmp_path, [named(3, "c.txt", title="New")])
    write_sheets(tmp_path, schema)
    rows = [json.loads(line) for line in (tmp_path / "release_event.jsonl").open()]
    assert [row["article"]["source"] for row in rows] == ["a.txt", "c.txt"]
    assert rows[1]["article"]["title"] == "New"
    assert "1 more source has the same text" in (tmp_path / "index.html").read_text()


def test_the_extraction_of_this_run_goes_first(tmp_path: Path, schema: Schema) -> None:
    """A model's later answer is shown, unless the sheets are asked for by the rules' recipe."""
    fill(tmp_path, [named(1)])
    fill(tmp_path, [replace(named(1), confidence={"quotes[0]": 0.111})], model="m")
    write_sheets(tmp_path, schema, forms=["csv"])
    assert "0.11" in (tmp_path / "release_event.csv").read_text()
    write_sheets(tmp_path, schema, forms=["csv"], recipe=recipe(schema))
    assert "0.11" not in (tmp_path / "release_event.csv").read_text()


def test_what_another_version_of_the_schema_made_is_left_out_and_counted(
    tmp_path: Path, schema: Schema
) -> None:
    """Rows of two versions are never mixed."""
    fill(tmp_path, [named(1)], schema=replace(schema, sha256="f" * 64))
    fill(tmp_path, [named(2)])
    written = write_sheets(tmp_path, schema)
    assert (written.articles, written.left_out) == (1, 1)


def test_what_the_store_cannot_give_back_is_named(tmp_path: Path, schema: Schema) -> None:
    """A damaged extraction costs itself."""
    fill(tmp_path, [named(1), named(2)])
    rows = sqlite3.connect(tmp_path / "extract.sqlite")
    rows.execute("update extraction set data = x'00' where id = 1")
    rows.commit()
    rows.close()
    told: list[str] = []
    written = write_sheets(tmp_path, schema, tell=told.append)
    assert (written.articles, written.left_out) == (1, 1)
    assert "coverage/1.txt" in told[0]


def test_a_second_schema_shares_the_index(tmp_path: Path, schema: Schema) -> None:
    """The index has the articles of every schema in the store, on pages of their own."""
    fill(tmp_path, [named(1), named(2)])
    write_sheets(tmp_path, schema)
    quotes = load_schema("quotes")
    record = quotes.model.model_validate({"quotes": []})
    fill(
        tmp_path, [replace(named(3, title="Third"), record=record, schema="quotes")], schema=quotes
    )
    written = write_sheets(tmp_path, quotes)
    assert [path.name for path in written.files][-2:] == ["index.html", "index-2.html"]
    first, second = ((tmp_path / name).read_text() for name in ("index.html", "index-2.html"))
    assert "Third" in first
    assert "Third" not in second
    assert 'href="index-2.html"' in first
    assert "coverage/1.txt" in second


def test_a_long_index_goes_on_in_further_pages(
    tmp_path: Path, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every article is on one page of the index; pages of a longer one are removed."""
    monkeypatch.setattr(index, "MOST_ROWS", 2)
    (tmp_path / "index-4.html").write_text("old")
    fill(tmp_path, [named(n) for n in range(5)])
    write_sheets(tmp_path, schema)
    pages = sorted(path.name for path in tmp_path.glob("index*.html"))
    assert pages == ["index-2.html", "index-3.html", "index.html"]
    text = "".join((tmp_path / page).read_text() for page in pages)
    assert [text.count(f"<bdi>coverage/{n}.txt") for n in range(5)] == [1] * 5
    assert "of the 1 articles on this page" in (tmp_path / "index-3.html").read_text()


def test_failures_are_shown_until_they_are_done(tmp_path: Path, schema: Schema) -> None:
    """The index and the workbook name what failed when it was last tried, with the reason."""
    fill(
        tmp_path, [named(1)], [("x.pdf", "x.pdf: the PDF is <b>encrypted</b>"), ("y.txt", "empty")]
    )
    write_sheets(tmp_path, schema)
    page = (tmp_path / "index.html").read_text()
    assert "2 failed" in page
    assert "the PDF is &lt;b&gt;encrypted" in page
    fill(tmp_path, [named(5, "x.pdf")], [("z.txt", "empty")], command=["another"])
    write_sheets(tmp_path, schema)
    assert [row[0] for row in _sheets(tmp_path)["Failed"][1:]] == ["y.txt", "z.txt"]
    fill(tmp_path, [named(6)])  # the first command again: y.txt is gone
    write_sheets(tmp_path, schema)
    assert [row[0] for row in _sheets(tmp_path)["Failed"][1:]] == ["z.txt"]


def test_a_text_that_failed_is_shown_until_it_is_done(tmp_path: Path, schema: Schema) -> None:
    """By the run's own recipe: what the rules did for it does not hide that the model failed."""
    fill(tmp_path, [named(1)])
    by = recipe(schema, "m")
    digest = named(1).article.sha256
    failed = Failed(0, "coverage/1.txt", "s", "it timed out", "X", 0.1, by.key(digest), digest)
    with Store(tmp_path) as store:
        run = store.begin_run(by, ["extract"])
        store.set_recipe(by)
        store.write(run, [failed])
    assert write_sheets(tmp_path, schema, recipe=by).articles == 1
    assert _sheets(tmp_path)["Failed"][1][1] == "it timed out"
    assert write_sheets(tmp_path, schema).articles == 1
    assert len(_sheets(tmp_path)["Failed"]) == 1


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx", "html"])
def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, schema: Schema, form: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk in the middle: one clear error, the old sheet whole, nothing left beside it."""
    fill(tmp_path, [named(n) for n in range(3)])
    write_sheets(tmp_path, schema)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    fill(tmp_path, [named(7)])
    render: Callable[..., Any] = Renderer.render
    count = 0

    def full(self: Renderer, task: Any) -> Any:
        nonlocal count
        count += 1
        if count == (1 if form == "html" else 3):
            raise OSError(28, "No space left on device")
        return render(self, task)

    monkeypatch.setattr(Renderer, "render", full)
    monkeypatch.setattr(Workbook, "write", _full) if form == "xlsx" else None
    with pytest.raises((OutputError, OSError), match="No space left"):
        write_sheets(tmp_path, schema, forms=[form])
    left = {path for path in tmp_path.rglob("*") if path.is_file()}
    new = {path for path in left - set(before) if "extract.sqlite" not in path.name}
    assert {path.suffix for path in new} <= {".html"}
    for path, data in before.items():
        if "sqlite" not in path.name:
            assert path.read_bytes() == data


def _full(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def test_no_store_is_said(tmp_path: Path, schema: Schema) -> None:
    """Without a store there is one clear error and no file."""
    with pytest.raises(OutputError, match="store cannot be read"):
        write_sheets(tmp_path, schema)
    assert list(tmp_path.iterdir()) == []


def test_names_of_pages_are_safe_short_and_their_own() -> None:
    """Whatever a source is called, its page stays in the folder; two are never the same."""
    sources = [
        "../../etc/passwd",
        "a/b.txt",
        "a/b.html",
        "A/B.txt",
        "con",
        "…/日本.txt",
        "x" * 5_000,
        "https://example.org/news/free-at-last?id=1#top",
        "C:\\news\\nul.txt",
        "day.jsonl#../../x",
        "\udcff",
        "",
    ]
    paths = [page_path("release_event", source) for source in sources]
    assert len({path.lower() for path in paths}) == len(sources)
    for path in paths:
        assert re.fullmatch(r"pages/release_event/[0-9a-f]{2}/[a-z0-9-]+\.html", path)
        assert len(path) < 120
    assert "free-at-last" in paths[7]
    assert page_path("../x y", "a").startswith("pages/x-y-")


@pytest.mark.slow
def test_memory_does_not_grow_with_the_articles(tmp_path: Path, schema: Schema) -> None:
    """Eight times the articles: two megabytes more at most, where all their cells take four."""
    peaks = []
    for count in (20, 20, 160):  # the first time is what is imported and compiled once
        folder = Path(mkdtemp(dir=tmp_path))
        fill(folder, [named(n) for n in range(count)])
        gc.collect()
        tracemalloc.start()
        write_sheets(folder, schema)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[1] + 2_000_000, peaks


@pytest.mark.slow
def test_processes_write_what_one_writes(
    tmp_path: Path, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With several processes the files are the same, in the same order."""
    monkeypatch.setattr("extractor.run.sheets.rendering._FEWEST", 2)
    for name, jobs in (("one", 1), ("two", 2)):
        fill(tmp_path / name, [named(n) for n in range(40)])
        assert write_sheets(tmp_path / name, schema, jobs=jobs).pages == 40
    for name in ("release_event.csv", "index.html", page_path(SCHEMA, "coverage/39.txt")):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_link_only_leads_to_plain_paths(tmp_path: Path) -> None:
    """A target with anything but plain characters is refused, not quoted."""
    with pytest.raises(ValueError, match="plain path"), Workbook(tmp_path / "x.xlsx") as book:
        book.sheet("Rows", [Head("#", 5)]).add([Link('x",1)&cmd("', 1)])
    assert list(tmp_path.iterdir()) == []


class _Opened(HTMLParser):
    """Fails on elements that are not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link"):
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_index_is_well_formed_and_leads_to_every_page(tmp_path: Path, schema: Schema) -> None:
    """Each link of the index is a file that is there; each element is closed."""
    fill(tmp_path, [named(n, title=None if n else "T") for n in range(3)], [("a", "b")])
    write_sheets(tmp_path, schema)
    found = _Opened((tmp_path / "index.html").read_text())
    links = [link for link in found.links if not link.startswith("data:")]
    assert len(links) == 3 + 3
    assert all((tmp_path / link).is_file() for link in links)
    assert release().article.title


def test_a_view_of_the_store_has_no_blob(tmp_path: Path) -> None:
    """Datasette answers with an error for a view that has one, so what is packed is in no view."""
    fill(tmp_path, [named(1)])
    rows = sqlite3.connect(tmp_path / "extract.sqlite")
    views = [row[0] for row in rows.execute("select name from sqlite_master where type = 'view'")]
    assert "current_extraction" in views
    packed = {
        row[1]
        for (table,) in rows.execute("select name from sqlite_master where type = 'table'")
        for row in rows.execute(f"pragma table_info({table})")
        if row[2].lower() == "blob"
    }
    assert "data" in packed
    for view in views:
        columns = {row[1] for row in rows.execute(f"pragma table_info({view})")}
        assert columns
        assert not columns & packed
        found = list(rows.execute(f"select * from {view}"))
        assert found or view != "current_extraction"
        assert not any(isinstance(value, bytes) for row in found for value in row)
    rows.close()
