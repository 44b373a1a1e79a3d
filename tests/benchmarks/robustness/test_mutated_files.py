"""Mutated files of every kind are read or refused; what becomes of them is counted as it was."""

from pathlib import Path

import pytest

from extractor.errors import ArticleTooLarge, EmptyArticle, NotAnArticle
from extractor.run.inputs.sources import sources_in
from extractor.settings import Settings
from tests.benchmarks.robustness import mutated_files
from tests.benchmarks.robustness.mutated_files import KINDS, Mill, Tally, made, taken_through
from tests.support.seeds import seeds_of

SETTINGS = Settings(article_seconds=20)


@pytest.mark.parametrize("kind", KINDS)
def test_what_files_are_made_of_is_read(kind: str, tmp_path: Path) -> None:
    """Every seed holds an article, or some, and has the quotation of the mayor."""
    for name, data in seeds_of(kind).items():
        (tmp_path / name).write_bytes(data)
        texts = [source.load().text for source in sources_in([str(tmp_path / name)])]
        assert texts, name
        assert any("Norvik" in text or "boat" in text or "Kestrel" in text for text in texts), name


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    """By no error but ours; the same files every time."""
    for number in range(12):
        name, done, data = made(kind, number)
        assert made(kind, number) == (name, done, data)
        (tmp_path / name).write_bytes(data)
        became, _ = taken_through(str(tmp_path / name), SETTINGS, True)
        allowed = {"read", *(error.__name__ for error in (ArticleTooLarge, EmptyArticle))}
        assert set(became) <= {*allowed, NotAnArticle.__name__, "InputError"}


def _faulty(path: str, *_: object) -> object:
    raise ValueError(f"nobody expected {path}")


@pytest.mark.process
def test_outcomes_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read, refused, slow; an error that is none of ours is a fault, and the next file is read."""
    mill, tally = Mill(Settings(article_seconds=0.5), tmp_path, True), Tally()
    try:
        assert mill.outcome("a.txt", b"Nobody spoke against it.", tally) == "read"
        assert mill.outcome("a.docx", b"PK\x03\x04", tally) == "refused"
        assert mill.outcome("a.html", b"<!-- no end", tally) == "refused"
        mill.close()
        with monkeypatch.context() as patched:
            patched.setattr(mutated_files, "taken_through", _faulty)
            assert mill.outcome("a.txt", b"Words.", tally).startswith("fault: RuntimeError")
            patched.setattr(mutated_files, "taken_through", _endless)
            assert mill.outcome("a.txt", b"Words.", tally) == "slow"
        mill.close()  # a fork has what was patched
        assert mill.outcome("a.txt", b"Words.", tally) == "read"
    finally:
        mill.close()
    assert tally.became == {"read": 2, "refused": 2, "fault": 1, "slow": 1}
    assert tally.errors == {"NotAnArticle": 1, "EmptyArticle": 1}
    assert not list(tmp_path.iterdir())


def _endless(path: str, *_: object) -> object:
    while True:
        pass


@pytest.mark.process
@pytest.mark.slow
def test_a_small_run_has_no_faults(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the command makes it, extraction by the rules included: status 0, and all are counted."""
    monkeypatch.setattr("sys.argv", ["mutated_files", "--count", "120", "--seed", "7"])
    assert mutated_files.main() == 0
    assert "\n120 files, " in capsys.readouterr().out
