"""Quotations: every form of mark, what is no mark, and what holds for any text."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.article import Article
from extractor.find.candidates import QuotationCandidate
from extractor.find.quotations.marks import MARK_CHARACTERS
from extractor.find.quotations.pairing import find_quotations
from extractor.read import article_from_text


def words(text: str) -> list[str]:
    """Return the words of every quotation of `text`."""
    return [q.text(text) for q in find_quotations(article_from_text(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The mayor said: "We open on Friday."', ["We open on Friday."]),
        ("The mayor said: “We open on Friday.”", ["We open on Friday."]),
        ("The mayor said, ''We open on Friday.'' Nobody spoke.", ["We open on Friday."]),
        ("``We open,'' she said.", ["We open"]),
        ("« On ouvre », dit-elle.", ["On ouvre"]),
        ("»Wir öffnen«, sagte sie.", ["Wir öffnen"]),
        ("„Wir öffnen“, sagte sie.", ["Wir öffnen"]),
        ("„Otwieramy”, powiedziała.", ["Otwieramy"]),
        ("‹Wir öffnen›, sagte sie.", ["Wir öffnen"]),
        ("‘We open,’ she said.", ["We open"]),
        ("'We open,' she said.", ["We open"]),
        ("‚Wir öffnen‘ or ‚zwei‘ there", ["Wir öffnen", "zwei"]),
        ('They are (as she put it) "ready"—"more than ready".', ["ready", "more than ready"]),
        ('The list ("the first") is out.', ["the first"]),
    ],
)
def test_every_form_of_mark(text: str, expected: list[str]) -> None:
    """Each pair of marks that the press prints gives its words without the marks."""
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'He is 5\'10" tall and carries a 6" pipe.',
        "The '90s were over, and the class of '08 was gone.",
        "Get 'em while rock 'n' roll lasts, 'til Monday.",
        "Workers' rights and the miners' strike filled the ministers' day.",
        "He's sure they don't know it's the O'Neills' house.",
        "She was goin' to the dancin' hall.",
        "They met at 40°26'46\" north.",
        'A closing mark alone" says nothing.',
        'A loose " mark says nothing.',
        'An empty pair "" says nothing, nor “ ”.',
        '""""""""""""""""""""',
        "The '90s' best bands' fans",
    ],
)
def test_what_is_no_quotation_mark(text: str) -> None:
    """Apostrophes, primes, possessives, strays and decoration give no quotation."""
    assert words(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"He is 5\'10" tall," she said.', ["He is 5'10\" tall"]),
        ('"It was a 6" pipe," he said.', ['It was a 6" pipe']),
        (
            '"It began in 1990," he said. "It ended in 2010".',
            ["It began in 1990", "It ended in 2010"],
        ),
        ("He called them 'terrorists' and spoke of workers' rights.", ["terrorists"]),
        ("'I back the workers' rights,' he said.", ["I back the workers' rights"]),
        ("The 'hawks' and the 'doves' met.", ["hawks", "doves"]),
        ("'I love rock 'n' roll,' he said.", ["I love rock 'n' roll"]),
        ('"I went there, "he said. "It was fun."', ["I went there", "It was fun."]),
        ('He said:"Hello there." And then he left.', ["Hello there."]),
        ("““Twice marked,” she said.", ["Twice marked"]),
        ("“Wrong at the end.“", ["Wrong at the end."]),
    ],
)
def test_marks_beside_apostrophes_and_inches(text: str, expected: list[str]) -> None:
    """Inch marks, possessives and marks set on the wrong side of a blank do not end a quotation."""
    assert words(text) == expected


def found(text: str) -> tuple[QuotationCandidate, ...]:
    return find_quotations(article_from_text(text))


def test_a_quotation_over_paragraphs_is_one() -> None:
    """An opening mark on each paragraph and a closing one on the last make one quotation."""
    text = (
        'She said: "The first boat leaves on Friday.\n\n'
        '"The second follows in June.\n\n"Then we shall see."\n\n"No," he said.'
    )
    first, second = found(text)
    assert [span.of(text) for span in first.spans] == [
        "The first boat leaves on Friday.",
        "The second follows in June.",
        "Then we shall see.",
    ]
    assert first.outer.of(text).startswith('"The first')
    assert first.closed
    assert first.paragraph == 0
    assert second.text(text) == "No"


def test_single_marks_go_on_over_paragraphs_too() -> None:
    """A quotation in single marks is continued like one in double marks."""
    text = "'The boat leaves on Friday.\n\n'The next one follows,' she said."
    (one,) = found(text)
    assert len(one.spans) == 2
    assert one.closed


def test_a_caption_between_two_paragraphs_does_not_end_a_quotation() -> None:
    """A caption inside a quotation does not end it; quotations in the caption are of its own."""
    text = '"The first boat leaves.\n\nThe "Norna" in port\n\n"The next one follows," she said.'
    article = article_from_text(text)
    paragraphs = tuple(
        replace(p, kind="caption" if p.index == 1 else "body") for p in article.paragraphs
    )
    assert len(paragraphs) == 3
    speech, name = find_quotations(replace(article, paragraphs=paragraphs))
    assert len(speech.spans) == 2
    assert speech.closed
    assert name.text(text) == "Norna"
    assert name.parent is None


def test_an_unclosed_quotation_ends_with_its_paragraph() -> None:
    """Where a closing mark is missing, the quotation ends with its paragraph and is not closed."""
    text = '"We open on Friday, and that is that.\n\nNobody spoke.\n\n"I did," said Holm.'
    first, second = found(text)
    assert not first.closed
    assert first.text(text) == "We open on Friday, and that is that."
    assert second.closed
    assert second.text(text) == "I did"


def test_an_attribution_at_the_end_shows_a_forgotten_mark() -> None:
    """Unclosed words that end in "he said" do not go on in the next paragraph's quotation."""
    text = '"We open on Friday, the mayor said.\n\n"We do not," said Holm.'
    first, second = found(text)
    assert not first.closed
    assert len(first.spans) == 1
    assert second.text(text) == "We do not"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("» The pool opens\n» The fare stays\n\nShe left.", []),
        ("Maro said: “We open.”\n\n» More: talks fail\n\n» More: a school closes", ["We open."]),
        ("› Pier talks\n› School news", []),
        ("» He called it »a gift« again", ["a gift"]),
        ("» Wir öffnen«, sagte sie.", ["Wir öffnen"]),
        ("»Wir öffnen, sagte sie.", ["Wir öffnen, sagte sie."]),
    ],
)
def test_guillemets_as_bullets_are_no_marks(text: str, expected: list[str]) -> None:
    """A guillemet and a blank at a paragraph's beginning, never closed, are a bullet."""
    assert words(text) == expected


