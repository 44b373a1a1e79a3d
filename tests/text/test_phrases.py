"""Words of an answer are found in the article as they are, or refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.text.folding import fold
from extractor.text.phrases import MAX_PHRASE, ground_phrase, quoted
from extractor.text.spans import Span

TEXT = (
    "The ministry said it will not lift the “temporary” ban on potash exports — not now.\n\n"
    "About 1,227 people can’t travel; 5.5 million tonnes and $100 billion are at stake, "
    "down −5 degrees. The EU's non-aligned partners... and caf\u00e9s stay open. "
    "Potashes are different. Some\u00a0thing, co\u00adoperation, and don’t panic at 10-5 odds."
)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("potash exports", "potash exports"),
        ("  potash exports\n", "potash exports"),
        ('the "temporary" ban', "the “temporary” ban"),
        ("the ''temporary'' ban", "the “temporary” ban"),
        ("exports - not now", "exports — not now"),
        ("exports -- not now", "exports — not now"),
        ("THE MINISTRY SAID", "The ministry said"),
        ("not now. About 1,227", "not now.\n\nAbout 1,227"),
        ("can't travel", "can’t travel"),
        ("partners… and cafe\u0301s", "partners... and caf\u00e9s"),
        ("Some thing", "Some\u00a0thing"),
        ("cooperation", "co\u00adoperation"),
        ("-5 degrees", "−5 degrees"),
        ("The EU", "The EU"),
        ("EU's", "EU's"),
        ("1,227", "1,227"),
        ("$100 billion", "$100 billion"),
    ],
)
def test_equal_after_folding_is_found(phrase: str, words: str) -> None:
    """Marks, dashes, blanks, case and width may differ; the span covers what the article prints."""
    assert ground_phrase(phrase, TEXT).of(TEXT) == words


@pytest.mark.parametrize(
    "phrase",
    [
        "it will lift the “temporary” ban",  # negation dropped
        "potash exports — now",
        "About 1,228 people",  # number changed
        "227 people",  # the rest of a number
        "About 1",
        "5 million tonnes",
        "5.5",  # without its scale
        "$100",
        "billion are at stake",
        "5 degrees",  # without its sign
        "-5 odds",
        "people can",  # "can't"
        "don",
        "aligned partners",  # "non-aligned"
        "ministr",  # inside a word
        "inistry said",
        "he ministry",
        "Potash",  # see the test below: here only in "Potashes" when the case is exact
        "cafe",  # without the accent
        "cafes",
        "ban on potash exports to all of Europe",  # longer than what is there: no prefix
        "ban on potash imports",
        "Some-thing",
        "co operation",
    ],
)
def test_anything_else_is_refused(phrase: str) -> None:
    """A changed or cut number, negation or word is never taken for the article's words."""
    text = TEXT.replace("ban on potash exports", "ban on salts") if phrase == "Potash" else TEXT
    with pytest.raises(ValueError, match=r"in the article"):
        ground_phrase(phrase, text)


@pytest.mark.parametrize("phrase", ["", "  ", "—", '""', "…", "\u200b", "\u00ad"])
def test_empty_phrases_are_refused(phrase: str) -> None:
    """Nothing, blanks and bare marks are no words."""
    with pytest.raises(ValueError, match="empty"):
        ground_phrase(phrase, TEXT)


def test_refusal_shows_the_nearest_passage() -> None:
    """Whoever answered sees what the article says instead."""
    with pytest.raises(ValueError, match=r'nearest passage is ".*will not lift the “temporary”'):
        ground_phrase("said it will lift the “temporary” ban", TEXT)


def test_refusal_without_any_likeness_names_none() -> None:
    """A passage that is not alike is not offered."""
    with pytest.raises(ValueError, match="answer null"):
        ground_phrase("qqqq zzzz xxxx", TEXT)


def test_superscripts_and_fractions_are_numbers_of_their_own() -> None:
    """10² is not 102, and 3½ is not 31/2."""
    for phrase, text in (("102 units", "10² units"), ("31/2 hours", "3½ hours")):
        with pytest.raises(ValueError, match="in the article"):
            ground_phrase(phrase, text)


def test_near_takes_the_nearest_occurrence() -> None:
    """With several occurrences, the one nearest to the offset is meant, on either side."""
    text = "sanctions here, sanctions there, sanctions everywhere"
    starts = [0, 16, 33]
    assert ground_phrase("sanctions", text).start == 0
    for start in starts:
        assert ground_phrase("sanctions", text, near=start + 3).start == start
    assert ground_phrase("SANCTIONS", text, near=35).start == 33
    assert ground_phrase("sanctions", text, near=len(text)).start == 33


def test_within_keeps_to_the_sentence() -> None:
    """Only the given stretch counts, and words that it cuts are no words of it."""
    text = "The ban stays. A ban on potash was lifted."
    sentence = Span(15, len(text))
    assert ground_phrase("ban", text, within=sentence) == Span(17, 20)
    assert ground_phrase("a BAN", text, within=sentence) == Span(15, 20)
    with pytest.raises(ValueError, match="in the evidence sentence"):
        ground_phrase("stays", text, within=sentence)
    with pytest.raises(ValueError, match="in the evidence sentence"):
        ground_phrase("ban", text, within=Span(0, 6))


def test_scripts_without_blanks_have_no_word_ends() -> None:
    """In Chinese or Thai any place may end a word."""
    assert ground_phrase("制裁", "美国解除制裁措施") == Span(4, 6)


def test_message_is_one_printable_line() -> None:
    """Terminal escapes, line breaks and direction marks do not reach a message."""
    shown = quoted("red\x1b[31m\nand\u202eback" + "x" * 500)
    assert shown.isprintable()
    assert "\x1b" not in shown
    assert len(shown) < 130


@pytest.mark.parametrize("text", ["word " * 1_000_000, "a-" * 2_500_000, "é…“ " * 1_200_000])
def test_five_megabytes_do_not_hang(text: str) -> None:
    """A huge article and phrases made to be slow come to an end, refused."""
    for phrase in ("a-" * 900 + "a", "word " * 300 + "end", "zzz " * 20 + "q", "x" * 1900):
        with pytest.raises(ValueError, match="article"):
            ground_phrase(phrase + " never there", text)
    assert MAX_PHRASE >= 1900


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(min_size=1, max_size=6))
def test_what_is_found_folds_alike(text: str, phrase: str) -> None:
    """Whatever is found folds to the same characters as the phrase, and lies in the text."""
    try:
        span = ground_phrase(phrase, text)
    except ValueError:
        return
    assert 0 <= span.start < span.end <= len(text)
    assert fold(span.of(text)).text.strip() == fold(phrase).text.strip()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.data())
def test_offsets_of_folding_lead_back(text: str, data: st.DataObject) -> None:
    """Each folded stretch that maps back maps to a stretch that folds to it, blanks aside."""
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    span = folded.original(start, end)
    if span is not None and end > start:
        assert 0 <= span.start <= span.end <= len(text)
        assert fold(span.of(text)).text == folded.text[start:end]
