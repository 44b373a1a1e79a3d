"""A folder is trusted for what it held when the user said so, and for nothing else."""

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor import trust
from extractor.errors import UsageError
from extractor.trust import contents_of, revoke, standing_of, trusted_folders, user_folder
from tests.support.trusting import trusting


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own configuration folder of this test, not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "news-extract"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with settings and two schemas."""
    folder = tmp_path / "desk"
    (folder / "schemas").mkdir(parents=True)
    (folder / "extract.toml").write_text('model = "m"\n')
    (folder / "schemas" / "a.py").write_text("A = 1\n")
    (folder / "schemas" / "b.py").write_text("B = 1\n")
    return folder


def test_a_folder_is_trusted_as_it_was_and_revoked(desk: Path) -> None:
    """Before: never trusted. After: every file of it, by its bytes. Revoked: never trusted."""
    assert "was never trusted" in standing_of(desk).why_not
    standing = standing_of(trusting(desk))
    assert standing.is_trusted
    assert standing.covers("schemas/a.py", b"A = 1\n")
    assert not standing.covers("schemas/a.py", b"A = 2\n")
    assert not standing.covers("schemas/b.py", b"A = 1\n")
    assert not standing.covers("schemas/c.py", b"A = 1\n")
    assert revoke(desk)
    assert not revoke(desk)
    assert not standing_of(desk).is_trusted


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("extract.toml", 'model = "n"\n'),
        ("schemas/a.py", "A = 1 \n"),
        ("schemas/new.py", ""),
        ("schemas/.hidden.py", "x = 1\n"),
        ("extract.toml", None),
        ("schemas/b.py", None),
    ],
)
def test_any_change_needs_trust_anew(desk: Path, name: str, text: str | None) -> None:
    """A file changed, added or taken away: the folder is not trusted, and the file is named."""
    trusting(desk)
    if text is None:
        (desk / name).unlink()
    else:
        (desk / name).write_text(text)
    standing = standing_of(desk)
    assert not standing.is_trusted
    assert f"{name} has changed since you trusted it" in standing.why_not
    assert not standing.covers("schemas/a.py", b"A = 1\n")
    assert standing_of(trusting(desk)).is_trusted


def test_what_is_no_setting_and_no_schema_may_change(desk: Path) -> None:
    """Articles, prompts and sheets come and go without a question."""
    trusting(desk)
    (desk / "article.txt").write_text("news")
    (desk / "prompts").mkdir()
    (desk / "prompts" / "a.j2").write_text("words")
    (desk / "schemas" / "README.md").write_text("words")
    assert standing_of(desk).is_trusted


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_bytes_that_were_not_trusted_are_never_covered(trusted: bytes, used: bytes) -> None:
    """What is used counts, not what the disk says when it is asked."""
    standing = trust.Standing(Path("/desk"), "", (("extract.toml", trust._hash(trusted)),))
    assert standing.covers("extract.toml", used) == (trusted == used)


def test_the_bytes_that_were_read_count_not_those_on_the_disk(desk: Path) -> None:
    """A file that changed between its reading and the check does not pass by its new content."""
    trusting(desk)
    read_before = b'base_url = "http://127.0.0.1:9/v1"\n'
    assert not standing_of(desk, {"extract.toml": read_before}).is_trusted
    assert standing_of(desk, {"extract.toml": b'model = "m"\n'}).is_trusted


def test_another_place_needs_trust_of_its_own(desk: Path, tmp_path: Path) -> None:
    """A copy of a trusted folder is not trusted; a link to it is the folder itself."""
    trusting(desk)
    (tmp_path / "link").symlink_to(desk)
    assert standing_of(tmp_path / "link").is_trusted
    moved = desk.rename(tmp_path / "moved")
    assert "was never trusted" in standing_of(moved).why_not


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"folder": 3}', b"\xff\xfe", b"null"])
def test_a_damaged_record_is_told_and_trusts_nothing(
    desk: Path, own: Path, tmp_path: Path, content: bytes
) -> None:
    """Its own folder is not trusted, with the file's name; the others stay as they are."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "extract.toml").write_text("")
    trusting(other)
    before = set((own / "trusted").iterdir())
    trusting(desk)
    (record,) = set((own / "trusted").iterdir()) - before
    record.write_bytes(content)
    assert f"{record}: it is damaged" in standing_of(desk).why_not
    assert standing_of(other).is_trusted
    listed = list(trusted_folders())
    assert [found.folder for found in listed if not isinstance(found, str)] == [other]
    assert [found for found in listed if isinstance(found, str) and str(record) in found]
    assert record.read_bytes() == content
    assert standing_of(trusting(desk)).is_trusted


