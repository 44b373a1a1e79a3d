"""Reads a language's word lists from its data files; the format is described in README.md.

A list is named by its file and section: `words("sanctions.goods")`. A file is read once, when the
first of its lists is asked for. Comments in the files say what each list is for.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

_ENTRY = re.compile(r'"([^"]+)"|([^"\s]+)')


class Line(NamedTuple):
    """The words and phrases of one line of a section."""

    label: str  # of its group; "" without one
    words: list[str]  # as printed, without quotation marks
    number: int  # in the file, from 1


class WordListError(ValueError):
    """A data file is malformed, or a list that was asked for is not in it; names the place."""


class WordLists:
    """The word lists of one language: a folder of text files, each read once and only if needed."""

    def __init__(self, folder: Path, forms: Callable[[str], Iterable[str]] | None = None) -> None:
        """`forms` returns the forms of a verb; a word "lift*" stands for those of "lift"."""
        self._folder = folder
        self._forms = forms
        self._files: dict[str, dict[str, list[Line]]] = {}

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The names of the files, without their ending, in order of the alphabet."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.txt")))

    def sections(self, file: str) -> dict[str, list[Line]]:
        """Return the sections of a file, in its order; raise `WordListError` without the file."""
        if file not in self._files:
            path = self._folder / f"{file}.txt"
            if not path.is_file():
                raise WordListError(f"no word lists {path.name} in {self._folder}")
            self._files[file] = parse(path.read_text(encoding="utf-8"), path.name)
        return self._files[file]

    def ordered(self, name: str, *labels: str) -> tuple[str, ...]:
        """Return the words of "file.section" in order: all, or of the groups with these labels.

        Raises `WordListError` when there is no such section or group.
        """
        lines = self._lines(name)
        if labels:
            for label in labels:
                if all(line.label != label for line in lines):
                    raise WordListError(f"{_place(name, lines[0])}: no group {label!r} in {name}")
            lines = [line for line in lines if line.label in labels]
        return tuple(dict.fromkeys(word for line in lines for word in self._expand(line)))

    def words(self, name: str, *labels: str) -> frozenset[str]:
        """Return the words of "file.section" as a set: all, or of the groups with these labels."""
        return frozenset(self.ordered(name, *labels))

    def labelled(self, name: str, labels: tuple[Any, ...] = ()) -> dict[str, Any]:
        """Return word -> the label of its group, in order of the file.

        `labels` are those that are allowed, e.g. `get_args(Action)`; any are without them. A word
        that is printed counts before a form of "verb*". Raises `WordListError` when a word stands
        in no group or in two, or a label is not allowed.
        """
        of_forms: dict[str, str] = {}
        of_printed: dict[str, str] = {}
        for line in self._lines(name):
            if not line.label or (labels and line.label not in labels):
                among = f"one of {', '.join(labels)}" if labels else "a label"
                raise WordListError(f"{_place(name, line)}: {name} needs {among} before its words")
            printed = set(line.words)
            for word in self._expand(line):
                table = of_printed if word in printed else of_forms
                if table.setdefault(word, line.label) != line.label:
                    raise WordListError(f"{_place(name, line)}: {word!r} stands in two groups")
        return of_forms | of_printed

    def groups(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return label -> the words of its group, in order of the file."""
        labels = dict.fromkeys(line.label for line in self._lines(name))
        return {label: self.ordered(name, label) for label in labels}

    def _lines(self, name: str) -> list[Line]:
        """Return the lines of "file.section"; raise `WordListError` when there is none."""
        file, _, section = name.partition(".")
        found = self.sections(file).get(section)
        if found is None:
            raise WordListError(f"no section [{section}] in {file}.txt of {self._folder}")
        return found

    def _expand(self, line: Line) -> Iterator[str]:
        """Yield the words that a line stands for: the forms of a verb for "lift*"."""
        for word in line.words:
            if word[-1] == "*" and self._forms is not None:
                yield from self._forms(word[:-1])
            else:
                yield word


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first, as "Sept" before "Sep"."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def parse(text: str, file: str) -> dict[str, list[Line]]:
    """Return the sections of a data file; raise `WordListError` with file and line if malformed."""
    sections: dict[str, list[Line]] = {}
    lines: list[Line] | None = None
    label = ""
    for number, printed in enumerate(text.splitlines(), 1):
        if not printed or printed[0] == "#":
            continue
        if printed[0] == "[":
            section = printed.rstrip().removeprefix("[").removesuffix("]")
            if printed.rstrip()[-1] != "]" or not section or section in sections:
                raise WordListError(f"{file}:{number}: a section's name must be new: [name]")
            lines, label = sections.setdefault(section, []), ""
            continue
        if lines is None:
            raise WordListError(f"{file}:{number}: words before the first [section]")
        first, colon, rest = printed.partition(": ")
        if printed[0] != " ":  # an indented line goes on with the group above
            label = first if colon else ""
        words = rest if colon else printed
        if '"' not in words:
            lines.append(Line(label, words.split(), number))
        elif words.count('"') % 2:
            raise WordListError(f'{file}:{number}: a " is not closed')
        else:
            lines.append(Line(label, [a or b for a, b in _ENTRY.findall(words)], number))
    for section, found in sections.items():
        if not found:
            raise WordListError(f"{file}: the section [{section}] is empty")
    return sections


def _place(name: str, line: Line) -> str:
    return f"{name.partition('.')[0]}.txt:{line.number}"
