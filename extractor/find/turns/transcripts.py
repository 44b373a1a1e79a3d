"""Decides which lines with labels are turns of a conversation; a single one never is.

* "Q:" and "A:" are, where an answer follows a question.
* Names are, where three lines or more have one, somebody speaks twice, speakers take turns, most of
  them are people by title, by role or by what the article says of them, and people speak: of "I",
  "we" and "you", or in questions. "Trump: 1,769. Clinton: 2,316." has labels, but nobody speaks.
* In a live blog, where times stand before the names, nobody need speak twice.
* Names alone on their lines, without a colon, are labels where four lines have one.

Without any label, paragraphs that ask and are answered are turns where the questions say "you", the
answers "I", and the introduction names one person (see `find_questions`).
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from extractor.article import Article
from extractor.find.turns.labels import (
    STAMPED,
    Label,
    has_title,
    read_bare_label,
    read_glued_question,
    read_label,
)
from extractor.find.turns.lines import (
    FEWEST_QUESTIONS,
    has_repeated_lines,
    lines_of,
    lines_with_marks,
)
from extractor.language.en.lists import word_set
from extractor.text.spans import Span

_FEWEST = 3  # turns of a transcript with names
_FEWEST_BARE = 4  # of one whose names stand alone on their lines
_SPEAKING = 0.012  # words of the first or second person, and questions, a word
_SHORT = 5  # words; of a shorter turn nothing is expected, a question aside
_LONGEST_QUESTION = 60  # words
_LONGEST_READ = 3_000  # characters of a turn that are looked at

_PERSONS = word_set("turns.persons")
_ADDRESSED = word_set("turns.addressed")
_SPEAKING_PERSONS = _PERSONS - word_set("turns.replies")
_FIRST = _SPEAKING_PERSONS - _ADDRESSED
_QUESTION_MARK = re.compile("[?？]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_QUOTED = re.compile(r"“[^”]{0,2000}”|\"[^\"]{0,2000}\"|«[^»]{0,2000}»")

IsPerson = Callable[[Label], bool]


def find_labels(article: Article, is_person: Callable[[], IsPerson]) -> list[Label]:
    """Return the labels of the article's turns in order, none where it holds no transcript.

    `is_person` returns a test whether a label names somebody whom the article knows as a person;
    it is called only where there are labels enough.
    """
    text = article.text
    labels = [label for line in lines_with_marks(article) if (label := read_label(text, line))]
    named = _Named(text, is_person)
    if len(labels) >= 2:
        labels = _with_one_key_each(_without_headline(article, labels))
        asked = _questions_and_answers(article, labels)
        if found := named.transcript(labels, asked) or asked:
            return found
    return named.bare(article) if has_repeated_lines(article) else []


def speaks_of_himself(words: str) -> bool:
    """Return whether a text says "I", "we" or "you" outside of quotations."""
    plain = _QUOTED.sub(" ", words[:_LONGEST_READ])
    return any(word in _SPEAKING_PERSONS for word in _words(plain))


def _words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def _without_headline(article: Article, labels: list[Label]) -> list[Label]:
    """Return the labels without that of the headline: "Trump: I will stay" over a transcript."""
    first = labels[0]
    if first.line.paragraph != 0 or first.ends_line:
        return labels
    heading = article.paragraphs[0].kind == "heading"
    alone = article.text[first.line.span.end : labels[1].line.span.start].strip()
    return labels[1:] if heading or alone else labels


def _with_one_key_each(labels: list[Label]) -> list[Label]:
    """Return the labels with last names and initials keyed as the full name in another label.

    "Vik" and "JV" as "Jonas Vik", where no other name in a label ends or begins so.
    """
    full: dict[str, set[str]] = {}
    for key in {label.key for label in labels if label.form in ("name", "capitals")}:
        words = key.split()
        if len(words) > 1:
            full.setdefault(words[-1], set()).add(key)
            full.setdefault("".join(word[0] for word in words), set()).add(key)
    return [
        replace(label, key=next(iter(longer)))
        if len(longer := full.get(label.key, ())) == 1
        else label
        for label in labels
    ]


def _questions_and_answers(article: Article, labels: list[Label]) -> list[Label]:
    """Return the labels "Q" and "A" where answers follow questions; names among them too."""
    text, answers = article.text, [label for label in labels if label.form == "answering"]
    if not answers:
        return []
    if not any(label.form == "asking" for label in labels) and len(answers) > 1:
        glued = [label for line in lines_of(article) if (label := read_glued_question(text, line))]
        labels = sorted((*labels, *glued), key=lambda label: label.span)
    pairs = [
        (question, answer)
        for question, answer in pairwise(labels)
        if question.form == "asking" and answer.form == "answering"
    ]
    asks = [q for q, a in pairs if _QUESTION_MARK.search(text, q.span.end, a.span.start)]
    return [label for label in labels if label.form in ("asking", "answering")] if asks else []


class _Named:
    """Finds a transcript whose labels are names."""

    def __init__(self, text: str, is_person: Callable[[], IsPerson]) -> None:
        self._text = text
        self._is_person = is_person

    def transcript(self, labels: list[Label], asked: list[Label]) -> list[Label]:
        """Return those of the labels that begin turns; none where names begin no transcript."""
        named = [label for label in labels if label.form != "answering"]
        counts = Counter(label.key for label in named)
        times = sum(label.stamped for label in named)
        if len(named) < (2 if times > 1 else _FEWEST) or len(counts) < 2:
            return []
        if max(counts.values()) < 2 and times < 2:
            return []
        is_person = self._is_person()
        asking = self._asking(labels)
        sure = {label.key: label.key in asking or is_person(label) for label in named}
        capitals = sum(label.form in ("capitals", "initials") for label in named)
        shouted = capitals >= 0.7 * len(named)
        kept = [
            label
            for label in named
            if sure[label.key]
            or counts[label.key] > 1
            or (shouted and label.form == "capitals" and has_title(self._text, label))
        ]
        if not self._is_conversation(kept, sure, shouted):
            return []
        answers = [label for label in asked if label.form == "answering"]
        return sorted((*kept, *answers), key=lambda label: label.span)

    def _asking(self, labels: list[Label]) -> set[str]:
        """Return the keys of labels behind which, more than once, hardly anything but is asked."""
        asked: dict[str, list[bool]] = {}
        for label, following in pairwise((*labels, None)):
            assert label is not None  # noqa: S101 (only the last is none)
            said = self._said(label, following).rstrip("*_ \n")
            asked.setdefault(label.key, []).append(said[-1:] in ("?", "？"))
        return {key for key, each in asked.items() if sum(each) > max(1, 0.7 * len(each))}

    def _is_conversation(self, kept: list[Label], sure: dict[str, bool], shouted: bool) -> bool:
        """Return whether labels are those of people who speak in turns."""
        counts = Counter(label.key for label in kept)
        stamped = [label for label in kept if label.stamped]
        people = sum(sure[label.key] for label in kept)
        recurring = sum(count > 1 for count in counts.values())
        if len(stamped) >= 2 and len(stamped) >= 0.5 * len(kept):
            formed = people >= 0.5 * len(kept) or recurring >= 2
        elif len(kept) < _FEWEST or len(counts) < 2 or not recurring:
            return False
        else:
            formed = people >= 0.5 * len(kept) or (shouted and recurring >= 2 and len(kept) >= 4)
        changes = sum(a.key != b.key for a, b in pairwise(kept))
        return formed and changes >= 0.5 * (len(kept) - 1) and self._people_speak(kept)

    def _people_speak(self, labels: Sequence[Label]) -> bool:
        """Return whether the words behind the labels are those of people who speak."""
        words = spoken = turns = speaking = 0
        for label, following in pairwise((*labels, None)):
            assert label is not None  # noqa: S101 (only the last is none)
            said = self._said(label, following)
            plain = _QUOTED.sub(" ", said)
            each = _words(plain)
            told = sum(word in _PERSONS for word in each) + plain.count("?")
            words, spoken = words + len(each), spoken + told
            if len(each) >= _SHORT or "?" in plain:
                turns, speaking = turns + 1, speaking + (told > 0)
        return spoken >= max(1, _SPEAKING * words) and speaking >= 0.34 * turns

    def _said(self, label: Label, following: Label | None) -> str:
        """Return the line behind a label, or the next one where the label ends its line."""
        end = label.line.span.end
        if label.ends_line:
            behind = self._text.find("\n", label.span.end)
            start = behind if behind >= 0 else end
            while start < len(self._text) and self._text[start].isspace():
                start += 1
            end = self._text.find("\n", start)
            end = len(self._text) if end < 0 else end
        else:
            start = label.span.end
        if following is not None:
            end = min(end, following.span.start)
        return self._text[start : min(end, start + _LONGEST_READ)]

    def bare(self, article: Article) -> list[Label]:
        """Return labels that are names alone on their lines; none where these are headings."""
        labels: list[Label] = []
        for line, below in pairwise(lines_of(article)):
            if below.span.end - below.span.start <= 1 or (labels and labels[-1].line is line):
                continue
            label = read_bare_label(self._text, line)
            if label is None or label.form in ("asking", "answering"):
                continue
            if self._text[below.span.end - 1] in '.!?…”"’)]—–-':
                labels.append(label)
        counts = Counter(label.key for label in labels)
        if len(labels) < _FEWEST_BARE or sum(count > 1 for count in counts.values()) < 2:
            return []
        is_person = self._is_person()
        sure = {label.key: is_person(label) for label in labels}
        labels = [label for label in labels if counts[label.key] > 1 or sure[label.key]]
        people = sum(sure[label.key] for label in labels)
        changes = sum(a.key != b.key for a, b in pairwise(labels))
        taken = people >= 0.7 * len(labels) and changes >= 0.7 * (len(labels) - 1)
        return labels if taken and self._people_speak(labels) else []


def begins_with_time(text: str, span: Span) -> bool:
    """Return whether a paragraph begins with a time of day, as the posts of a live blog do."""
    return STAMPED.match(text, *span) is not None


def find_questions(article: Article) -> list[int]:
    """Return the paragraphs that ask somebody who answers in those behind them; often none.

    Three or more ask, most of them of "you", and most answers say "I" or "we".
    """
    text = article.text
    asking = [p.index for p in article.paragraphs if _asks(text, p.span)]
    if len(asking) < FEWEST_QUESTIONS:
        return []
    known = set(asking)
    starts = [at for at in asking if at and at - 1 not in known]
    if not starts:
        return []
    ends = [*starts[1:], len(article.paragraphs)]
    questions, answered, addressed = [], 0, 0
    for at, end in zip(starts, ends, strict=True):
        bodies = [p for p in article.paragraphs[at + 1 : end] if p.kind == "body"]
        if not bodies:
            continue
        questions.append(at)
        answer = _QUOTED.sub(" ", text[bodies[0].span.start : bodies[-1].span.end][:_LONGEST_READ])
        answered += not _FIRST.isdisjoint(_words(answer))
        addressed += not _ADDRESSED.isdisjoint(_words(article.paragraphs[at].span.of(text)))
    several = len(questions) >= FEWEST_QUESTIONS
    if several and addressed >= 0.5 * len(questions) and answered >= 0.6 * len(questions):
        return questions
    return []


def _asks(text: str, span: Span) -> bool:
    """Return whether a paragraph is a question and nothing else that matters."""
    if text[span.end - 1] not in "?*_":
        return False
    words = span.of(text).strip("*_ ")
    return (
        words[-1:] == "?"
        and words[0] not in "\"“”«'‘"
        and len(words) <= 600
        and words.count(" ") < _LONGEST_QUESTION
    )
