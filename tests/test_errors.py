"""The tree of errors as the docstring draws it."""

import re
from collections.abc import Iterator

from extractor import errors


def tree(error: type[Exception], level: int = 0) -> Iterator[tuple[str, int]]:
    """Yield the name of an error and of all below it, each with its level in the tree."""
    yield error.__name__, level
    for below in error.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from tree(below, level + 1)


def test_the_docstring_draws_every_error_in_its_place() -> None:
    """Every error of the module stands in the drawing, below the one that it is derived from."""
    drawing = re.findall(r"^ {4}([│ ├└─]*)([A-Z]\w+) ", errors.__doc__ or "", re.MULTILINE)
    drawn = [(name, len(indent) // 4) for indent, name in drawing]
    assert drawn == list(tree(errors.ExtractError))


def test_the_drawing_says_what_the_command_ends_with() -> None:
    """An error that is drawn with an exit status has it."""
    for name, status in re.findall(r"([A-Z]\w+) .*\(exit status (\d)\)", errors.__doc__ or ""):
        assert getattr(errors, name).exit_status == int(status)
