"""PDF pages of every make that articles come in, each with the paragraphs that it says.

They are set in Courier, whose letters are all 0.6 of its size wide, so that columns can be set by
counting. All texts are invented.
"""

import textwrap
from collections.abc import Callable, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from tests.support.pdfs import CATALOG, assembled, stream

WIDTH = 0.6  # of a letter, in sizes of type
COURIER = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"
BOLD = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>"
# Ligatures where other fonts have accents, by the names that fonts have for them.
LIGATURES = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding << /Type /Encoding "
    b"/BaseEncoding /WinAnsiEncoding /Differences [192 /fi /fl /ff /ffi /ffl] >> >>"
)
# Letters under names that mean nothing, as subsets of fonts have them, and no map to Unicode.
UNNAMED = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+Norvik /Encoding << /Type /Encoding "
    b"/Differences [33 " + b" ".join(b"/glyph%d" % n for n in range(33, 250)) + b"] >> >>"
)
FONTS = {"F1": COURIER, "F2": BOLD, "F3": LIGATURES, "F4": UNNAMED}


class Set(NamedTuple):
    """A line as it is set: its lower left corner and size in points, its words, its font."""

    x: float
    y: float
    size: float
    text: str
    font: str = "F1"


class Sheet(NamedTuple):
    """A page: what is drawn on it, further operators, and entries of the page."""

    lines: Sequence[Set]
    drawn: str = ""
    entries: str = "/MediaBox [0 0 612 792]"


class Sample(NamedTuple):
    """A PDF and the paragraphs that it says."""

    data: bytes
    paragraphs: list[str]


def shown(line: Set, matrix: str = "1 0 0 1") -> bytes:
    """Return the operators that show a line."""
    text = line.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    place = f"BT /{line.font} {line.size} Tf {matrix} {line.x} {line.y} Tm".encode()
    return place + b" (" + text.encode("cp1252") + b") Tj ET\n"


def printed(*sheets: Sheet, matrix: str = "1 0 0 1") -> bytes:
    """Return a PDF of pages."""
    fonts = list(FONTS.values())
    named = " ".join(f"/{name} {3 + n} 0 R" for n, name in enumerate(FONTS))
    objects = [CATALOG, b"", *fonts]
    kids = []
    for sheet in sheets:
        content = b"".join(shown(line, matrix) for line in sheet.lines)
        objects.append(stream(sheet.drawn.encode() + content))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R {sheet.entries} /Contents {len(objects)} 0 R "
            f"/Resources << /Font << {named} >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return assembled(objects)


def column(
    paragraphs: Sequence[str],
    x: float = 60,
    *,
    y: float = 700,
    letters: int = 80,
    size: float = 10,
    lead: float = 12,
    indent: float = 12,
    gap: float = 0,
    font: str = "F1",
) -> list[Set]:
    """Return the lines of a column from (x, y) down, so many letters wide.

    Paragraphs are indented, or have a gap between them.
    """
    lines = []
    for paragraph in paragraphs:
        narrower = " " * round(indent / (WIDTH * size))
        wrapped = textwrap.wrap(paragraph, letters, initial_indent=narrower, break_on_hyphens=False)
        for text in wrapped:
            begin = len(text) - len(text.lstrip())
            lines.append(Set(x + begin * WIDTH * size, y, size, text.strip(), font))
            y -= lead
        y -= gap
    return lines


def by_row(*columns: Sequence[Set]) -> list[Set]:
    """Return the lines of columns as a file has them that draws them row by row."""
    return [line for row in zip_longest(*columns) for line in row if line is not None]


