"""Encodings: whatever a text is in and however it is labelled, it is read rightly or doubted."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.article import Article
from extractor.find.inventory import take_inventory
from extractor.read import read_bytes
from extractor.read.encodings import codec_of, decode_as, without_c1
from extractor.run.inputs.warc import sources_in_crawl

# What one news agency might write, in languages that have encodings of their own: the encodings as
# pages label them, and sentences.
NEWS = {
    "en": ("windows-1252 macintosh", [
        "The café by the harbour may open again on Friday, the council said after a long night.",
        "“We are ready,” said Zoë Müller, who owns it and has waited since March for the day.",
        "“It was a hard winter – and we don’t want another,” she told the paper in the evening."]),
    "de": ("windows-1252 iso-8859-15 windows-1250 macintosh", [
        "Die Fähre zur Insel fährt wieder, sagte der Verkehrsminister am Montag in der Hauptstadt.",
        "„Wir haben das Geld für die Überfahrt gefunden“, sagte Jürgen Groß, als er das Haus "
        "verließ.",
        "Die Gespräche dauerten zwölf Stunden, und niemand wollte sie ein zweites Mal führen."]),
    "fr": ("windows-1252 iso-8859-15", [
        "Le bateau de nuit reprendra la mer, a annoncé le ministère des transports dans la soirée.",
        "« Nous avons trouvé l’argent à la fin », a déclaré Hélène Maçon, la ministre, au quai.",
        "L’école de l’île a perdu la moitié de ses élèves pendant cet été, dit le maire."]),
    "es": ("windows-1252 iso-8859-15", [
        "El barco de noche volverá a navegar, dijo el ministerio en la mañana del lunes.",
        "«Al fin encontramos el dinero para los niños de la isla», dijo la señora Ibáñez.",
        "La escuela perdió a la mitad de los alumnos en el año en que no hubo barco."]),
    "pl": ("windows-1250 iso-8859-2", [
        "Nocny statek znów popłynie na wyspę, powiedział minister w poniedziałek wieczorem.",
        "„Znaleźliśmy pieniądze i cieszymy się, że to już koniec”, powiedziała Małgorzata Dąbek.",
        "Szkoła na wyspie straciła połowę uczniów, bo nie było jak do niej dojechać."]),
    "cs": ("windows-1250 iso-8859-2", [
        "Noční loď na ostrov opět popluje, řekl ministr v pondělí po dlouhém jednání.",
        "„Našli jsme peníze a jsme rádi, že je to za námi,“ řekla Jiřina Dvořáková na nábřeží.",
        "Škola na ostrově ztratila polovinu žáků, protože se na ni nedalo dojet."]),
    "tr": ("windows-1254 iso-8859-9", [
        "Gece gemisi adaya yeniden gidecek, dedi bakan, ve bu karar çok önemli.",
        "“Parayı sonunda bulduk ve çok mutluyuz,” dedi Ayşegül Yıldız, pazartesi günü limanda.",
        "Okul öğrencilerinin yarısını kaybetti, bu da bir ada için çok büyük bir kayıp."]),
    "ru": ("windows-1251 koi8-r iso-8859-5 ibm866", [
        "Ночной корабль снова пойдёт на остров, сообщил министр в понедельник вечером.",
        "«Мы нашли деньги и рады, что это кончилось», сказала Инна Марова на пристани.",
        "Школа на острове потеряла половину учеников, и это для него не первая потеря."]),
    "el": ("windows-1253", [
        "Το νυχτερινό πλοίο θα πάει και πάλι στο νησί, είπε ο υπουργός τη Δευτέρα.",
        "«Βρήκαμε τα χρήματα και χαιρόμαστε για το τέλος», είπε η Άννα Παπαδοπούλου στο λιμάνι.",
        "Το σχολείο του νησιού έχασε τα μισά από τα παιδιά του και δεν θα τα βρει πια."]),
    "zh": ("gb2312 gbk gb18030", [
        "夜班轮船将再次驶往该岛，部长在星期一晚上说。",
        "“我们终于找到了钱，这是一个好消息，”交通部长李明在码头上说。",
        "岛上的学校失去了一半的学生，人们在等待，不知道还会有多久。"]),
    "ja": ("shift_jis euc-jp iso-2022-jp", [
        "夜の船が再び島へ向かうと大臣は月曜日の夜に述べた。",
        "「ようやくお金を見つけた。これで終わりだ」と山田太郎大臣は港で語った。",
        "島の学校は生徒の半分を失い、人々はまだ待っているという。"]),
    "ko": ("euc-kr", [
        "밤배가 다시 섬으로 간다고 장관이 월요일 밤에 말했다.",
        "“마침내 돈을 찾았고 이것이 끝나서 기쁘다”고 김민수 장관이 항구에서 말했다.",
        "섬의 학교는 학생의 절반을 잃었고 사람들은 아직 기다리고 있다."]),
}  # fmt: skip
LABELS = [
    *sorted({label for labels, _ in NEWS.values() for label in labels.split()}),
    *("iso-8859-1", "utf-8", "us-ascii", "no-such-label"),
]
WRITTEN = [(language, label) for language, (labels, _) in NEWS.items() for label in labels.split()]


def text_of(language: str) -> str:
    """Return the news in a language, a paragraph a sentence."""
    return "\n\n".join(NEWS[language][1])


def encoded(text: str, label: str) -> bytes:
    """Return a text as bytes in an encoding that has all of its characters."""
    known = codec_of(label)
    assert known is not None
    return text.encode(known[1])


def as_written_in(text: str, label: str) -> str:
    """Return a text with the plain marks that people write where an encoding has no others."""
    known = codec_of(label)
    assert known is not None
    written = []
    for character in text:
        try:
            character.encode(known[1])
            written.append(character)
        except UnicodeEncodeError:
            written.append({"’": "'", "–": "-", "\xa0": " "}.get(character, '"'))
    return "".join(written)


def page(text: str, label: str | None, language: str = "") -> str:
    """Return a web page of a text, which says what it is in."""
    meta = f'<meta charset="{label}">' if label else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
    return (
        f'<!doctype html><html lang="{language}"><head>{meta}</head><body><article>{body}'
        "</article></body></html>"
    )


def quotations(article: Article) -> list[str]:
    """Return the quotations of an article."""
    return [q.text(article.text) for q in take_inventory(article).quotations]


def codes(article: Article) -> list[str]:
    """Return the codes of the article's warnings on its letters."""
    known = {"encoding_guessed", "undecodable", "mojibake", "c1_controls"}
    return [w.code for w in article.warnings if w.code in known]


