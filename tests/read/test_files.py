"""Files: their encodings, what is refused and why, and the limit."""

import codecs
import contextlib
import errno
import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.article import Article
from extractor.errors import ArticleTooLarge, EmptyArticle, ExtractError, InputError, NotAnArticle
from extractor.read import prepare, read_article, read_bytes
from extractor.read.files import ENDINGS

STORY = (
    "“We have won,” said Zoë Müller of Norvik — the mayor’s sister — on Tuesday.\n\n"
    "The café on the quay stayed open all night, and nobody paid more than £5 or €6.\n"
)
POLISH = (
    "Wójt gminy powiedział we wtorek, że łodzie wrócą na wyspę jeszcze przed świętami. "
    "„Czekaliśmy na to od wiosny”, powiedziała mieszkanka, która prowadzi sklep przy przystani. "
    "Rada gminy głosowała późno w nocy, a wójt podziękował mieszkańcom za cierpliwość.\n"
) * 3
RUSSIAN = (
    "Мэр города сказал во вторник, что лодки вернутся на остров ещё до праздников. "
    "«Мы ждали этого с весны», — сказала жительница, которая держит магазин у пристани.\n"
) * 3


def codes(article: Article) -> list[str]:
    """Return the codes of the article's warnings."""
    return [remark.code for remark in article.warnings]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
        ("utf-32-le", b""),
        ("utf-32-be", b""),
    ],
)
@pytest.mark.parametrize("text", [STORY, POLISH, RUSSIAN], ids=["en", "pl", "ru"])
def test_unicode_with_and_without_mark(text: str, encoding: str, mark: bytes) -> None:
    """Every Unicode encoding is read without its byte order mark, and nothing is doubted."""
    article = read_bytes(mark + text.encode(encoding), "story.txt")
    assert article.text == text
    assert article.warnings == ()


@pytest.mark.parametrize(
    ("text", "encoding"), [(STORY, "cp1252"), (POLISH, "cp1250"), (RUSSIAN, "cp1251")]
)
def test_other_encodings_are_guessed_and_said(text: str, encoding: str) -> None:
    """A file in an older encoding is read rightly, and the guess is reported."""
    article = read_bytes(text.encode(encoding), "story.txt")
    assert article.text == text
    assert codes(article) == ["encoding_guessed"]


def test_line_ends_are_one_before_offsets_exist() -> None:
    """Windows and old Mac line ends become newlines; other control characters stay."""
    assert read_bytes(b"One two.\r\nThree.\r\n", "a").text == "One two.\nThree.\n"
    assert read_bytes(b"One two.\rThree.\r", "a").text == "One two.\nThree.\n"
    assert read_bytes(b"One\rtwo.\nThree.\x1b[31m\n", "a").text == "One\rtwo.\nThree.\x1b[31m\n"


def test_mojibake_is_reported_where_it_is_and_kept() -> None:
    """Text that was decoded wrongly before is kept as it is, with a warning that points at it."""
    text = STORY.encode().decode("cp1252", "replace")
    article = read_bytes(text.encode(), "story.txt")
    assert article.text == text
    assert codes(article) == ["mojibake"]
    where = article.warnings[0].where
    assert where is not None
    assert where.of(text).startswith("â€")


@pytest.mark.parametrize("text", [STORY, POLISH, RUSSIAN, "Ângela disse “não”. Été à Paris. Åsa."])
def test_true_accents_are_no_mojibake(text: str) -> None:
    """Text with accents and curly marks that are right is not doubted."""
    assert codes(read_bytes(text.encode(), "story.txt")) == []


def test_damaged_utf8_is_read_and_reported() -> None:
    """A few bad bytes in UTF-8 are replaced visibly and reported, the rest is read as UTF-8."""
    article = read_bytes((RUSSIAN.encode() + b"\xff\xfe. " + STORY.encode()), "story.txt")
    assert STORY in article.text
    assert RUSSIAN in article.text
    assert codes(article) == ["undecodable"]
    assert article.warnings[0].where is not None
    assert article.warnings[0].where.of(article.text) == "\ufffd"


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"PK\x03\x04word/document.xml" + b"text " * 100,
        b"text \x01\x02\x03\x04\x05" * 50,
        b"\x1f\x8b\x08" + b"abc" * 20,
        b"Text with \0 a few \0 NUL bytes.",
    ],
    ids=["bytes", "png", "zip", "controls", "gzip", "nul"],
)
def test_what_is_no_text_is_refused(data: bytes, tmp_path: Path) -> None:
    """Binary files are refused; the message names the file and what to give instead."""
    path = tmp_path / "story.txt"
    path.write_bytes(data)
    with pytest.raises(NotAnArticle, match=r"story\.txt: .*(give|save)"):
        read_article(path)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n ", "\ufeff".encode(), "\u200b\xa0\n".encode()])
def test_nothing_in_it(data: bytes, tmp_path: Path) -> None:
    """An empty file and one of blanks only are refused as empty."""
    path = tmp_path / "empty.txt"
    path.write_bytes(data)
    with pytest.raises(EmptyArticle, match=r"empty\.txt: .*give"):
        read_article(path)


