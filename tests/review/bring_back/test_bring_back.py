"""Edited sheets come back as decisions: only what somebody changed counts, and nothing is lost."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from extractor.cli import main
from extractor.review.bring_back.bring_back import BringBackResult, bring_back
from extractor.review.bring_back.returned_file import is_as_written
from extractor.review.claims.claims import Claim, claim_by_id
from extractor.review.decide.decisions import decide, history
from extractor.review.desk import Desk
from extractor.review.publish.columns import read_id, same_name
from extractor.review.publish.publish import publish
from extractor.review.queue import Filter, all_claims
from extractor.review.sync.sync import sync
from extractor.text.spans import Span
from tests.support.extractions import TEXT, make_article, release
from tests.support.stores import fill, named

EVERY = Filter(status=("open", "accepted", "corrected", "rejected", "later"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store with one article of every kind of row; nothing is decided."""
    fill(tmp_path / "run", [release()])
    with Desk(tmp_path / "run") as found:
        sync(found)
        yield found


def rows_of(desk: Desk, kind: str | None = None) -> list[Claim]:
    """Return the claims that the machine made, of a kind."""
    return [
        one for one in all_claims(desk) if one.origin != "candidate" and kind in (None, one.kind)
    ]


def decisions(desk: Desk) -> int:
    """Return how many decisions the store holds."""
    return int(desk.select("select count(*) from decision")[0][0])


def published(desk: Desk, name: str = "sheet.xlsx", wanted: Filter = EVERY) -> Path:
    """Publish everything into a file beside the store."""
    path = desk.folder.parent / name
    form = "csv" if name.endswith(".csv") else "xlsx"
    publish(desk, wanted, form, path, with_open=True)
    return path


class Sheet:
    """A published workbook in an analyst's hands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = load_workbook(path)

    def cell(self, sheet: str, claim: Claim, column: str) -> Any:
        """Return the cell of a claim's row under a column."""
        page = self.book[sheet]
        heads = {cell.value: cell.column for cell in page[1]}
        for row in range(2, page.max_row + 1):
            if read_id(str(page.cell(row, heads["Claim"]).value)) == claim.id:
                return page.cell(row, heads[column])
        raise AssertionError(f"{claim.id} is not in {sheet}")

    def put(self, sheet: str, claim: Claim, column: str, value: object) -> str:
        """Change a cell; return its address."""
        cell = self.cell(sheet, claim, column)
        cell.value = value
        return str(cell.coordinate)

    def back(self, desk: Desk, reviewer: str = "Ada", **known: Any) -> BringBackResult:
        """Save the workbook and bring it back."""
        self.book.save(self.path)
        return bring_back(desk, self.path, reviewer, **known)