@pytest.mark.parametrize(("language", "label"), WRITTEN)
def test_rightly_labelled_pages_are_read_without_a_doubt(language: str, label: str) -> None:
    """A page in any encoding that says which one it is in is read, and nothing is warned of."""
    text = as_written_in(text_of(language), label)
    article = read_bytes(encoded(page(text, label, language), label), "page.html")
    for paragraph in text.split("\n\n"):
        assert paragraph in article.text
    assert codes(article) == []


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(WRITTEN),
    st.sampled_from([None, *LABELS]),
    st.sampled_from(["page", "server", "file"]),
)
def test_any_label_gives_the_same_quotations_or_a_warning(
    written: tuple[str, str], label: str | None, where: str
) -> None:
    """With a right, a wrong or no label, of a page or of the server, quotations are as written."""
    language, encoding = written
    text = as_written_in(text_of(language), encoding)
    if where == "file":
        article = read_bytes(encoded(text, encoding), "story.txt", charset=label)
    else:
        source = page(text, label if where == "page" else None)
        charset = label if where == "server" else None
        article = read_bytes(encoded(source, encoding), "page.html", "html", charset=charset)
    right = read_bytes(text.encode(), "story.txt")
    assert quotations(article) == quotations(right) or codes(article)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(NEWS)), st.sampled_from(LABELS), st.booleans())
