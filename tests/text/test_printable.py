"""What of an article may reach a terminal."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from extractor.text.printable import one_line, printable


@given(st.text() | st.text(alphabet="\x1b[]0;m31\x07\\\x9b\x9dPq\u202e\u2066\r\n\t a"))
def test_nothing_that_drives_a_terminal_is_left(text: str) -> None:
    """No control character but a line end, no override of direction, whatever the text."""
    left = printable(text)
    assert not [c for c in left if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]
    assert not set(left) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    assert printable(left) == left
    assert "\n" not in one_line(text)


def test_sequences_go_as_a_whole_and_words_stay() -> None:
    """Colours, titles and links vanish with their parameters; joined emoji are left whole."""
    hostile = (
        "a\x1b[31mred\x1b[0m b\x1b]0;title\x07c \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x9b2Jd"
    )
    assert printable(hostile) == "ared bc link d"
    assert printable("👩‍🚀 naïve “words”") == "👩‍🚀 naïve “words”"
    assert printable("a\r\nb\rc\td") == "a\nb\nc d"


def test_a_sequence_without_an_end_takes_no_more_than_itself() -> None:
    """An unclosed title cannot swallow the rest of the article."""
    assert "the rest" in printable("a\x1b]0;" + "x" * 10 + "\nthe rest")
