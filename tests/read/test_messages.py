"""E-mails and pages saved as .mhtml are read as the article in them."""

from contextlib import suppress
from email.message import EmailMessage

import pytest

from extractor.errors import InputError, NotAnArticle
from extractor.pipeline import extract
from extractor.read import read_bytes
from extractor.schema.catalogue import load_schema
from tests.support.effort import steps_of

SAID = "“We are home,” Ada Brandt told reporters on Friday."
PAGE = f"""<html><head><title>Talks</title></head><body>
<article><h1>Talks</h1><p>{SAID}</p></article></body></html>"""


def _saved(charset: str = "utf-8") -> bytes:
    """Return a page as a browser saves it, with a picture."""
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = "https://example.org/talks"
    message["Subject"] = "Talks"
    message["Date"] = "Tue, 1 Dec 2026 10:00:00 -0000"
    message.set_content(PAGE, subtype="html", charset=charset, cte="quoted-printable")
    message.add_related(b"\x89PNG", "image", "png")
    return message.as_bytes()


def _mail(text: str, html: str | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = "Example Post <news@example.org>"
    message["Subject"] = "Harbour talks"
    message["Date"] = "Fri, 27 Nov 2026 07:30:00 +0100"
    message["Message-ID"] = "<1@example.org>"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize("name", ["talks.mhtml", "talks", "talks.txt"])
@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_a_saved_page_is_read_as_the_page(name: str, charset: str) -> None:
    """Whatever the file is called; its address is known, and the day of saving is no date of it."""
    article = read_bytes(_saved(charset), name)
    assert SAID in article.text
    assert "Blink" not in article.text
    assert (article.title, article.url) == ("Talks", "https://example.org/talks")
    assert article.date is None
    (quote,) = extract(article, load_schema("quotes")).to_json()["record"]["quotes"]
    assert quote["speaker"]["name"] == "Ada Brandt"


def test_a_mail_is_read_as_its_text_or_its_page() -> None:
    """With subject and day; the page where there is one, since it is what is shown."""
    article = read_bytes(_mail(f"{SAID}\n"), "a.eml")
    assert (article.text.strip(), article.title) == (SAID, "Harbour talks")
    assert article.date == "2026-11-27T07:30:00+01:00"
    assert "Ada Brandt" in read_bytes(_mail("Look at the page.", PAGE), "a.eml").text


def test_a_mail_without_text_is_told() -> None:
    """It may hold a picture only."""
    message = EmailMessage()
    message["Message-ID"] = "<1@example.org>"
    message.set_content(b"\x89PNG", "image", "png")
    with pytest.raises(NotAnArticle, match="neither a page nor a text"):
        read_bytes(message.as_bytes(), "a.eml")


@pytest.mark.parametrize(
    "text",
    [
        f"Subject: a word that begins a line\n\n{SAID}",
        f"Update: talks go on\nBy: Ada Brandt\n\n{SAID}",
        f"MIME-Version: 1.0 of the standard was\nlong. {SAID}",
        SAID,
    ],
)
def test_text_that_begins_like_headers_is_text(text: str) -> None:
    """A colon behind the first word makes no message."""
    assert read_bytes(text.encode(), "a.txt").text == text


def test_a_damaged_message_is_an_article_or_told() -> None:
    """Cut or altered anywhere, it raises nothing else."""
    data = _saved()
    for cut in range(0, len(data), 7):
        broken = data[:cut] + bytes(255 - byte for byte in data[cut : cut + 5]) + data[cut + 5 :]
        for each in (data[:cut], broken):
            with suppress(InputError):
                read_bytes(each, "a.mhtml")


@pytest.mark.parametrize("name", ["Content-Transfer-Encoding", "Content-Type", "Subject", "X-More"])
def test_a_very_long_header_is_looked_at_in_its_beginning(name: str) -> None:
    """Headers twice as long take no more work; the library's takes the square of their length."""

    def work(count: int) -> int:
        head, _, rest = _mail(SAID).partition(b"\n")
        data = head + b"\n" + f"{name}: {'(' * count}\n".encode() + rest
        return steps_of(lambda: suppressed(data))

    def suppressed(data: bytes) -> None:
        with suppress(InputError):
            read_bytes(data, "a.eml")

    suppressed(_mail(SAID))  # what is imported and cached
    assert work(12_000) < 1.3 * work(6_000)


def test_a_mail_out_of_a_mailbox_is_a_mail() -> None:
    """The line "From …" that a mailbox puts before it is none of its words."""
    data = b"From post Tue Feb  3 09:15:00 2026\n" + _mail("“We go,” said Ada Low.")
    article = read_bytes(data, "a.eml")
    assert article.text.strip() == "“We go,” said Ada Low."