def test_utf8_wins_over_any_label(language: str, label: str, server: bool) -> None:
    """Bytes that are UTF-8 are read as UTF-8, whatever the page or the server calls them."""
    data = page(text_of(language), None if server else label).encode()
    article = read_bytes(data, "page.html", charset=label if server else None)
    assert NEWS[language][1][1] in article.text
    assert codes(article) == []


@pytest.mark.parametrize(
    ("label", "name", "codec"),
    [
        ("iso-8859-1", "windows-1252", "cp1252"),
        ("LATIN1", "windows-1252", "cp1252"),
        ("us-ascii", "windows-1252", "cp1252"),
        ("iso-8859-9", "windows-1254", "windows-1254"),
        ("gb2312", "gbk", "gb18030"),
        ("x-sjis", "shift_jis", "cp932"),
        ("ks_c_5601-1987", "euc-kr", "cp949"),
        (" UTF8 ", "utf-8", "utf-8"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, name: str, codec: str) -> None:
    """A label is looked up in the table of the Encoding Standard."""
    assert codec_of(label) == (name, codec)


@pytest.mark.parametrize(
    "label", ["", "no-such-label", "replacement", "x-user-defined", "zlib", "rot13"]
)
def test_what_is_no_encoding_of_text_is_no_label(label: str) -> None:
    """A codec of Python that the standard does not know is not used."""
    assert codec_of(label) is None


@given(st.binary(max_size=300), st.sampled_from(LABELS))
def test_any_bytes_are_decoded(data: bytes, label: str) -> None:
    """Bytes that are wrong in an encoding raise nothing; those that became U+FFFD are counted."""
    if known := codec_of(label):
        text, wrong = decode_as(data, known[1])
        assert text.count("\ufffd") >= wrong
        assert len(without_c1(text)[0]) == len(text)


def test_c1_controls_are_read_as_browsers_read_them() -> None:
    """A control between 0x80 and 0x9F is the mark that windows-1252 has there, and that is told."""
    article = read_bytes("\x93We don\x92t know,\x94 said Ann Ames.".encode(), "story.txt")
    assert article.text == "“We don’t know,” said Ann Ames."
    assert quotations(article) == ["We don’t know"]
    assert codes(article) == ["c1_controls"]
    source = page(
        "&#147;We don&#146;t know,&#148; said Ann Ames, who was there on Monday.", "utf-8"
    )
    assert quotations(read_bytes(source.encode(), "page.html")) == ["We don’t know"]


def test_line_ends_of_mainframes_are_no_mistake() -> None:
    """A text whose lines end with U+0085 keeps them."""
    article = read_bytes("One line.\x85Another line.\x85".encode(), "story.txt")
    assert article.text == "One line.\x85Another line.\x85"
    assert codes(article) == []


@pytest.mark.parametrize("meta", [None, "iso-8859-1"])
def test_crawled_pages_are_read_as_the_server_said(tmp_path: Path, meta: str | None) -> None:
    """The encoding in the header of an answer counts, and means what browsers take it for."""
    body = encoded(page(text_of("en"), meta), "windows-1252")
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\n" + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/a\r\n"
        "WARC-Record-ID: <urn:uuid:0b8a4b5e-7a4c-4c39-9f0b-2f6a5f1d0001>\r\n"
        "WARC-Date: 2026-05-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    crawl = tmp_path / "crawl.warc.gz"
    crawl.write_bytes(gzip.compress(head.encode() + answer + b"\r\n\r\n"))
    found = list(sources_in_crawl(crawl, "crawl.warc.gz", lambda name, _: name, print))
    article = found[0].load()
    assert quotations(article)[0] == "We are ready"
    assert codes(article) == []