def test_a_second_opening_mark_ends_an_unclosed_one() -> None:
    """Within a paragraph an unclosed quotation ends where the next one begins."""
    text = "“We open on Friday, he added, “and we stay open.”"
    first, second = found(text)
    assert not first.closed
    assert first.text(text) == "We open on Friday, he added,"
    assert second.closed
    assert second.text(text) == "and we stay open."


@pytest.mark.parametrize(
    "text",
    [
        "“He told me, ‘Go away,’ and I went,” she said.",
        "“He told me, “Go away,” and I went,” she said.",
        '"He told me, "Go away," and I went," she said.',
        "''He told me, 'Go away,' and I went,'' she said.",
        "'He told me, \"Go away,\" and I went,' she said.",
        "« Il m’a dit : « Go away, » et je suis parti », dit-elle.",
    ],
)
def test_a_quotation_within_another_is_its_child(text: str) -> None:
    """Nested marks, of the same shape or another, give a parent and a child after it."""
    outer, inner = found(text)
    assert inner.parent == outer.id == "Q1"
    assert outer.parent is None
    assert inner.text(text) == "Go away"
    assert outer.outer.contains(inner.outer)


def test_marks_in_a_row_open_and_close_together() -> None:
    """Double and single marks side by side open, or close, quotation and nested quotation."""
    text = "''They asked, 'Why?''' she said. \"'Why not?'\" he asked."
    assert words(text) == ["They asked, 'Why?'", "Why?", "'Why not?'", "Why not?"]


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ('"The boat," she said, "leaves on Friday."', True),
        ('"The boat," said Ada Holm, who is the mayor, "leaves on Friday."', True),
        ('"When?" he asked, "and from where?"', True),
        ('"The boat leaves," she said. "It is full."', False),
        ('"The boat leaves." She said, "It is full."', False),
        ('They were "ready," "willing" and "able."', False),
        ('He called it "a mess," and said it was "absurd."', False),
        ('She named "Northern Light," which she said was "the best."', False),
    ],
)
def test_halves_of_a_split_quotation(text: str, half: bool) -> None:
    """Two stretches are one utterance only where an attribution clause breaks it off."""
    first, second, *_ = found(text)
    assert (second.half_of == first.id) is half


