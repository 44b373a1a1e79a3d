"""The lines of an article that may begin with a speaker's label, found without reading them.

Most articles have hardly any: they are done with here, before the rest of the package is needed.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from extractor.article import Article, Paragraph
from extractor.frozen import frozen
from extractor.text.spans import Span

FURNITURE = frozenset({"caption", "credit", "byline"})
LONGEST = 130  # characters of a line that are searched for the end of a label
LONGEST_BARE = 80  # characters of a line that is a name and no more
FEWEST_QUESTIONS = 3  # of an interview without labels
_FEWEST_BARE = 4  # lines that are a name and no more

# Patterns that few articles need; they are compiled when one does.
_PLAY = r"\.\s?(?:—|–|―|--)\s"  # "Name. — …"
_QA = r"(?<![^\s*_>])[QA](?=[.)—–\s])"
_QA_SIGNS = ("Q.", "Q)", "Q —", "Q –", "\nA. ", "\nA) ", "\nQ ", "\nQ\t", "\nQ\u00a0")


_OF_TIMES = "0123456789:.[]()–—- "  # characters of the time that may stand before a name


@frozen
class Line:
    """A line of a paragraph that may begin with a label."""

    span: Span  # without blanks around it
    paragraph: int  # index into Article.paragraphs


def may_have_turns(article: Article) -> bool:
    """Return whether an article has two lines with labels, names on lines, or questions enough."""
    marked = lines_with_marks(article)
    return (
        (next(marked, None) is not None and next(marked, None) is not None)
        or has_repeated_lines(article)
        or sum(article.text[p.span.end - 1] in "?*_" for p in article.paragraphs)
        >= FEWEST_QUESTIONS
    )


def has_repeated_lines(article: Article) -> bool:
    """Return whether short paragraphs recur, as names do that stand alone on their lines."""
    text, seen, again = article.text, set[str](), 0
    for paragraph in article.paragraphs:
        start, end = paragraph.span
        if end - start <= LONGEST_BARE:
            words = text[start : min(end, start + 24)].lstrip(_OF_TIMES)[:12]
            if not words:
                continue
            again += words in seen
            seen.add(words)
    return again >= 2


def lines_of(article: Article) -> Iterator[Line]:
    """Yield the lines of the article's paragraphs, captions and bylines left out."""
    text = article.text
    for paragraph in article.paragraphs:
        if paragraph.kind in FURNITURE:
            continue
        start, end = paragraph.span
        while start < end:
            stop = text.find("\n", start, end)
            stop = end if stop < 0 else stop
            if line := _line(text, start, stop, paragraph.index):
                yield line
            start = stop + 1


def lines_with_marks(article: Article) -> Iterator[Line]:
    """Yield the lines in which a label may end, and few others: most articles have hardly any."""
    text, paragraphs = article.text, article.paragraphs
    begun = -1
    for at in _ends_of_labels(text):
        start = text.rfind("\n", 0, at) + 1
        if start <= begun or at - start > LONGEST or not _may_end_a_name(text, start, at):
            continue  # the same line, or too far in it
        begun = start
        index = bisect_right(paragraphs, start, key=_end_of)
        if index == len(paragraphs) or paragraphs[index].kind in FURNITURE:
            continue
        span = paragraphs[index].span
        stop = text.find("\n", max(at, span.start), span.end)
        stop = span.end if stop < 0 else stop
        if line := _line(text, max(start, span.start), stop, index):
            yield line


def _ends_of_labels(text: str) -> list[int]:
    """Return where labels may end, in order: a colon, "Name. —", "Q." and "A."."""
    places, at = [], text.find(":")
    while at >= 0:
        places.append(at)
        at = text.find(":", at + 1)
    if "：" in text:
        places += [found.start() for found in re.finditer("：", text)]
    if "—" in text or "–" in text or "--" in text or "―" in text:
        places += [found.start() for found in re.finditer(_PLAY, text)]
    if any(sign in text for sign in _QA_SIGNS):
        places += [found.start() for found in re.finditer(_QA, text)]
    return sorted(places)


def _may_end_a_name(text: str, start: int, at: int) -> bool:
    """Return whether the last word before a mark may end a label: it is capitalised or a number.

    Or it stands in brackets, where anything may. "He said:" is none.
    """
    while at > start and text[at - 1] in " \u00a0\u202f":  # "Vik :", as in French
        at -= 1
    word = text[max(start, text.rfind(" ", start, at) + 1) : at].strip("*_. ")
    begins = word[:1].isalnum() and not word[:1].islower()  # scripts without capitals have it so
    return begins or word[-1:] in (")", "]") or at == start


def _end_of(paragraph: Paragraph) -> int:
    return paragraph.span.end


def _line(text: str, start: int, end: int, paragraph: int) -> Line | None:
    """Return the line at start:end without blanks around it, None for a blank one."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Line(Span(start, end), paragraph) if start < end else None