def test_edited_with_openpyxl_and_brought_back(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Decisions are as made, an invalid cell is refused with its address, nothing else is lost."""
    first, second, third, fourth = rows_of(desk, "quotes")
    figure, forty = rows_of(desk, "figures")
    lift, keep = rows_of(desk, "sanction_terms")
    path = desk.folder.parent / "edited.xlsx"
    folder = str(desk.folder)
    assert main(["publish", folder, "-o", str(path), "--with-open"]) == 0
    sheet = Sheet(path)
    sheet.put("Quotes", first, "Decision", "accept")
    sheet.put("Quotes", second, "Decision", "reject")
    sheet.put("Quotes", second, "Reason", "not_a_quotation")
    sheet.put("Quotes", second, "Note", "a title")
    sheet.put("Quotes", third, "Quotation", "The crew was never charged")
    sheet.put("Quotes", third, "Speaker", "ole krag")
    bad = sheet.put("Quotes", fourth, "Quotation", "And about 50 others are still held.")
    sheet.put("Quotes", fourth, "Decision", "accept")
    sheet.put("Figures", forty, "Decision", "later")
    sheet.put("Sanction terms", keep, "Action", "renew")
    sheet.put("Sanction terms", keep, "Sender", "Norvia; Estland")
    sheet.put("Sanction terms", lift, "When", "on Friday")
    sheet.book.save(path)

    assert main(["bring-back", folder, str(path), "--reviewer", "Ada"]) == 1

    told = capsys.readouterr().err
    assert f"Quotes!{bad}: Quotation: " in told
    assert "And about 40 others are still held." in told, "the refusal shows the nearest passage"
    assert "6 decisions, 2 unchanged, 1 refused, 0 stale" in told
    now = {one.id: one for one in rows_of(desk)}
    assert now[first.id].status == "accepted"
    assert now[first.id].reviewer == "Ada"
    assert now[second.id].status == "rejected"
    rejected = history(desk, second.id)[-1]
    assert (rejected.reason, rejected.note) == ("not_a_quotation", "a title")
    corrected = now[third.id]
    assert corrected.status == "corrected"
    assert corrected.row["text"] == "The crew was never charged"
    assert corrected.row["speaker"]["name"] == "Ole Krag"
    assert (now[fourth.id].status, now[fourth.id].row) == ("open", fourth.row)
    assert now[figure.id].status == "open"
    assert now[forty.id].status == "later"
    assert now[keep.id].row["action"] == "renew"
    assert [one["name"] for one in now[keep.id].row["sender"]] == ["Norvia", "Estland"]
    assert now[lift.id].row["when"]["text"] == "on Friday"
    for one in now.values():
        for span in one.row.get("spans", ()):
            assert TEXT[span["start"] : span["end"]] in one.row["text"]


def test_the_same_file_twice_changes_nothing_the_second_time(desk: Desk) -> None:
    """Bringing a file back again makes no decision, and is not told as stale."""
    quotes, figures = rows_of(desk, "quotes"), rows_of(desk, "figures")
    sheet = Sheet(published(desk))
    sheet.put("Quotes", quotes[0], "Decision", "accept")
    sheet.put("Quotes", quotes[0], "Note", "checked")
    sheet.put("Quotes", quotes[1], "Decision", "reject")
    sheet.put("Quotes", quotes[2], "Speaker", "Krag")
    sheet.put("Figures", figures[1], "Counts", "others are still held")
    sheet.put("Figures", figures[0], "Decision", "later")
    first = sheet.back(desk)
    assert (first.decisions, first.refused, first.stale) == (5, 0, 0)
    log, state = decisions(desk), rows_of(desk)

    again = sheet.back(desk)

    assert (again.decisions, again.refused, again.stale) == (0, 0, 0)
    assert again.unchanged == first.decisions + first.unchanged
    assert (decisions(desk), rows_of(desk)) == (log, state)


def test_a_row_that_was_decided_meanwhile_is_told_not_merged(desk: Desk) -> None:
    """Who edits a row that somebody decided on since hears who it was; the others come in."""
    first, second, third, _ = rows_of(desk, "quotes")
    sheet = Sheet(published(desk))
    where = sheet.put("Quotes", first, "Speaker", "Estland")
    sheet.put("Quotes", second, "Decision", "accept")
    for claim in (first, third):
        decide(desk, claim.id, reviewer="Bo", action="accept", seen=claim.version)

    brought = sheet.back(desk)

    assert (brought.decisions, brought.refused, brought.stale) == (1, 0, 1)
    (problem,) = brought.problems
    assert problem.where == f"Quotes!{where.strip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"
    assert "Bo decided on it meanwhile (accept" in problem.why
    assert claim_by_id(desk, first.id).row == first.row
    assert claim_by_id(desk, first.id).reviewer == "Bo"
    assert claim_by_id(desk, third.id).reviewer == "Bo", "nobody edited this row: nothing to tell"


def test_a_new_answer_of_the_machine_is_no_edit_of_the_analyst(tmp_path: Path) -> None:
    """After a run by a model an untouched row stays open; an edited one is told, not merged."""
    found = release()
    fill(tmp_path / "run", [found])
    with Desk(tmp_path / "run") as desk:
        sync(desk)
        first, second, *_ = rows_of(desk, "quotes")
        sheet = Sheet(published(desk))
        sheet.put("Quotes", first, "Decision", "accept")
        data = found.record.model_copy(deep=True)
        for quote in data.quotes[:2]:  # type: ignore[attr-defined]
            quote.speaker = data.quotes[1].via  # type: ignore[attr-defined]
            quote.kind = "fragment"
        fill(tmp_path / "run", [replace(found, record=data)], model="another")
        sync(desk)
        assert claim_by_id(desk, first.id).row != first.row

        brought = sheet.back(desk)

        assert (brought.decisions, brought.stale) == (0, 1)
        assert "a run has found it anew meanwhile" in brought.problems[0].why
        assert claim_by_id(desk, second.id).status == "open"


def test_every_bad_cell_has_its_address_and_costs_its_row_only(desk: Desk) -> None:
    """Each way in which a cell can be wrong is refused where it stands, with what to do."""
    first, second, third, fourth = rows_of(desk, "quotes")
    figure, forty = rows_of(desk, "figures")
    lift, keep = rows_of(desk, "sanction_terms")
    (freed,) = rows_of(desk, "releases")
    sheet = Sheet(published(desk))
    bad = {
        f"Quotes!{sheet.put('Quotes', first, 'Decision', 'perhaps')}": "none of accept, correct",
        f"Quotes!{sheet.put('Quotes', second, 'Kind', 'invented')}": "none of direct, fragment",
        f"Figures!{sheet.put('Figures', figure, 'Figure', 32)}": "not in the article word for word",
        f"'Sanction terms'!{sheet.put('Sanction terms', lift, 'Target', 'gear; the moon')}":
            '"the moon" is not in the article',
        f"'Sanction terms'!{sheet.put('Sanction terms', keep, 'Reason', 'duplicate')}":
            "a reason is of a rejection",
        f"Quotes!{sheet.put('Quotes', third, 'Note', 'hm')}": "a note goes with a decision",
        f"Quotes!{sheet.put('Quotes', fourth, 'Speaker, as printed', 'Ada')}": "follows from",
        f"Releases!{sheet.put('Releases', freed, 'Evidence', None)}": "cannot do without it",
        f"Figures!{sheet.put('Figures', forty, 'Source', '=A1')}": "the cell holds a formula",
    }  # fmt: skip
    before = rows_of(desk)

    brought = sheet.back(desk)

    told = {problem.where: problem.why for problem in brought.problems}
    assert set(told) == set(bad)
    for where, words in bad.items():
        assert words in told[where], where
    assert (brought.decisions, brought.refused) == (0, 9)
    assert rows_of(desk) == before
    assert decisions(desk) == 0


def test_contradictions_are_refused(desk: Desk) -> None:
    """A rejected row with an edited cell, and a correction of nothing, are not guessed at."""
    first, second, *_ = rows_of(desk, "quotes")
    sheet = Sheet(published(desk))
    sheet.put("Quotes", first, "Decision", "reject")
    where = sheet.put("Quotes", first, "Speaker", "Krag")
    other = sheet.put("Quotes", second, "Decision", "correct")
    brought = sheet.back(desk)
    assert {problem.where for problem in brought.problems} == {f"Quotes!{where}", f"Quotes!{other}"}
    assert decisions(desk) == 0


def test_rows_that_are_gone_unknown_or_twice(desk: Desk) -> None:
    """A deleted row decides nothing, a made-up or copied one is refused with its address."""
    first, second, third, fourth = rows_of(desk, "quotes")
    sheet = Sheet(published(desk))
    page = sheet.book["Quotes"]
    copied = [cell.value for cell in page[sheet.cell("Quotes", first, "Claim").row]]
    page.delete_rows(sheet.cell("Quotes", second, "Claim").row)
    sheet.put("Quotes", third, "Claim", "c0123456789abcdef")
    sheet.put("Quotes", fourth, "Version", None)
    page.append(copied)
    page.append([None, None, None, "A missed quotation"])
    brought = sheet.back(desk)
    assert brought.refused == 4
    told = " ".join(map(str, brought.problems))
    for words in ("no claim", "no version", "stood in Quotes!2 already", "has no claim"):
        assert words in told
    assert decisions(desk) == 0


def test_a_dry_run_says_what_would_be_and_decides_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """--dry-run refuses and counts as the real run would, and leaves the store as it is."""
    first, second, *_ = rows_of(desk, "quotes")
    sheet = Sheet(published(desk))
    sheet.put("Quotes", first, "Speaker", "Krag")
    sheet.put("Quotes", second, "Kind", "neither")
    sheet.book.save(sheet.path)
    arguments = ["bring-back", str(desk.folder), str(sheet.path), "--reviewer", "Ada", "--dry-run"]
    assert main(arguments) == 1
    assert "1 decision would be taken, 7 unchanged, 1 refused" in capsys.readouterr().err
    assert decisions(desk) == 0


def test_names_are_the_articles_or_marked_as_typed(desk: Desk) -> None:
    """A name in any case or short form is the article's own; another one is marked as typed."""
    first, second, third, fourth = rows_of(desk, "quotes")
    sheet = Sheet(published(desk))
    sheet.put("Quotes", first, "Speaker", "OLE KRAG")
    sheet.put("Quotes", second, "Speaker", "Vera Lund")
    sheet.put("Quotes", third, "Speaker", None)
    sheet.put("Quotes", fourth, "Speaker", "the harbour office")
    brought = sheet.back(desk)
    assert (brought.decisions, brought.typed) == (4, 1)
    one, two, three, four = (claim_by_id(desk, c.id).row["speaker"] for c in
                             (first, second, third, fourth))  # fmt: skip
    assert (one["name"], "typed" in one) == ("Ole Krag", False)
    assert two == {"name": "Vera Lund", "kind": "other", "mention": None, "typed": True}
    assert three is None
    assert "harbour office" in four["name"]
    assert "typed" not in four
    again = Sheet(published(desk))
    assert again.cell("Quotes", second, "Typed names").value == "Vera Lund"


def test_words_are_found_near_where_they_stood(tmp_path: Path) -> None:
    """Of words printed twice those near the old place are meant, behind an emoji too."""
    line = '"The gate is shut for now," Ada Brandt said 🎉 on Monday.\n\n'
    text = f"{line}🎉 Meanwhile the sea was calm for days.\n\n{line}"
    start = text.rindex("The gate")
    base = release()
    quote = base.record.quotes[0]  # type: ignore[attr-defined]
    words = "The gate is shut for now,"
    quotation = replace(quote.quotation, text=words, spans=(Span(start, start + len(words)),))
    record = type(base.record).model_construct(
        releases=[], figures=[], sanction_terms=[],
        quotes=[quote.model_copy(update={"quotation": quotation, "speaker": None})],
    )  # fmt: skip
    article = make_article(text, source="twice.txt")
    made = replace(base, article=article, record=record, warnings=(),
                   audit=replace(base.audit, unaccounted=(), dismissed=()))  # fmt: skip
    fill(tmp_path / "run", [made])
    with Desk(tmp_path / "run") as desk:
        sync(desk)
        (claim,) = rows_of(desk)
        sheet = Sheet(published(desk))
        sheet.put("Quotes", claim, "Quotation", "“the gate is shut”")
        assert sheet.back(desk).decisions == 1
        row = claim_by_id(desk, claim.id).row
    assert row["spans"] == [{"start": start, "end": start + len("The gate is shut")}]
    assert row["text"] == "The gate is shut"


# --- what programs do to a sheet -----------------------------------------------------------------


def table(path: Path) -> list[list[str]]:
    """Return a published CSV file as rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def saved(rows: Sequence[Sequence[str]], *, delimiter: str = ",", end: str = "\n") -> str:
    """Return rows as some editor writes them."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def turned(rows: list[list[str]]) -> list[list[str]]:
    """Return a table with its columns the other way round, one added and a title above."""
    return [["Our sheet"], *([*reversed(row), "mine"] for row in rows)]


EDITORS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "as it is": lambda rows: saved(rows).encode(),
    "Excel, German": lambda rows: saved(rows, delimiter=";", end="\r\n").encode("utf-8-sig"),
    "Excel, Unicode text": lambda rows: saved(rows, delimiter="\t", end="\r\n").encode("utf-16"),
    "Excel, plain": lambda rows: saved(rows, end="\r\n").encode("cp1252", "replace"),
    "CRLF in cells": lambda rows: saved(rows).replace("\n", "\r\n").encode(),
    "columns moved": lambda rows: saved(turned(rows)).encode(),
}