def test_ids_follow_the_first_mark() -> None:
    """Ids are numbered in the order of the opening marks, nested ones after their parents."""
    text = "“A ‘b’ c,” she said. “D.”\n\n“E.”"
    assert [q.id for q in found(text)] == ["Q1", "Q2", "Q3", "Q4"]
    starts = [q.outer.start for q in found(text)]
    assert starts == sorted(starts)


@pytest.mark.parametrize("name", ["bbc-prisoners", "reuters-prisoners"])
def test_the_shipped_articles(name: str) -> None:
    """Both shipped articles hold the quotations that a reader counts, all closed, none nested."""
    with open(f"tests/articles/{name}.txt", encoding="utf-8") as file:  # noqa: PTH123
        quotations = found(file.read())
    assert len(quotations) == {"bbc-prisoners": 8, "reuters-prisoners": 12}[name]
    assert all(q.closed and q.parent is None for q in quotations)


PIECES = ['"', "“", "”", "‘", "’", "'", "''", "«", "»", "„", "``", " ", "\n", "\n\n", ",", ".", "-"]
PIECES += ["word", "He said", " said ", "6", "s", "…", "\xa0", "(", "=", "\u2028", "é", "\ud800"]


def check(article: Article) -> None:
    """Assert what holds for the quotations of any article."""
    text = article.text
    quotations = find_quotations(article)
    by_id = {q.id: q for q in quotations}
    assert [q.id for q in quotations] == [f"Q{n}" for n in range(1, len(quotations) + 1)]
    assert [q.outer.start for q in quotations] == sorted(q.outer.start for q in quotations)
    for q in quotations:
        assert q.outer.start < q.spans[0].start
        assert q.spans[-1].end <= q.outer.end
        assert text.startswith(q.marks, q.outer.start)
        assert q.closed == (q.outer.end > q.spans[-1].end)
        assert list(q.spans) == sorted(q.spans)
        for span in q.spans:
            words = span.of(text)
            assert words
            assert words == words.strip()
            assert any(c not in MARK_CHARACTERS and not c.isspace() for c in words)
            assert any(p.span.contains(span) for p in article.paragraphs)
        assert article.paragraphs[q.paragraph].span.contains(q.spans[0])
        if q.parent:
            parent = by_id[q.parent]
            assert any(span.contains(q.outer) for span in parent.spans)
        if q.half_of:
            half = by_id[q.half_of]
            assert half.outer.end <= q.outer.start
            assert half.parent == q.parent


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_spans_hold_their_promises_on_any_marks(text: str) -> None:
    """Spans lie in their paragraphs without blanks at the edges, children in their parents."""
    check(article_from_text(text))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_spans_hold_their_promises_on_any_text(text: str) -> None:
    """The same holds for arbitrary text, and nothing raises."""
    check(article_from_text(text))


class CountedText(str):
    """A text that counts the characters read from it one by one or in slices."""

    read = 0

    def __getitem__(self, key: object) -> str:
        part = super().__getitem__(key)  # type: ignore[index]
        CountedText.read += len(part)
        return part


@pytest.mark.parametrize(
    "unit", ['"', '" ', '"a ', 'a" ', '"a" ', "'a ", "'a' ", "“‘", "«a “b ", '"a\n\n', '"a "b"\n\n']
)
def test_work_grows_with_the_text_only(unit: str) -> None:
    """Twice the marks take about twice the reading, however they stand."""
    counts = []
    for size in (1_000, 2_000):
        article = article_from_text(unit * size)
        CountedText.read = 0
        find_quotations(replace(article, text=CountedText(article.text)))
        counts.append(CountedText.read)
    assert counts[1] <= 2.2 * counts[0] + 200


def test_five_megabytes_of_marks() -> None:
    """A file of nothing but marks is read at once and holds no quotation."""
    assert find_quotations(article_from_text('"' * 5_000_000)) == ()


@pytest.mark.parametrize("end", ["", " 🕊️", " 👍🏽", " 🇳🇴", " ©"])
def test_the_sentences_comma_is_left_out_after_any_last_character(end: str) -> None:
    """The comma before the closing mark is the sentence's, after an emoji as after a word."""
    assert words(f"“We ran for peace{end},” Jane Doe said.") == [f"We ran for peace{end}"]
