"""Reads a language's word lists from its data files; the format is described in README.md.

A list is asked for by the name of its file and section: `words("sanctions.goods")`. A file is read
once, when the first of its lists is asked for. What the words mean to a rule is said in the files.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

_ENTRY = re.compile(r'"([^"]+)"|([^"\s]+)')


class Entry(NamedTuple):
    """One word or phrase of a section, as printed in its file."""

    text: str
    label: str  # of its group; "" without one
    line: int  # from 1


class WordListError(ValueError):
    """A data file is malformed, or a list that was asked for is not in it; names the place."""


class WordLists:
    """The word lists of one language: a folder of text files, each read once and only if needed."""

    def __init__(self, folder: Path, forms: Callable[[str], Iterable[str]] | None = None) -> None:
        """`forms` returns the forms of a verb; an entry "lift*" stands for those of "lift"."""
        self._folder = folder
        self._forms = forms
        self._files: dict[str, dict[str, list[Entry]]] = {}

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The names of the files, without their ending, in order of the alphabet."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.txt")))

    def sections(self, file: str) -> dict[str, list[Entry]]:
        """Return the sections of a file with their entries, in the order of the file."""
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
        entries = self._entries(name)
        known = {entry.label for entry in entries}
        for label in labels:
            if label not in known:
                raise WordListError(f"no group {label!r} in {name} ({self._place(name, entries)})")
        chosen = [e for e in entries if e.label in labels] if labels else entries
        return tuple(dict.fromkeys(form for entry in chosen for form in self._expand(entry)))

    def words(self, name: str, *labels: str) -> frozenset[str]:
        """Return the words of "file.section" as a set: all, or of the groups with these labels."""
        return frozenset(self.ordered(name, *labels))

    def labelled(self, name: str, labels: tuple[Any, ...] = ()) -> dict[str, Any]:
        """Return word -> the label of its group, in order of the file.

        `labels` are those that are allowed, e.g. `get_args(Action)`; any are without them. A word
        that is printed counts before a form of "verb*". Raises `WordListError` when a word stands
        in no group or in two, or a label is not allowed.
        """
        table: dict[str, str] = {}
        printed: dict[str, str] = {}
        for entry in self._entries(name):
            place = self._place(name, [entry])
            if labels and entry.label not in labels:
                raise WordListError(f"{place}: {entry.label!r} is none of {', '.join(labels)}")
            for form in self._expand(entry):
                known = printed if form == entry.text else table
                if not entry.label or known.setdefault(form, entry.label) != entry.label:
                    raise WordListError(f"{place}: {form!r} must stand in one group of {name}")
        return table | printed

    def groups(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return label -> the words of its group, in order of the file."""
        return {
            label: self.ordered(name, label)
            for label in dict.fromkeys(entry.label for entry in self._entries(name))
        }

    def _entries(self, name: str) -> list[Entry]:
        file, _, section = name.partition(".")
        found = self.sections(file).get(section)
        if found is None:
            raise WordListError(f"no section [{section}] in {file}.txt of {self._folder}")
        return found

    def _expand(self, entry: Entry) -> Iterable[str]:
        """Return the words that an entry stands for: the forms of a verb for "lift*"."""
        if entry.text[-1] == "*" and self._forms is not None:
            return self._forms(entry.text[:-1])
        return (entry.text,)

    def _place(self, name: str, entries: list[Entry]) -> str:
        return f"{name.partition('.')[0]}.txt:{entries[0].line}"


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first, as "Sept" before "Sep"."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def parse(text: str, file: str) -> dict[str, list[Entry]]:
    """Return the sections of a data file; raise `WordListError` with file and line if malformed."""
    sections: dict[str, list[Entry]] = {}
    entries: list[Entry] | None = None
    label = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line[0] == "#":
            continue
        if line[0] == "[":
            section = line.rstrip().removeprefix("[").removesuffix("]")
            if line.rstrip()[-1] != "]" or not section or section in sections:
                raise WordListError(f"{file}:{number}: a section's name must be new: [name]")
            entries, label = sections.setdefault(section, []), ""
            continue
        if entries is None:
            raise WordListError(f"{file}:{number}: words before the first [section]")
        first, colon, rest = line.partition(": ")
        if line[0] != " ":  # an indented line goes on with the group above
            label = first if colon else ""
        words = rest if colon else line
        if '"' not in words:
            entries += [Entry(word, label, number) for word in words.split()]
        elif words.count('"') % 2:
            raise WordListError(f'{file}:{number}: a " is not closed')
        else:
            entries += [Entry(a or b, label, number) for a, b in _ENTRY.findall(words)]
    for section, found in sections.items():
        if not found:
            raise WordListError(f"{file}: the section [{section}] is empty")
    return sections
