"""A small article in every kind of file that the reader knows: what mutated files are made of."""

import gzip
import json
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO

from tests.support.pdf_pages import HEADLINE, SAMPLES, STORY, Set, Sheet, column, printed
from tests.support.pdfs import (
    CATALOG,
    FONT,
    RESOURCES,
    document,
    form,
    page,
    stream,
    with_object_stream,
)


def _text() -> bytes:
    return "\n\n".join([HEADLINE, "By Anna Berg", *STORY]).encode()


def _page() -> bytes:
    said = "".join(f"<p class='story'>{paragraph}</p>\n" for paragraph in STORY)
    data = {"@type": "NewsArticle", "headline": HEADLINE, "datePublished": "2026-11-27T07:30:00Z"}
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{HEADLINE} | The Norvik Post</title><meta name='author' content='Anna Berg'>"
        f"<script type='application/ld+json'>{json.dumps(data)}</script></head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sea'>Sea</a></li></ul></nav>"
        f"<article><h1>{HEADLINE}</h1><figure><img src='a.png' alt='A boat'><figcaption>The boat"
        f"</figcaption></figure>{said}<blockquote>We are home.<cite>Ada Holm</cite></blockquote>"
        "<table><tr><td>Cars</td><td>40</td></tr></table></article>"
        "<footer>&copy; 2026 The Norvik Post</footer></body></html>"
    ).encode()


def _lines() -> bytes:
    rows = [
        {"id": f"a{n}", "text": f"{text}\n\n{STORY[1]}", "title": HEADLINE, "date": "2026-11-27"}
        for n, text in enumerate(STORY)
    ]
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def _list() -> bytes:
    rows = [json.loads(line) for line in _lines().splitlines()]
    return json.dumps({"status": "ok", "articles": rows}, ensure_ascii=False).encode()


def _crawl() -> bytes:
    records = b""
    for number in range(3):
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + _page()
        records += (
            (
                "WARC/1.0\r\nWARC-Type: response\r\n"
                f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000{number}>\r\n"
                f"WARC-Target-URI: https://norvik.example/{number}\r\n"
                "WARC-Date: 2026-11-27T07:30:00Z\r\n"
                "Content-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            ).encode()
            + body
            + b"\r\n\r\n"
        )
    return records


def _mail() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "The Norvik Post <news@norvik.example>", HEADLINE
    message["Date"] = "Fri, 27 Nov 2026 07:30:00 +0100"
    message.set_content(_text().decode())
    message.add_alternative(_page().decode(), subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="boat.png")
    return message.as_bytes()


def _saved() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "<Saved by Blink>", HEADLINE
    message["Snapshot-Content-Location"] = "https://norvik.example/ferry"
    message.set_content(_page().decode(), subtype="html", cte="quoted-printable")
    message.add_related(b"\x89PNG", "image", "png")
    return message.as_bytes()


def _docx() -> bytes:
    import docx

    made = docx.Document()
    made.add_heading(HEADLINE, 1)
    for paragraph in STORY:
        made.add_paragraph(paragraph)
    made.add_table(2, 2).cell(0, 1).text = "40 cars"
    packed = BytesIO()
    made.save(packed)
    return packed.getvalue()


def _odt() -> bytes:
    import odfdo

    made = odfdo.Document("text")
    made.body.clear()
    made.body.append(odfdo.Header(1, HEADLINE))
    for paragraph in STORY:
        made.body.append(odfdo.Paragraph(paragraph))
    packed = BytesIO()
    made.save(packed)
    return packed.getvalue()


def _rtf() -> bytes:
    said = "".join(rf"\par {paragraph}" for paragraph in STORY)
    said = said.replace("“", r"\ldblquote ").replace("”", r"\rdblquote ")
    return (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\author Anna Berg}}"
        rf"\b {HEADLINE}\b0{said}\par}}"
    ).encode("ascii")


def _packed_pdf() -> bytes:
    """Return a PDF as most are: content deflated, objects in a stream, a form."""
    content = b"BT /F1 11 Tf 14 TL 72 700 Td\n" + b"(The council of Norvik voted.) Tj T*\n" * 20
    resources = f"{RESOURCES} /XObject << /X 6 0 R >>"
    inside = {1: CATALOG, 2: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>", 3: FONT}
    inside[4] = page(5, resources)
    others = {5: stream(content + b"ET /X Do\n", packed=True), 6: form(content + b"ET")}
    return with_object_stream(inside, others)


def _mapped_pdf() -> bytes:
    """Return a PDF whose font has a map to Unicode, shared by two pages."""
    mapping = (
        b"1 beginbfrange\n<20> <7e> <0020>\nendbfrange\n1 beginbfchar\n<80> <201c>\nendbfchar\n"
    )
    font = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 5 0 R >> >>"
    content = b"BT /F1 11 Tf 14 TL 72 700 Td\n" + b"(The first boat leaves.) Tj T*\n" * 9 + b"ET"
    return document([stream(content), stream(mapping)], [page(4, font)] * 2)


def _pdfs() -> dict[str, bytes]:
    made = {f"{name}.pdf": make().data for name, make in SAMPLES.items()}
    made["packed.pdf"], made["mapped.pdf"] = _packed_pdf(), _mapped_pdf()
    made["long.pdf"] = printed(*[Sheet([*column(STORY), Set(60, 40, 8, f"{n}")]) for n in range(9)])
    return made


_KINDS: dict[str, Callable[[], dict[str, bytes]]] = {
    "txt": lambda: {
        "a.txt": _text(),
        "utf-16.txt": _text().decode().encode("utf-16"),
        "cp1252.txt": _text().decode().encode("cp1252"),
    },
    "html": lambda: {
        "a.html": _page(),
        "utf-16.html": _page().decode().replace("utf-8", "utf-16").encode("utf-16"),
    },
    "pdf": _pdfs,
    "jsonl": lambda: {"a.jsonl": _lines()},
    "json": lambda: {"a.json": _list(), "one.json": _lines().splitlines()[0]},
    "warc": lambda: {"a.warc": _crawl()},
    "gz": lambda: {
        "a.jsonl.gz": gzip.compress(_lines(), mtime=0),
        "a.warc.gz": b"".join(
            gzip.compress(b"WARC/1.0" + record, mtime=0)
            for record in _crawl().split(b"WARC/1.0")[1:]
        ),
    },
    "eml": lambda: {"a.eml": _mail()},
    "mhtml": lambda: {"a.mhtml": _saved()},
    "docx": lambda: {"a.docx": _docx()},
    "odt": lambda: {"a.odt": _odt()},
    "rtf": lambda: {"a.rtf": _rtf()},
}
KINDS = tuple(_KINDS)


def seeds_of(kind: str) -> dict[str, bytes]:
    """Return the files of a kind, by name."""
    return _KINDS[kind]()


def deflated(data: bytes) -> bool:
    """Return whether bytes begin as zlib packs them."""
    try:
        zlib.decompressobj().decompress(data[:64])
    except zlib.error:
        return False
    return True