def test_a_record_put_in_another_ones_place_trusts_nothing(
    desk: Path, own: Path, tmp_path: Path
) -> None:
    """A record counts for the folder that it names only."""
    twin = tmp_path / "twin"
    (twin / "schemas").mkdir(parents=True)
    for name, data in contents_of(desk).items():
        (twin / name).write_bytes(data)
    trusting(twin)
    (record,) = (own / "trusted").iterdir()
    trusting(desk)
    (other,) = set((own / "trusted").iterdir()) - {record}
    other.write_bytes(record.read_bytes())
    assert not standing_of(desk).is_trusted


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_records_are_the_users_alone(desk: Path, own: Path) -> None:
    """The files can be read and written by their owner only, and so can the folder."""
    trusting(desk)
    (record,) = (own / "trusted").iterdir()
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700
    assert [path.name for path in record.parent.iterdir()] == [record.name]


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    """Folders that are trusted at the same moment are all trusted."""
    folders = [tmp_path / f"desk{number}" for number in range(24)]
    for folder in folders:
        folder.mkdir()
        (folder / "extract.toml").write_text("")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(trusting, folders))
    assert all(standing_of(folder).is_trusted for folder in folders)
    assert len(list(trusted_folders())) == 24


def test_the_users_folder_is_never_a_relative_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be looked for in the working directory, which may be a stranger's."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", "/home/ada")
    for given_name in ("config", "./config", ""):
        monkeypatch.setenv("XDG_CONFIG_HOME", given_name)
        assert user_folder() == Path("/home/ada/.config/news-extract")
    monkeypatch.setenv("HOME", "here")
    assert user_folder() is None
    monkeypatch.setenv("HOME", "/Users/ada")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert user_folder() == Path("/Users/ada/Library/Application Support/news-extract")


def test_without_a_home_nothing_is_trusted(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what cannot be remembered is refused, not taken for granted."""
    monkeypatch.setattr(trust, "user_folder", lambda: None)
    assert not standing_of(desk).is_trusted
    assert list(trusted_folders()) == []
    with pytest.raises(UsageError, match="XDG_CONFIG_HOME"):
        trusting(desk)


def test_what_is_no_file_of_its_kind_is_left_alone(desk: Path) -> None:
    """A pipe is not waited for, a folder is no schema, and no schema has a million bytes."""
    os.mkfifo(desk / "schemas" / "pipe.py")
    (desk / "schemas" / "folder.py").mkdir()
    assert sorted(contents_of(desk)) == ["extract.toml", "schemas/a.py", "schemas/b.py"]
    (desk / "schemas" / "long.py").write_bytes(b"#" * (trust.MAX_BYTES + 1))
    with pytest.raises(UsageError, match=r"long\.py: more than 1,000,000 bytes"):
        contents_of(desk)


def test_the_shipped_schemas_need_no_trust(tmp_path: Path) -> None:
    """In a checkout, where `./schemas` are ours, only extract.toml is asked about."""
    (tmp_path / "schemas").symlink_to(trust.shipped_folder("schemas"))
    assert contents_of(tmp_path) == {}
