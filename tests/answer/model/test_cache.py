"""The cache of answers: what it saves, what it refuses, and that nothing is ever unpickled."""

import pickle
import random
import sqlite3
import stat
from pathlib import Path

import pytest

from extractor.answer.endpoint.cache import AnswerCache, SafeDisk, default_folder, request_key
from extractor.check.resolve import data_of
from extractor.errors import UsageError
from extractor.schema.wire import Shared
from tests.support.asking import ask, name_id, settings_for
from tests.support.stubs.server import answers, fails, in_turn, says, serving


class Bomb:
    """Something whose unpickling would leave a trace."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("exploded"),))  # type: ignore[return-value]


def good() -> dict[str, object]:
    """Return a right answer."""
    speaker = name_id("Anna Berg")
    rows = [
        {"quotation": q, "speaker": speaker, "via": None, "kind": "direct"}
        for q in ("Q1", "Q2", "Q3")
    ]
    return {"quotes": rows, "dismissed": []}


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    """The same question is answered from the cache: no call, no tokens, the same rows."""
    with serving(answers(good())) as stub:
        settings = settings_for(stub.base_url, cache_dir=tmp_path, no_cache=False)
        first, paid = ask(settings)
        second, free = ask(settings)
        assert len(stub.requests) == 1
    assert data_of(first.data) == data_of(second.data)
    assert (paid.calls, paid.cache_hits) == (1, 0)
    assert (free.calls, free.cache_hits, free.input_tokens, free.cost_usd) == (0, 1, 0, 0.0)


def test_refresh_asks_again_and_overwrites(tmp_path: Path) -> None:
    """`--refresh` passes the cache by when reading, not when writing."""
    other = {"quotes": [], "dismissed": [{"id": f"Q{n}", "reason": "x"} for n in (1, 2, 3)]}
    with serving(in_turn(answers(good()), answers(other))) as stub:
        settings = settings_for(stub.base_url, cache_dir=tmp_path, no_cache=False)
        ask(settings)
        ask(settings.model_copy(update={"refresh": True}))
        answer, usage = ask(settings)
        assert len(stub.requests) == 2
    assert usage.cache_hits == 1
    assert len(answer.dismissed) == 3


def test_no_cache_writes_nothing(tmp_path: Path) -> None:
    """`--no-cache` leaves no trace on disk."""
    with serving(answers(good())) as stub:
        settings = settings_for(stub.base_url, cache_dir=tmp_path / "c", no_cache=True)
        ask(settings)
        ask(settings)
        assert len(stub.requests) == 2
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    "bad", [fails(400), says(None, refusal="no"), says('{"quotes": [', finish="length")]
)
def test_what_is_no_answer_is_not_kept(tmp_path: Path, bad: object) -> None:
    """Refusals, cut answers and errors are asked again in the next run."""
    with serving(in_turn(bad, answers(good()))) as stub:  # type: ignore[arg-type]
        settings = settings_for(stub.base_url, cache_dir=tmp_path, no_cache=False)
        try:
            ask(settings)
        except Exception as error:
            assert "400" in str(error)  # noqa: PT017
        _, usage = ask(settings)
        assert len(stub.requests) == 2
        assert usage.cache_hits == 0


def test_the_key_tells_requests_apart() -> None:
    """Another endpoint, model, message or limit is another key; the order of fields is not."""
    request = {"model": "m", "max_tokens": 1}
    keys = {
        request_key("http://a/v1", request),
        request_key("http://b/v1", request),
        request_key("http://a/v1", {**request, "model": "n"}),
        request_key("http://a/v1", {**request, "max_tokens": 2}),
    }
    assert len(keys) == 4
    assert request_key("http://a/v1", {"max_tokens": 1, "model": "m"}) in keys


def test_keys_stay_what_they_were() -> None:
    """What earlier versions have paid for is found: the key of a request is this one for ever."""
    schema = Shared({"type": "object", "properties": {"b": {"const": 0.5}, "a": {"enum": ["é"]}}})
    request = {
        "model": "m",
        "messages": [{"role": "user", "content": "“Yes”,\n\tshe\x01 said"}],
        "temperature": 0.0,
        "response_format": {"type": "json_schema", "json_schema": {"schema": schema}},
    }
    assert (
        request_key("http://a/v1", request)
        == "024ffbb5af2e7e738ed6d00c184a7c4b00c0388c83288059183054281c45a221"
    )


def test_the_cache_stays_within_its_size(tmp_path: Path) -> None:
    """The oldest answers go when there are too many, while a run goes on and when it ends."""
    cache = AnswerCache(tmp_path, megabytes=1)
    for number in range(150):
        cache.put(str(number), {"text": random.Random(number).randbytes(10_000).hex()})
    assert 60 < cache.count() < 128
    cache.close()
    cache = AnswerCache(tmp_path, megabytes=1)
    assert cache.volume() <= 1 << 20
    assert cache.get("0") is None
    assert cache.get("149") is not None
    cache.close()


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    """Unicode, nesting and size survive, in the database and in files."""
    cache = AnswerCache(tmp_path)
    for key, value in {
        "small": {"text": "“Grüße”, 1 ≤ 2", "list": [1, None, True]},
        "large": {"text": "".join(chr(33 + i * 7919 % 50000) for i in range(150_000))},
    }.items():
        cache.put(key, value)
        assert cache.get(key) == value
    assert list(tmp_path.rglob("*.val"))
    assert cache.get("absent") is None
    cache.close()


def test_the_folder_is_its_owners(tmp_path: Path) -> None:
    """Answers may hold unpublished articles: nobody else can read the folder."""
    folder = tmp_path / "deep" / "cache"
    AnswerCache(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0, 1, 2, 3, 4])
def test_a_pickled_row_is_never_unpickled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    """A row that someone else wrote as a pickle is absent, whatever mode it claims."""
    monkeypatch.chdir(tmp_path)
    cache = AnswerCache(tmp_path / "cache")
    cache.put("key", {"a": 1})
    cache.close()
    with sqlite3.connect(tmp_path / "cache" / "cache.db") as rows:
        rows.execute("UPDATE Cache SET mode = ?, value = ?", (mode, pickle.dumps(Bomb())))
    cache = AnswerCache(tmp_path / "cache")
    assert cache.get("key") is None
    assert not Path("exploded").exists()
    cache.close()


def test_a_row_cannot_point_outside_the_folder(tmp_path: Path) -> None:
    """A row that names a file elsewhere is absent."""
    import zlib

    (tmp_path / "secret").write_bytes(zlib.compress(b'{"secret": true}'))
    cache = AnswerCache(tmp_path / "cache")
    cache.put("key", {"a": 1})
    with sqlite3.connect(tmp_path / "cache" / "cache.db") as rows:
        rows.execute("UPDATE Cache SET mode = 2, value = NULL, filename = '../secret'")
    assert cache.get("key") is None
    cache.close()


def test_only_strings_are_keys_and_only_json_is_stored(tmp_path: Path) -> None:
    """Anything that would have to be pickled is refused on the way in."""
    disk = SafeDisk(str(tmp_path))
    with pytest.raises(TypeError):
        disk.put(("a", "tuple"))
    with pytest.raises(TypeError):
        disk.store(Bomb(), False)
    with pytest.raises(KeyError):
        disk.get(pickle.dumps(Bomb()), False)


def test_a_broken_cache_is_told_or_passed_by(tmp_path: Path) -> None:
    """A file that is no database is a usage error with a way out; so is a place that is a file."""
    (tmp_path / "cache.db").write_bytes(b"this is no database, " * 100)
    with pytest.raises(UsageError, match="--no-cache"):
        AnswerCache(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="--cache-dir"):
        AnswerCache(tmp_path / "file")


def test_the_default_folder_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user's cache folder is used, a relative XDG_CACHE_HOME is not."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder().is_relative_to(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_folder().is_relative_to(Path.home())