@pytest.mark.parametrize("editor", EDITORS)
def test_a_csv_comes_back_from_any_editor(desk: Desk, editor: str) -> None:
    """Marks, semicolons, other columns and line ends make no decision; an edit makes one."""
    path = published(desk, "sheet.csv")
    rows = table(path)
    path.write_bytes(EDITORS[editor](rows))
    assert vars_of(bring_back(desk, path, "Ada")) == (0, 9, 0, 0)
    head = rows[0]
    third = rows_of(desk, "quotes")[2]
    for row in rows:
        if read_id(row[head.index("claim")]) == third.id:
            row[head.index("speaker")] = "Ole Krag"
    path.write_bytes(EDITORS[editor](rows))
    assert vars_of(bring_back(desk, path, "Ada")) == (1, 8, 0, 0)
    assert claim_by_id(desk, third.id).row["speaker"]["name"] == "Ole Krag"


def vars_of(brought: BringBackResult) -> tuple[int, int, int, int]:
    """Return the sums."""
    assert brought.ok == (not brought.problems), brought.problems
    return brought.decisions, brought.unchanged, brought.refused, brought.stale


def test_an_address_in_csv_names_row_line_and_column(desk: Desk) -> None:
    """A bad cell of a text file is told by its row, its line and its column's name."""
    path = published(desk, "sheet.csv")
    rows = table(path)
    head = rows[0]
    quotes = rows_of(desk, "quotes")
    at = next(n for n, row in enumerate(rows) if read_id(row[head.index("claim")]) == quotes[3].id)
    rows[at][head.index("quotes_kind")] = "neither"
    rows[1][head.index("note")] = "a note\nof two lines"
    rows[1][head.index("decision")] = "accept"
    path.write_text(saved(rows), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    line = next(n for n, words in enumerate(lines, 1) if words.endswith("neither") or
                quotes[3].row["text"].split("\n")[0] in words)  # fmt: skip
    brought = bring_back(desk, path, "Ada")
    assert brought.problems[0].where == f"row {at + 1} (line {line}), column quotes_kind"
    assert brought.decisions == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,234", 1234),
        ("1,234", "1234"),
        ("1,234", "1.234"),
        ("0.30", "0,3"),
        ("40", 40.0),
        ("5%", "5.00%"),
        ("007", "7"),
        ("yes", "TRUE"),
        ("10-12", "12-Oct"),
        ("10-12", "10-Dec"),
        ("10-12", datetime(2026, 10, 12)),
        ("3/4", "3-Apr"),
        ("May 2021", datetime(2021, 5, 1)),
        ("December 13, 2025", "13-Dec-25"),
        ("December 13, 2025", "12/13/2025"),
        ("13 December 2025", datetime(2025, 12, 13)),
        ("13 December", "13-Dec"),
        ("May 2021", "May-21"),
        ("'=SUM(A1)", "=SUM(A1)"),
        ("one\n\ntwo", "one\r\n\r\ntwo"),
        ("trailing ", "trailing"),
        (None, ""),
        ("x" * 40_000, "x" * 32_767),
    ],
)
def test_what_spreadsheets_do_unasked_is_no_edit(written: object, read: object) -> None:
    """Numbers, days and long texts in a spreadsheet's own form still say what was written."""
    assert is_as_written(written, read)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,234", 1235),
        ("40", "50"),
        ("10-12", "11-Oct"),
        ("December 13, 2025", "14-Dec-25"),
        ("not lifted", "lifted"),
        ("May 2021", "Jun-21"),
        ("Ada", ""),
        ("", "Ada"),
        (True, "no"),
        ("x" * 40_000, "x" * 30_000),
        ("12 people", "12"),
    ],
)
def test_another_value_is_an_edit(written: object, read: object) -> None:
    """What says something else is an edit, however near it looks."""
    assert not is_as_written(written, read)


