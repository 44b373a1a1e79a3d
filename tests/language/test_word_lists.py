"""The word lists: their format, and that lists and code fit together."""

import ast
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from extractor.language.en.lists import ENGLISH
from extractor.language.word_lists import WordListError, WordLists, alternatives, parse

PACKAGE = Path(__file__).resolve().parents[2] / "extractor"
READERS = {"word_set", "word_tuple", "word_labels", "word_groups", "_values"}


def lists_of(folder: Path, text: str) -> WordLists:
    (folder / "f.txt").write_text(text, encoding="utf-8")
    return WordLists(folder, lambda base: (base, base + "s", base + "ed"))


def asked_for() -> dict[str, list[tuple[str, ...]]]:
    """Return the lists that the code asks for by name, with the labels of each call."""
    calls: dict[str, list[tuple[str, ...]]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            reader = node.func.id if isinstance(node.func, ast.Name) else None
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            of_irregular = isinstance(owner, ast.Name) and owner.id == "_IRREGULAR"
            if reader in READERS or (name in ("words", "groups", "labelled") and of_irregular):
                words = [a.value for a in node.args if isinstance(a, ast.Constant)]
                if words and "." in words[0]:
                    calls.setdefault(words[0], []).append(tuple(words[1:]))
    return calls


def test_a_section_is_read_as_words_phrases_and_groups(tmp_path: Path) -> None:
    """Blanks part words, quotation marks hold a phrase, a label opens a group, "*" makes forms."""
    lists = lists_of(
        tmp_path,
        '# what it is for\n[plain]\n# an example\nhome "at home"\nwork\n\n'
        '[table]\nup: lift*\n  "let go"\ndown: fall lifted\n',
    )
    assert lists.ordered("f.plain") == ("home", "at home", "work")
    assert lists.groups("f.table") == {
        "up": ("lift", "lifts", "lifted", "let go"),
        "down": ("fall", "lifted"),
    }
    assert lists.words("f.table", "down") == {"fall", "lifted"}
    assert lists.labelled("f.table") == {
        "lift": "up", "lifts": "up", "lifted": "down", "let go": "up", "fall": "down",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("word\n", "f.txt:1: words before"),
        ("[a]\nx\n[a]\ny\n", "f.txt:3: a section's name"),
        ("[a\nx\n", "f.txt:1: a section's name"),
        ('[a]\nx "y z\n', 'f.txt:2: a " is not closed'),
        ("[a]\n# nothing\n", "f.txt: the section [a] is empty"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(text: str, message: str) -> None:
    """Whoever edits a list reads which line is wrong."""
    with pytest.raises(WordListError) as refusal:
        parse(text, "f.txt")
    assert message in str(refusal.value)


def test_what_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    """A file, a section, a group, a label that is not allowed, and a word in two groups."""
    lists = lists_of(tmp_path, "[a]\nup: x\ndown: y\n[b]\nup: x\ndown: x\n")
    for ask, part in (
        (lambda: lists.words("g.a"), "g.txt"),
        (lambda: lists.words("f.c"), "[c]"),
        (lambda: lists.words("f.a", "left"), "f.txt:2"),
        (lambda: lists.labelled("f.a", ("up",)), "f.txt:3"),
        (lambda: lists.labelled("f.b"), "f.txt:6"),
    ):
        with pytest.raises(WordListError) as refusal:
            ask()
        assert part in str(refusal.value)


def test_alternatives_try_the_longest_word_first() -> None:
    """A word that begins like a longer one never hides it."""
    assert alternatives(["sep", "sept", "a.m"]) == r"sept|a\.m|sep"


def test_every_list_that_is_asked_for_exists_with_its_groups() -> None:
    """No module asks for a list, or a group of one, that no file has."""
    for name, calls in asked_for().items():
        for labels in calls:
            assert ENGLISH.ordered(name, *labels)


def test_every_section_is_read_by_some_module() -> None:
    """No list lies in the files that nothing uses."""
    sections = {f"{file}.{name}" for file in ENGLISH.files for name in ENGLISH.sections(file)}
    assert sections - set(asked_for()) == set()


def test_no_module_keeps_a_word_list_of_its_own() -> None:
    """What `find/` and `rules/` know of words lies in the files: "…".split() makes no set there."""
    # roles, classes and codes: names of the program, no words of a language
    ours = {"_ORDER", "_VERBAL", "_ENDS", "_CODES", "_KNOWN"}
    kept = []
    for path in chain(*(PACKAGE.joinpath(part).rglob("*.py") for part in ("find", "rules"))):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) not in ours:
                kept += [
                    f"{path.name}:{part.lineno}"
                    for part in ast.walk(node.value)
                    if isinstance(part, ast.Attribute)
                    and part.attr == "split"
                    and isinstance(part.value, ast.Constant)
                ]
    assert kept == []


def test_no_word_stands_twice_in_a_group() -> None:
    """A word is printed once in a list: neither again nor beside the verb whose form it is."""
    for file in ENGLISH.files:
        for section, lines in ENGLISH.sections(file).items():
            for label in {line.label for line in lines}:
                printed = list(chain.from_iterable(x.words for x in lines if x.label == label))
                verbs = [word for word in printed if word[-1] == "*" and len(word) > 1]
                forms = {
                    form
                    for verb in verbs
                    for form in ENGLISH._forms(verb[:-1])  # type: ignore[misc]
                }
                twice = {word for word in printed if printed.count(word) > 1 or word in forms}
                assert not twice, (file, section, label, twice)


def test_no_list_lies_in_two_places() -> None:
    """Two sections, or a section and a group of another, with the same words are one list."""
    places: dict[frozenset[str], set[str]] = {}
    for file in ENGLISH.files:
        for section in ENGLISH.sections(file):
            name = f"{file}.{section}"
            places.setdefault(ENGLISH.words(name), set()).add(name)
            for words in ENGLISH.groups(name).values():
                places.setdefault(frozenset(words), set()).add(name)
    same = [names for words, names in places.items() if len(names) > 1 and len(words) > 3]
    assert same == []


@pytest.mark.process
def test_help_reads_no_word_list() -> None:
    """`extract --help` is quick: it imports nothing that knows a language."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "extractor", "--help"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "extractor.cli" in told.stderr
    assert "extractor.language" not in told.stderr