def test_wrong_paths(tmp_path: Path) -> None:
    """A missing file, a folder and an impossible path are named, each with what to do."""
    with pytest.raises(InputError, match=r"gone\.txt: there is no such file; check"):
        read_article(tmp_path / "gone.txt")
    with pytest.raises(NotAnArticle, match="this is a folder; name the article files"):
        read_article(tmp_path)
    with pytest.raises(InputError, match="check the path"):
        read_article("a\0b.txt")
    with pytest.raises(InputError, match="check the path"):
        read_article("x" * 5000)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read is named, with what to do (staged for root)."""
    path = tmp_path / "closed.txt"
    path.write_text(STORY)
    path.chmod(0)
    if os.access(path, os.R_OK):

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match=r"closed\.txt: no permission to read it; change"):
        read_article(path)


def test_messages_and_source_hold_no_terminal_escapes(tmp_path: Path) -> None:
    """A file name cannot carry an escape sequence or broken Unicode into a message or a sheet."""
    with pytest.raises(InputError) as caught:
        read_article(tmp_path / "a\x1b[31mred\udcff.txt")
    assert str(caught.value).isprintable()
    path = tmp_path / "b\x1b[31m.txt"
    path.write_text(STORY)
    assert read_article(path).source.isprintable()


def test_limit(tmp_path: Path) -> None:
    """A file over the limit is refused with the limit; one of exactly that size is read."""
    path = tmp_path / "story.txt"
    path.write_bytes(data := STORY.encode())
    assert read_article(path, max_bytes=len(data)).text == STORY
    with pytest.raises(ArticleTooLarge, match=r"story\.txt: larger than the limit of \d+ bytes"):
        read_article(path, max_bytes=len(data) - 1)
    with pytest.raises(ArticleTooLarge):
        read_article("/dev/zero", max_bytes=10_000)


@pytest.mark.parametrize("unit", [STORY, "word ", "“Yes,” he said.\n", "(", "/ "])
def test_five_megabytes_are_read(unit: str, tmp_path: Path) -> None:
    """A text of 5 MB is read whole, whatever its lines are like."""
    path = tmp_path / "long.txt"
    path.write_text(text := unit * (5_000_000 // len(unit.encode())))
    assert read_article(path).text == text


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "-" reads bytes from standard input; messages call it by its name."""

    def pipe(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    pipe(STORY.encode("cp1252"))
    article = read_article("-")
    assert (article.text, article.source) == (STORY, "-")
    pipe(b"")
    with pytest.raises(EmptyArticle, match="standard input"):
        read_article("-")


def test_text_that_mentions_tags_is_text() -> None:
    """Content decides what a file is: text about HTML stays text, and is kept as it is."""
    text = "The page held <script>alert(1)</script> and <html>, the court said. {{ 7*7 }}\n"
    assert read_bytes(text.encode(), "story.txt").text == text


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Whatever the bytes are, the result is an article or one of our errors."""
    article = None
    with contextlib.suppress(ExtractError):
        article = read_bytes(data, "any", "txt")
    if article:
        assert article.paragraphs
        article.text.encode()


@pytest.mark.parametrize(
    ("name", "told"),
    [("scan.PDF", "called .pdf, but is no PDF or is damaged"), ("scan.txt", "a binary file")],
)
def test_a_binary_file_is_told_by_what_it_is_called(name: str, told: str) -> None:
    """What is no text is refused; a file called a PDF is not told to be given as one."""
    with pytest.raises(NotAnArticle, match=f"{name}: .*{told}"):
        read_bytes(b"\x00\x01\x02\x07" * 300, name)


@pytest.mark.parametrize("number", [errno.EIO, errno.EISDIR, errno.EACCES, errno.EBADF])
def test_standard_input_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """It is named as what it is, with the reason and what to do; so is one that is closed."""

    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Broken()))
    with pytest.raises(InputError, match=r"^standard input: .*(name a file|give it one article)"):
        read_article("-")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match=r"^standard input: it is closed; name a file"):
        read_article("-")


@pytest.mark.parametrize("number", [errno.EIO, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO])
def test_errors_of_the_system_name_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whatever keeps a file from being read: the message has its name and the system's reason."""

    def fails(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("builtins.open", fails)
    with pytest.raises(InputError) as told:
        read_article(tmp_path / "a.txt")
    said = f"{tmp_path}/a.txt: it cannot be read ({os.strerror(number)}); check the path."
    assert str(told.value) == said


@pytest.mark.parametrize("ending", sorted(ENDINGS))
def test_what_reads_a_file_of_each_kind_can_be_imported_beforehand(ending: str) -> None:
    """The modules that `prepare` names are there; for other names it does nothing."""
    prepare(f"story{ending}")
    prepare("story.of-another-kind")


def test_the_signs_of_a_heading_in_markdown_are_not_its_title() -> None:
    """The text keeps them, as offsets count them."""
    text = "# Ferry saved\n\nThe ferry was saved on Monday, the ministry said."
    article = read_bytes(text.encode(), "a.md")
    assert (article.title, article.text) == ("Ferry saved", text)