def test_files_that_are_none_of_ours_are_refused(desk: Desk, tmp_path: Path) -> None:
    """A file without our columns, a damaged one and one with a column twice say what to do."""
    other = Workbook()
    other.active.append(["Name", "Claim"])  # type: ignore[union-attr]
    other.save(tmp_path / "other.xlsx")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / "damaged.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0 old")
    rows = table(published(desk, "sheet.csv"))
    (tmp_path / "twice.csv").write_text(saved([[*row, "Speaker"] for row in rows]))
    for name in ("other.xlsx", "other.csv", "damaged.xlsx", "old.xls", "twice.csv", "none.csv"):
        arguments = ["bring-back", str(desk.folder), str(tmp_path / name), "--reviewer", "Ada"]
        assert main(arguments) == 2, name
    assert decisions(desk) == 0


AWKWARD = st.text(
    st.sampled_from(list("ab 1,;'\"=+-@\t\n\r<>&_x0041_🎉é“”…\u202e\u00ad")),
    min_size=0,
    max_size=12,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    words=st.lists(AWKWARD.filter(lambda text: text.strip() != ""), min_size=1, max_size=3),
    names=st.lists(AWKWARD.filter(lambda text: text.strip() != ""), min_size=1, max_size=3),
    form=st.sampled_from(["sheet.xlsx", "sheet.csv"]),
)
def test_publishing_and_bringing_back_unchanged_decides_nothing(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], names: list[str], form: str
) -> None:
    """Whatever the cells hold, a sheet that nobody edited makes no decision."""
    folder = tmp_path_factory.mktemp("any")
    text = "Begin " + " | ".join(words) + " | " + " | ".join(names) + " end"
    found = release()
    spans, at = [], len("Begin ")
    for part in (*words, *names):
        spans.append(Span(at, at + len(part)))
        at += len(part) + 3
    one = found.record.quotes[0]  # type: ignore[attr-defined]
    term = found.record.sanction_terms[0]  # type: ignore[attr-defined]
    quotes = [
        one.model_copy(update={
            "quotation": replace(one.quotation, text=span.of(text), spans=(span,)),
            "speaker": replace(one.speaker, name=names[0], mention=None),
        })
        for span in spans[: len(words)]
    ]  # fmt: skip
    targets = [
        replace(term.target[0], text=span.of(text), start=span.start, end=span.end)
        for span in spans[len(words) :]
    ]
    evidence = replace(term.evidence, text=text, start=0, end=len(text))
    record = type(found.record).model_construct(
        releases=[], figures=[], quotes=quotes,
        sanction_terms=[term.model_copy(update={
            "target": targets, "evidence": evidence, "sender": [], "measure": None,
        })],
    )  # fmt: skip
    made = replace(found, article=make_article(text), record=record, warnings=(),
                   audit=replace(found.audit, unaccounted=(), dismissed=()))  # fmt: skip
    fill(folder / "run", [made])
    with Desk(folder / "run") as desk:
        sync(desk)
        path = published(desk, form)
        if form.endswith("xlsx"):
            load_workbook(path).save(path)  # what another program makes of the same cells
        brought = bring_back(desk, path, "Ada")
        assert (brought.decisions, brought.problems) == (0, [])
        assert decisions(desk) == 0


def test_columns_are_known_by_their_names_however_written() -> None:
    """Case, blanks and underscores in a header do not matter."""
    assert same_name("  In Exchange For ") == same_name("in_exchange_for") == "inexchangefor"


def test_many_articles_come_back_each_to_its_own(tmp_path: Path) -> None:
    """The same rows in several articles are told apart by their claims."""
    fill(tmp_path / "run", [named(n, outlet=f"Paper {n}") for n in range(3)])
    with Desk(tmp_path / "run") as desk:
        sync(desk)
        wanted = [one for one in rows_of(desk, "quotes") if one.outlet == "Paper 1"]
        sheet = Sheet(published(desk))
        sheet.put("Quotes", wanted[0], "Speaker", "Ole Krag")
        assert vars_of(sheet.back(desk)) == (1, 26, 0, 0)
        changed = [one for one in rows_of(desk, "quotes") if one.status == "corrected"]
        assert [one.id for one in changed] == [wanted[0].id]
