"""What a stranger's folder cannot do before `extract trust`, and what one's own does after it.

Whether anything is sent is told by a listener on this machine, whether anything runs by a file that
it would write.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from extractor import cli
from tests.conftest import ROOT
from tests.support.runs import RIGHT, text_of
from tests.support.stubs.server import Stub, answers, serving

KEY = "sk-own-0123456789"


class Ran(NamedTuple):
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str


class Desk:
    """A folder to work in, that somebody else may have filled."""

    def __init__(self, folder: Path, own: Path, run: Callable[..., Ran], stub: Stub) -> None:
        self.folder, self.own, self.run, self.stub = folder, own, run, stub

    @property
    def marker(self) -> Path:
        """The file that a schema writes when it runs."""
        return self.folder / "it-ran"

    def settings(self, *lines: str) -> None:
        """Write extract.toml: the stub's model and address, and these lines."""
        asking = ['model = "filed"', f'base_url = "{self.stub.base_url}"']
        (self.folder / "extract.toml").write_text("\n".join([*asking, *lines]) + "\n")

    def schema(self, name: str, base: str = "quotes") -> None:
        """Write a schema that is another one's, and says when it runs."""
        (self.folder / "schemas").mkdir(exist_ok=True)
        words = base.title().replace("_", "")
        (self.folder / "schemas" / f"{name}.py").write_text(
            '"""Quotations, \x1b[31mred."""\n'
            f"from pathlib import Path\nPath({str(self.marker)!r}).touch()\n"
            "from pydantic import BaseModel\nfrom extractor.fields import Name, Quotation\n\n\n"
            "class Quote(BaseModel):\n    quotation: Quotation\n    speaker: Name | None = None\n"
            f"\n\nclass {words}(BaseModel):\n    quotes: list[Quote]\n"
        )

    def extract(self, *flags: object, schema: str = "quotes") -> Ran:
        """Extract from an article; by default by what the settings say."""
        return self.run("-s", schema, "--no-cache", *flags, "article.txt")


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Desk]:
    """A folder with one article, a key in the environment, a listener, nothing trusted."""
    for name in list(os.environ):
        if name.startswith(("EXTRACT_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "article.txt").write_text(text_of(1))

    def run(*arguments: object) -> Ran:
        status = cli.main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return Ran(status, out.decode(), err.decode())

    with serving(answers(RIGHT)) as stub:
        yield Desk(folder, tmp_path / "config" / "news-extract", run, stub)


# --- settings ------------------------------------------------------------------------------------


def test_a_strangers_settings_send_nothing_until_they_are_trusted(desk: Desk) -> None:
    """Refused with what to type and what would be sent where; after it the old file works."""
    desk.settings()
    ran = desk.extract()
    assert (ran.status, ran.out, len(desk.stub.requests)) == (2, "", 0)
    assert f"send articles to {desk.stub.base_url} (model filed)" in ran.err
    assert "with the key in OPENAI_API_KEY" in ran.err
    assert "type `extract trust .` once, and it works as before" in ran.err
    assert KEY not in ran.err
    told = desk.run("trust").out
    assert f"sends articles to the model filed at {desk.stub.base_url}, without --model" in told
    assert "with your key in OPENAI_API_KEY" in told
    ran = desk.extract()
    assert ran.status == 0
    assert desk.stub.keys == [f"Bearer {KEY}"] * len(desk.stub.requests)
    assert len(desk.stub.requests) > 0


def test_a_change_needs_trust_anew_and_trust_is_revoked(desk: Desk) -> None:
    """Each time nothing is sent, and the message says what has changed."""
    desk.settings()
    desk.run("trust", ".")
    assert desk.extract().status == 0
    sent = len(desk.stub.requests)
    desk.settings("timeout = 9")
    ran = desk.extract()
    assert ran.status == 2
    assert "extract.toml has changed since you trusted it" in ran.err
    assert "extract.toml has changed" in desk.run("trust", "--list").out
    desk.run("trust", ".")
    assert desk.extract().status == 0
    sent = len(desk.stub.requests)
    assert str(desk.folder) in desk.run("trust", "--list").out
    assert desk.run("trust", "--revoke", desk.folder).status == 0
    assert desk.run("trust", "--list").out == ""
    assert desk.extract().status == 2
    assert len(desk.stub.requests) == sent


@pytest.mark.process
@pytest.mark.parametrize("flags", [["--model", "mine"], []])
@pytest.mark.parametrize("command", ["one", "run", "scale", "eval"])
def test_no_command_sends_anything_by_a_strangers_settings(
    desk: Desk, command: str, flags: list[str]
) -> None:
    """An article alone, a run, Daft, an evaluation: with --model of one's own as well."""
    assert desk.run("-s", "quotes", "article.txt", "-o", "out/", "-q").status == 0
    desk.settings()
    words = {
        "one": ["-s", "quotes", "article.txt"],
        "run": ["-s", "quotes", "article.txt", "-o", "out/"],
        "scale": ["scale", "-s", "quotes", "article.txt", "-o", "parquet/"],
        "eval": ["eval", "out", "--anew"],
    }[command]
    if command == "eval":
        _accept_all(desk.folder / "out")
    ran = desk.run(*words, *flags)
    assert (ran.status, len(desk.stub.requests)) == (2, 0)
    assert "extract trust ." in ran.err


def _accept_all(folder: Path) -> None:
    """Accept every row of a store."""
    from extractor.review.decide.decisions import decide
    from extractor.review.desk import Desk as Review
    from extractor.review.queue import all_claims
    from extractor.review.sync.sync import sync

    with Review(folder) as review:
        sync(review)
        for claim in list(all_claims(review)):
            decide(review, claim.id, reviewer="Ada", action="accept", seen=0)


def test_the_rules_answer_without_trust(desk: Desk) -> None:
    """`--assist none` asks nobody, so there is nothing to be trusted; harmless settings count."""
    desk.settings('cache_dir = "planted"', "reasks = 100")
    ran = desk.extract("--assist", "none")
    assert (ran.status, len(desk.stub.requests)) == (0, 0)
    assert ran.err == ""
    (desk.folder / "extract.toml").write_text('plan = "narrow"\nthreshold = 0.5\n')
    ran = desk.extract("--model", "mine", "--base-url", desk.stub.base_url)
    assert ran.status == 0
    assert len(desk.stub.requests) > 0
    assert not (desk.folder / "planted").exists()


@pytest.mark.parametrize(
    "line",
    [
        'cache_dir = "planted"',
        "prices.mine = { input = 0, output = 0 }",
        "cache_megabytes = 1",
        "no_cache = true",
        "refresh = true",
        "reasks = 1000",
        "max_output_tokens = 1000000",
        "part_characters = 1",
        'api_key = "theirs"',
        "article_seconds = 1e9",
    ],
)
def test_what_pays_reads_or_writes_elsewhere_needs_trust(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """With one's own model and endpoint, too: each is refused, and named."""
    (desk.folder / "extract.toml").write_text(line + "\n")
    monkeypatch.delenv("OPENAI_API_KEY")
    asking = ["-s", "quotes", "--model", "mine", "--base-url", desk.stub.base_url, "article.txt"]
    ran = desk.run(*asking)
    assert (ran.status, len(desk.stub.requests)) == (2, 0)
    assert "type `extract trust .` once" in ran.err
    assert ("send articles" if "api_key" in line else re.split(r"\W", line)[0]) in ran.err
    assert not (desk.folder / "planted").exists()
    assert desk.run("trust").status == 0
    assert "type `extract trust" not in desk.run(*asking).err


def test_the_cache_commands_use_no_cache_of_a_stranger(desk: Desk) -> None:
    """`extract cache` asks no model, but opens what the file names."""
    (desk.folder / "extract.toml").write_text('cache_dir = "planted"\n')
    ran = desk.run("cache", "info")
    assert ran.status == 2
    assert "cache_dir" in ran.err
    assert "extract trust ." in ran.err
    assert not (desk.folder / "planted").exists()
    desk.run("trust")
    assert "planted" in desk.run("cache", "info").out


def test_a_model_at_the_host_that_one_names_oneself_needs_no_trust(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment names the host: the file may name the model, and the address if it agrees.

    It is announced, with --quiet too. The key alone, or another host, is not enough.
    """
    (desk.folder / "extract.toml").write_text('model = "filed"\n')
    ran = desk.extract()
    assert ran.status == 2
    assert "https://api.openai.com/v1" in ran.err
    monkeypatch.setenv("OPENAI_BASE_URL", desk.stub.base_url)
    ran = desk.extract("-q")
    assert ran.status == 0
    at = f"at {desk.stub.base_url} (named in OPENAI_BASE_URL)"
    assert f"asking filed (named in extract.toml) {at}" in ran.err
    sent = len(desk.stub.requests)
    desk.settings()
    assert desk.extract().status == 0
    with serving(answers(RIGHT)) as other:
        text = f'model = "filed"\nbase_url = "{other.base_url}"\n'
        (desk.folder / "extract.toml").write_text(text)
        assert desk.extract().status == 2
        assert not other.requests
    assert len(desk.stub.requests) == 2 * sent


# --- the user's own file -------------------------------------------------------------------------


def test_ones_own_file_counts_everywhere_and_before_the_folders(desk: Desk) -> None:
    """It needs no trust, and a folder's file does not change what it says."""
    desk.own.mkdir(parents=True)
    own = f'model = "own"\nbase_url = "{desk.stub.base_url}"\nplan = "whole"\n'
    (desk.own / "extract.toml").write_text(own)
    (desk.folder / "extract.toml").write_text('model = "theirs"\nbase_url = "http://127.0.0.1:9"\n')
    ran = desk.extract()
    assert ran.status == 0
    assert {request["model"] for request in desk.stub.requests} == {"own"}
    assert f"asking own (named in {desk.own}/extract.toml) at {desk.stub.base_url}" in ran.err
    assert desk.extract("-q").err == ""


def test_a_key_in_a_file_goes_to_the_endpoint_of_that_file_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To another host, which a flag or a variable names, it is not sent: refused, with what to do.

    The same origin is no other host. The environment's key goes with flag and variable.
    """
    monkeypatch.delenv("OPENAI_API_KEY")
    desk.own.mkdir(parents=True)
    file = desk.own / "extract.toml"
    file.write_text('model = "own"\napi_key = "sk-for-openai-123"\n')
    ran = desk.extract("--base-url", desk.stub.base_url)
    assert (ran.status, len(desk.stub.requests)) == (2, 0)
    assert f"the key in {file} is for https://api.openai.com and is not sent to" in ran.err
    assert "which --base-url names: set OPENAI_API_KEY" in ran.err
    monkeypatch.setenv("OPENAI_BASE_URL", desk.stub.base_url)
    ran = desk.extract()
    assert (ran.status, len(desk.stub.requests)) == (2, 0)
    assert "OPENAI_BASE_URL" in ran.err
    assert "sk-for-openai" not in ran.err
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert desk.extract().status == 0
    monkeypatch.delenv("OPENAI_API_KEY")
    address = desk.stub.base_url.removesuffix("/v1")
    file.write_text(f'model = "own"\nbase_url = "{address}/elsewhere"\napi_key = "sk-its-own-1"\n')
    assert desk.extract().status == 0
    assert set(desk.stub.keys) == {f"Bearer {KEY}", "Bearer sk-its-own-1"}


def test_a_file_with_a_key_of_its_own_is_not_given_the_environments(desk: Desk) -> None:
    """A key was set for the host that stands beside it: there it goes before OPENAI_API_KEY."""
    desk.settings('api_key = "sk-of-the-desk-1"')
    assert "with the key in OPENAI_API_KEY" not in desk.extract().err
    assert "with the key that it holds" in desk.run("trust").out
    assert desk.extract().status == 0
    assert set(desk.stub.keys) == {"Bearer sk-of-the-desk-1"}


def test_ones_own_key_does_not_go_to_a_trusted_folders_endpoint(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in one's own file was set for another host than the folder names."""
    monkeypatch.delenv("OPENAI_API_KEY")
    desk.own.mkdir(parents=True)
    (desk.own / "extract.toml").write_text('api_key = "sk-for-openai-123"\n')
    desk.settings()
    desk.run("trust")
    ran = desk.extract()
    assert (ran.status, len(desk.stub.requests)) == (2, 0)
    assert "is not sent to" in ran.err


# --- announcing ----------------------------------------------------------------------------------


@pytest.mark.process
@pytest.mark.parametrize("into", [[], ["-o", "out/"]])
def test_the_host_is_announced_once_before_the_first_request(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, into: list[str]
) -> None:
    """Unless a flag named it; not where the cache answers, nor where nothing is to be done."""
    for number in (2, 3):
        (desk.folder / f"{number}.txt").write_text(text_of(number))
    monkeypatch.setenv("EXTRACT_RETRIES", "0")
    asking = ["-s", "quotes", "--model", "mine", "-f", "jsonl", "article.txt", "2.txt", "3.txt"]
    one = desk.run(*asking, "--jobs", 1, *into) if into else desk.run(*asking)
    assert (one.status, len(desk.stub.requests)) == (1, 0)  # OpenAI's, which no test reaches
    assert one.err.count("asking mine at https://api.openai.com/v1 (the default endpoint)") == 1
    monkeypatch.setenv("OPENAI_BASE_URL", desk.stub.base_url)
    said = f"asking mine at {desk.stub.base_url} (named in OPENAI_BASE_URL)"
    jobs = ["--jobs", 1] if into else []
    again = desk.run(*asking, *jobs, *into, *(["--retry-failed"] if into else []))
    assert again.err.count(said) == 1
    assert "asking" not in desk.run(*asking, *jobs, *into).err
    assert "asking" not in desk.run(*asking, *jobs, *into, "-q", "--refresh").err
    flagged = desk.run(*asking, *jobs, *into, "--refresh", "--base-url", desk.stub.base_url)
    assert (flagged.status, "asking" in flagged.err) == (0, False)


@pytest.mark.process
@pytest.mark.parametrize("into", [[], ["-o", "out/", "--jobs", "1"]])
def test_what_a_folder_names_is_announced_with_quiet_too(desk: Desk, into: list[str]) -> None:
    """Nobody is to overlook that a folder sends articles, though it is trusted."""
    desk.settings()
    desk.run("trust")
    ran = desk.extract("-q", *into)
    assert ran.status == 0
    assert ran.err.count("asking filed") == 1


# --- schemas -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["own", "quotes"])
def test_a_strangers_schema_does_not_run(desk: Desk, name: str) -> None:
    """Not if it is named, nor in a shipped one's place, nor for the listing; trusted it does."""
    desk.schema(name, "own" if name == "own" else "quotes")
    for words in (["-s", name, "article.txt"], ["schemas", name], ["schemas", name, "--json"]):
        ran = desk.run(*words)
        assert ran.status == 2
        assert f"{name}.py: a schema is a program, and it was not run" in ran.err
        assert "type `extract trust .` once" in ran.err
    ran = desk.run("schemas")
    listed = next(line for line in ran.out.splitlines() if line.startswith(f"{name} "))
    assert f"(schemas/{name}.py; not trusted, so it does not run: `extract trust .`)" in listed
    assert "Quotations, red." in listed
    assert "\x1b" not in ran.out
    assert not desk.marker.exists()
    told = desk.run("trust", ".").out
    assert f"schemas/{name}.py  runs as a program: Quotations, red." in told
    assert not desk.marker.exists()
    assert desk.run("-s", name, "article.txt").status == 0
    assert desk.marker.exists()


def test_a_shipped_schema_imports_no_strangers_file(desk: Desk) -> None:
    """`release_event` imports `.quotes`: ours, whatever the folder holds, trusted or not."""
    desk.schema("quotes")
    assert desk.run("-s", "release_event", "article.txt").status == 0
    assert not desk.marker.exists()
    desk.run("trust")
    assert desk.run("-s", "release_event", "article.txt").status == 0
    assert not desk.marker.exists()


def test_a_schema_that_is_named_by_its_path_runs(desk: Desk) -> None:
    """It is the user's own act, as `python own.py` is; its siblings come along."""
    desk.schema("part")
    (desk.folder / "schemas" / "own.py").write_text(
        "from pydantic import BaseModel\nfrom .part import Quote\n\n\n"
        "class Own(BaseModel):\n    quotes: list[Quote]\n"
    )
    assert desk.run("-s", "./schemas/own.py", "article.txt").status == 0
    assert desk.marker.exists()


def test_a_schema_elsewhere_imports_nothing_of_a_strangers_folder(
    desk: Desk, tmp_path: Path
) -> None:
    """The siblings of a file named by path are in its own folder, not in the working directory."""
    desk.schema("part")
    (tmp_path / "mine.py").write_text("from .part import Quote\n")
    ran = desk.run("-s", tmp_path / "mine.py", "article.txt")
    assert ran.status == 2
    assert "part.py: a schema is a program, and it was not run" in ran.err
    assert not desk.marker.exists()


def test_a_schema_that_changes_needs_trust_anew(desk: Desk) -> None:
    """Another file of the folder, too: it may be imported."""
    desk.schema("own", "own")
    desk.run("trust")
    desk.schema("other")
    ran = desk.run("-s", "own", "article.txt")
    assert ran.status == 2
    assert "schemas/other.py has changed since you trusted it" in ran.err
    assert not desk.marker.exists()


def test_what_a_stranger_writes_forges_no_line(desk: Desk) -> None:
    """A model, a file or a docstring of several lines is shown on one, and not at any length."""
    (desk.folder / "extract.toml").write_text(
        f'model = "m\\nextract: all is well {"x" * 5000}"\nbase_url = "{desk.stub.base_url}"\n'
    )
    (desk.folder / "schemas").mkdir()
    (desk.folder / "schemas" / "a\nb.py").write_text('"""One.\\nTwo."""\n')
    ran = desk.extract()
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert len(ran.err) < 1000
    told = desk.run("trust").out.splitlines()
    assert [line[:2] for line in told] == ["tr", "  ", "  ", "  ", "  ", "un"]
    (desk.folder / "schemas" / "a\nb.py").write_text("")
    assert desk.extract().err.count("\n") == 1


# --- the command itself --------------------------------------------------------------------------


def test_a_broken_settings_file_is_not_trusted(desk: Desk) -> None:
    """What cannot be shown is not trusted."""
    for text, told in (("model =", "extract.toml"), ('modle = "m"', "did you mean 'model'")):
        (desk.folder / "extract.toml").write_text(text)
        ran = desk.run("trust")
        assert ran.status == 2
        assert told in ran.err
        assert desk.run("trust", "--list").out == ""


def test_there_may_be_nothing_to_trust(desk: Desk) -> None:
    """A folder without settings and schemas, no folder, one that was never trusted."""
    assert "holds no extract.toml" in desk.run("trust").err
    assert desk.run("trust", "nowhere").status == 2
    assert "was not trusted" in desk.run("trust", "--revoke").err


def test_a_damaged_record_is_told(desk: Desk) -> None:
    """By the refusal, and by the list, whose status is 1."""
    desk.settings()
    desk.run("trust")
    (record,) = (desk.own / "trusted").iterdir()
    record.write_text("{")
    ran = desk.extract()
    assert (ran.status, len(desk.stub.requests)) == (2, 0)
    assert f"{record}: it is damaged" in ran.err
    ran = desk.run("trust", "--list")
    assert (ran.status, "is damaged and trusts nothing" in ran.err) == (1, True)
    desk.run("trust")
    assert desk.extract().status == 0


@pytest.mark.process
def test_no_process_takes_modules_from_the_working_directory(desk: Desk, tmp_path: Path) -> None:
    """The processes that write sheets start in it: a module of a library's name is not theirs."""
    for name in ("multiprocessing", "pickle", "signal", "anyio", "pydantic"):
        (desk.folder / f"{name}.py").write_text(f"open({str(desk.marker)!r}, 'w').close()\n")
    lines = (json.dumps({"id": n, "text": text_of(n)}) for n in range(220))
    (desk.folder / "in.jsonl").write_text("\n".join(lines))
    script = tmp_path / "bin" / "extract.py"  # what pip makes: its folder comes first, not ours
    script.parent.mkdir()
    script.write_text(
        "from extractor.__main__ import run\n\nif __name__ == '__main__':\n    run()\n"
    )
    words = ["-s", "quotes", "in.jsonl", "-o", "out/", "--jobs", "2", "-f", "jsonl", "-q"]
    env = {k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"}
    done = subprocess.run(
        [sys.executable, str(script), *words],
        env=env | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert not desk.marker.exists()