def parted(lines: Sequence[Set], count: int, to: float, y: float | None = None) -> list[list[Set]]:
    """Return the lines of one column as so many columns beside one another, `to` points apart."""
    each = -(-len(lines) // count)
    columns = []
    for number in range(count):
        part = lines[number * each : (number + 1) * each]
        down = (y if y is not None else lines[0].y) - part[0].y
        columns.append([line._replace(x=line.x + number * to, y=line.y + down) for line in part])
    return columns


HEADLINE = "Norvik gets its ferry back after three years"
STORY = [
    "The council of Norvik voted late on Tuesday to reopen the ferry line that it had closed in "
    "spring, after residents of both islands had asked for it in three petitions and a march.",
    "“It was never about money,” the mayor, Ada Holm, told the meeting. “It was about who decides, "
    "and tonight the islands have decided for themselves.” Nobody in the hall spoke against her.",
    "The first boat leaves on Friday morning with room for forty cars, and a second one follows "
    "in June when the yard has finished the repairs that were ordered last year.",
    "Tomas Reed, who leads the fishermen of Kestrel Island, said that he would be on board. “We "
    "have waited for this since October,” he said, “and we shall not wait for fine weather.”",
    "The company did not say what a crossing will cost. Its last price was nine crowns for a car, "
    "and the ministry pays as much again for everybody who lives on the islands all the year.",
    "Schools will begin an hour later in the first week, so that pupils from Kestrel Island can "
    "come by the morning boat and be home again before it is dark.",
]
CAPTION = "The ferry at the quay of Norvik on Monday. Photo: Lena Marsh"
RELATED = [
    "Ferries in figures",
    "Forty cars and two hundred people find room on the boat, which was built in 1998.",
    "It needs fifty minutes for the crossing to Kestrel Island, and an hour against the wind.",
]
MORE = [
    "On Kestrel Island the news was heard on the radio, in the shop and in the school, where "
    "lessons stopped for the rest of the day.",
    "Marta Lind, who has run the shop for thirty years, said that she had begun to pack. “I would "
    "have been gone by summer,” she said. “Now I have ordered paint.”",
    "The yard in Sund has promised the second boat for June. It has promised so before, the "
    "shipping office notes in its report, and it was late by five weeks.",
    "Whoever wants to be on the first boat can write to the office or come to the quay. There is "
    "no charge for the first crossing, and there will be coffee.",
    "The ministry did not answer a letter in which this newspaper asked how long the money will "
    "last. The mayor said that she had the same question.",
]
HEAD = Set(60, 740, 18, HEADLINE, "F2")


def one_column() -> Sample:
    """One column, paragraphs indented."""
    return Sample(printed(Sheet([HEAD, *column(STORY)])), [HEADLINE, *STORY])


def _two_columns(gutter: float = 20, letters: int = 38) -> list[list[Set]]:
    return parted(column(STORY, letters=letters), 2, letters * WIDTH * 10 + gutter)


def two_columns() -> Sample:
    """Two columns, drawn one after the other."""
    return Sample(printed(Sheet([HEAD, *chain(*_two_columns())])), [HEADLINE, *STORY])


def two_columns_by_row() -> Sample:
    """Two columns, drawn row by row."""
    return Sample(printed(Sheet([HEAD, *by_row(*_two_columns())])), [HEADLINE, *STORY])


def narrow_gutter() -> Sample:
    """Two columns with a narrow gutter, their lines at different heights, drawn row by row."""
    left, right = _two_columns(gutter=9)
    right = [line._replace(y=line.y - 5) for line in right]
    return Sample(printed(Sheet([HEAD, *by_row(left, right)])), [HEADLINE, *STORY])


def three_columns() -> Sample:
    """Three columns below a headline and an introduction across them, drawn row by row."""
    lead = "Two islands, three petitions and one vote: how the boat came back to a small town."
    columns = parted(column(STORY, letters=26), 3, 170, y=670)
    sheet = Sheet([HEAD, Set(60, 710, 10, lead, "F2"), *by_row(*columns)])
    return Sample(printed(sheet), [HEADLINE, lead, *STORY])


def hyphens() -> Sample:
    """Words cut at the ends of lines and of a column; a word that has its hyphen keeps it."""
    lines = [
        "The islands have a long-term plan, the",
        "mayor said on Monday, and the coun-",
        "cil will vote on it in June, when all",
        "ships are back from the yard. The long-",
        "term plan costs nothing, says Jean-",
        "Claude Aubry, who wrote it with a com-",
        "mittee of eleven. It was a hard win-",
        "ter for the two islands, and it was a",
        "quiet one. Nobody was hurt, Aubry said.",
        "He will go to Kestrel Island by the",
        "first boat that sails in May.",
    ]
    columns = [
        [Set(60 + 280 * (n // 6), 700 - 12 * (n % 6), 10, text)] for n, text in enumerate(lines)
    ]
    whole = (
        "The islands have a long-term plan, the mayor said on Monday, and the council will vote on "
        "it in June, when all ships are back from the yard. The long-term plan costs nothing, says "
        "Jean-Claude Aubry, who wrote it with a committee of eleven. It was a hard winter for the "
        "two islands, and it was a quiet one. Nobody was hurt, Aubry said. He will go to Kestrel "
        "Island by the first boat that sails in May."
    )
    return Sample(printed(Sheet([HEAD, *chain(*columns)])), [HEADLINE, whole])


def ligatures() -> Sample:
    """Letters drawn as one glyph are letters again."""
    text = "“The official chief of staff will find a different, baffling office,” said Ada Holm."
    drawn = text
    for letters, glyph in {"ffi": "Ã", "ffl": "Ä", "fi": "À", "fl": "Á", "ff": "Â"}.items():
        drawn = drawn.replace(letters, glyph)
    assert drawn != text
    return Sample(printed(Sheet([HEAD, Set(60, 700, 10, drawn, "F3")])), [HEADLINE, text])


def unnamed_glyphs() -> Sample:
    """A line in a font that does not say what its glyphs are: nobody can know."""
    secret = "Nvplxj hgt jut gfssz"
    lines = [HEAD, *column(STORY[:2]), Set(60, 600, 10, secret, "F4")]
    return Sample(printed(Sheet(lines)), [HEADLINE, *STORY[:2], secret])


def turned_page() -> Sample:
    """A page that stands on its side, and is shown upright."""
    lines = [HEAD, *by_row(*_two_columns())]
    # (x, y) of the upright page is (792 - y, x) of the page as it lies in the file.
    lying = [line._replace(x=792 - line.y, y=line.x) for line in lines]
    sheet = Sheet(lying, entries="/MediaBox [0 0 792 612] /Rotate 90")
    return Sample(printed(sheet, matrix="0 1 -1 0"), [HEADLINE, *STORY])


def side_credit() -> Sample:
    """A credit that stands on its side beside the text comes after it."""
    credit = Set(590, 500, 6, "Photo: Lena Marsh / Island News")
    turned = shown(credit, "0 1 -1 0")
    content = b"".join(map(shown, [HEAD, *column(STORY)]))
    objects = [CATALOG, b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>", COURIER]
    objects += [
        stream(turned + content),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 3 0 R /F2 3 0 R >> >> >>",
    ]
    return Sample(assembled(objects), [HEADLINE, *STORY, credit.text])


def running_lines() -> Sample:
    """Heads, feet and page numbers of three pages, left and right ones; a sentence goes on."""
    lines = column(STORY + MORE, letters=70)
    pages = []
    for number in range(4):
        part = lines[number * 9 : (number + 1) * 9]
        down = 700 - part[0].y
        head = "The Norvik Post" if number % 2 else "Islands and Sea"
        pages.append(
            Sheet(
                [
                    Set(60, 760, 8, head),
                    Set(500, 760, 8, f"{number + 1}"),
                    *(line._replace(y=line.y + down) for line in part),
                    Set(60, 40, 7, f"Printed on recycled paper in Norvik - Page {number + 1} of 4"),
                ]
            )
        )
    assert 27 < len(lines) <= 36
    return Sample(printed(*pages), STORY + MORE)


def browser_print() -> Sample:
    """What a browser prints above and below one page."""
    lines = [
        Set(24, 775, 7, "12/1/26, 3:43 PM"),
        Set(250, 775, 7, f"{HEADLINE} - The Norvik Post"),
        HEAD,
        *column(STORY),
        Set(24, 16, 7, "https://norvik.example/news/2026/ferry-back.html"),
        Set(570, 16, 7, "1/1"),
    ]
    return Sample(printed(Sheet(lines)), [HEADLINE, *STORY])


def caption_in_a_sentence() -> Sample:
    """A picture's caption at the head of the second column, where a sentence goes on."""
    left, right = _two_columns()
    right = [line._replace(y=line.y - 36) for line in right]
    caption = column([CAPTION], right[0].x, letters=54, size=7, lead=9, indent=0)
    assert not left[-1].text.endswith(".")
    return Sample(
        printed(Sheet([HEAD, *left, *caption, *right])), [HEADLINE, *STORY[:4], CAPTION, *STORY[4:]]
    )


def caption_beside() -> Sample:
    """A picture at the right with its caption below it: the text is narrower beside them."""
    top = column(STORY[:3], letters=80)
    under = top[-1].y - 12
    beside = column(STORY[3:4], letters=56, y=under)
    caption = column([CAPTION], 60 + 57 * 6, y=under - 3, letters=32, size=7, lead=9, indent=0)
    rest = column(STORY[4:], y=beside[-1].y - 12)
    assert len(beside) > len(caption) == 2
    return Sample(
        printed(Sheet([HEAD, *caption, *top, *beside, *rest])),
        [HEADLINE, *STORY[:3], CAPTION, *STORY[3:]],
    )


def end_at_a_column() -> Sample:
    """A full line ends a sentence and a column: a new paragraph would be indented."""
    left = [
        "The council of Norvik",
        "voted late on Tuesday,",
        "to reopen the old line.",
        "Nobody was against it.",
    ]
    right = [
        "It had been closed for",
        "three years and a day.",
        "The boat leaves at",
        "seven on Friday morning.",
    ]
    more = ["It has room for forty", "cars, and for as many", "bicycles as come."]
    indents = {0: 12, 4: 0, 6: 12, 8: 12}
    lines = [
        Set(60 + 190 * (n > 3) + indents.get(n, 0), 700 - 12 * (n if n < 4 else n - 4), 10, text)
        for n, text in enumerate(left + right + more)
    ]
    return Sample(
        printed(Sheet(lines)),
        [" ".join(left + right[:2]), " ".join(right[2:]), " ".join(more)],
    )


def caption_across() -> Sample:
    """A wide picture's caption across both columns, which go on below it."""
    left, right = _two_columns()
    half = len(left) // 2
    lower = [
        [line._replace(y=line.y - 60 * (n >= half)) for n, line in enumerate(part)]
        for part in (left, right)
    ]
    caption = Set(60, left[half].y - 30, 7, f"{CAPTION}, who was there with her son at noon")
    return Sample(printed(Sheet([HEAD, *chain(*lower), caption])), [HEADLINE, *STORY, caption.text])


def box_in_a_column() -> Sample:
    """A box of related text within the second column, which goes on below it."""
    left, right = _two_columns()
    box = column(RELATED, right[0].x + 8, letters=34, size=9, lead=11, indent=0)
    at = next(n for n in range(6, len(right)) if not right[n - 1].text.endswith((".", "”")))
    high = 11 * len(box) + 24
    top = right[at].y + 9
    box = [line._replace(y=line.y - (700 - top) - 14) for line in box]
    box[0] = box[0]._replace(font="F2")
    right = [line._replace(y=line.y - (high if n >= at else 0)) for n, line in enumerate(right)]
    x = min(line.x for line in right)
    frame = f"{x} {top - high + 4} 228 {high - 4} re S\n"
    split = " ".join(line.text for line in left + right[:at])
    before = next(n for n in range(1, len(STORY) + 1) if len(" ".join(STORY[:n])) >= len(split))
    return Sample(
        printed(Sheet([HEAD, *left, *right[:at], *box, *right[at:]], drawn=frame)),
        [HEADLINE, *STORY[:before], *RELATED, *STORY[before:]],
    )


def drop_cap() -> Sample:
    """A large first letter beside two lines belongs to the first word."""
    lines = column(STORY, indent=0, gap=8, letters=70)
    first = lines[0]._replace(x=80, text=lines[0].text[1:])
    second = lines[1]._replace(x=80)
    cap = Set(60, lines[1].y, 30, lines[0].text[0], "F2")
    return Sample(printed(Sheet([HEAD, cap, first, second, *lines[2:]])), [HEADLINE, *STORY])


def labels() -> Sample:
    """An interview: short labels at the left, what is said at the right of them."""
    turns = [
        ("REED:", "We have waited for this since October, and we shall not wait any more."),
        ("HOLM:", "Nobody has to wait. The first boat leaves on Friday morning at seven."),
        ("REED:", "Then I shall be on board, whatever the weather is on that morning."),
        ("HOLM:", "There is room for forty cars, and for everybody who comes on foot."),
    ]
    lines = []
    for n, (label, said) in enumerate(turns):
        lines += [Set(60, 700 - 14 * n, 10, label, "F2"), Set(130, 700 - 14 * n, 10, said)]
    return Sample(printed(Sheet(lines)), [f"{label} {said}" for label, said in turns])


SAMPLES: dict[str, Callable[[], Sample]] = {
    make.__name__: make
    for make in (
        one_column,
        two_columns,
        two_columns_by_row,
        narrow_gutter,
        three_columns,
        hyphens,
        ligatures,
        unnamed_glyphs,
        turned_page,
        side_credit,
        running_lines,
        browser_print,
        caption_in_a_sentence,
        caption_beside,
        end_at_a_column,
        caption_across,
        box_in_a_column,
        drop_cap,
        labels,
    )
}
