"""Settings: which source wins, what is told when one is wrong, and that a key starts nothing."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from extractor.errors import UsageError
from extractor.setting_sources import origin_of
from extractor.settings import Settings, load_settings, needs_trust
from tests.support.trusting import trusting


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "EXTRACT_MODEL", "EXTRACT_PLAN"):
        monkeypatch.delenv(name, raising=False)


def write(text: str) -> None:
    """Write the settings file."""
    Path("extract.toml").write_text(text, encoding="utf-8")


def test_without_anything_the_rules_answer() -> None:
    """On a fresh machine no model is asked."""
    settings = load_settings()
    assert settings == Settings()
    assert not settings.asks_model


def test_a_key_alone_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key and an address in the environment do not make a model be asked."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1234567890")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert not load_settings().asks_model


def test_flags_before_environment_before_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source goes before the next; what none of them names has its default."""
    write('model = "filed"\nplan = "narrow"\nretries = 7\nbase_url = "http://file/v1"\n')
    monkeypatch.setenv("EXTRACT_MODEL", "environment")
    monkeypatch.setenv("EXTRACT_PLAN", "whole")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://environment/v1/")
    settings = load_settings(model="flag", plan=None)
    assert settings.model == "flag"
    assert settings.plan == "whole"
    assert settings.retries == 7
    assert settings.base_url == "http://environment/v1"
    assert settings.assist == "all"


def test_settings_that_were_read_can_be_sent_to_another_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a run does to a worker that replaces one that died; what they say stays the same."""
    write('plan = "narrow"\n')
    monkeypatch.setenv("EXTRACT_ARTICLE_ROWS", "7")
    settings = load_settings(model="m")
    assert (settings.plan, settings.article_rows) == ("narrow", 7)
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_assist_none_asks_no_model() -> None:
    """With `--assist none` the rules answer even where a model is set."""
    assert load_settings(model="m").asks_model
    assert not load_settings(model="m", assist="none").asks_model


def test_the_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key does not show in what is printed of the settings, nor a password in the address."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1234567890")
    settings = load_settings(model="m", base_url="http://user:secret@host:81/v1?key=hidden")
    assert "sk-1234567890" not in f"{settings!r} {settings}"
    assert settings.endpoint == "http://host:81/v1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('modle = "a"', r"extract\.toml: 'modle' is not a setting; did you mean 'model'\?"),
        ("threshold = 3", r"extract\.toml: threshold: .*less than or equal to 1"),
        ('timeout = "soon"', r"extract\.toml: timeout: "),
        ('plan = "wide"', r"extract\.toml: plan: .*'whole' or 'narrow'"),
        ("[prices.a]\ninput = 1", r"extract\.toml: prices\.a\.output: "),
        ("model =", r"extract\.toml: "),
        ('base_url = "localhost:8091"', r"extract\.toml: base_url: .*https://"),
    ],
)
def test_a_wrong_file_is_told_with_the_field(text: str, told: str) -> None:
    """The message names the file, the field and what is wrong with it."""
    write(text)
    with pytest.raises(UsageError, match=told):
        load_settings()


def test_a_file_that_is_no_text_is_told() -> None:
    """Bytes that are not UTF-8 are a usage error that names the file."""
    Path("extract.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"extract\.toml"):
        load_settings()


def test_a_wrong_variable_and_a_wrong_flag_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable or the flag, not the file."""
    with pytest.raises(UsageError, match=r"--plan: plan: "):
        load_settings(model="m", plan="wide")
    monkeypatch.setenv("EXTRACT_RETRIES", "many")
    with pytest.raises(UsageError, match="variable EXTRACT_RETRIES: retries: "):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("EXTRACT_RETRIES", "many", "retries: must be a whole number$"),
        ("EXTRACT_RETRIES", "-1", "retries: must be greater than or equal to 0$"),
        ("EXTRACT_TIMEOUT", "", "timeout: must be a number$"),
        ("EXTRACT_NO_CACHE", "perhaps", "no_cache: must be true or false$"),
        ("EXTRACT_PRICES", "x", "variable EXTRACT_PRICES: this is not valid JSON$"),
        ("EXTRACT_PRICES", '{"a": {"input": 1}}', r"prices\.a\.output: is missing$"),
        ("OPENAI_BASE_URL", "localhost", "base_url: expected an address"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    """No word of the library that checks the values reaches who set them."""
    monkeypatch.setenv("EXTRACT_MODEL", "m")
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError, match=told) as caught:
        load_settings()
    assert not {"Input", "Value", "parse", "parsing"} & set(str(caught.value).split())


def test_prices_are_read_from_the_file() -> None:
    """A table of prices in the file is taken by model."""
    write('[prices."my-model"]\ninput = 1\noutput = 2.5\n')
    trusting(Path())
    assert load_settings().prices["my-model"].output == 2.5


def test_every_setting_says_whether_it_needs_trust() -> None:
    """Whoever adds one decides it beside the field: none counts as harmless by itself."""
    for name, field in Settings.model_fields.items():
        assert "needs_trust" in (field.json_schema_extra or {}), name
    harmless = {name for name in Settings.model_fields if needs_trust(name) is None}
    assert {"plan", "assist", "threshold", "temperature"} <= harmless
    assert not harmless & {"model", "base_url", "api_key", "cache_dir", "prices", "refresh"}


def test_a_setting_without_a_mark_needs_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody has thought through is not harmless."""
    monkeypatch.setattr(Settings.model_fields["plan"], "json_schema_extra", None)
    assert needs_trust("plan") is not None
    write('plan = "narrow"')
    with pytest.raises(UsageError, match=r"set plan .*extract trust \."):
        load_settings()


def test_the_users_own_file_before_the_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flags, environment, one's own file, the folder's: each goes before the next."""
    own = Path("config/news-extract/extract.toml")
    own.parent.mkdir(parents=True)
    own.write_text('plan = "narrow"\nretries = 1\ntimeout = 1\ncache_dir = "kept"\nmodel = "own"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(Path("config").absolute()))
    monkeypatch.setenv("EXTRACT_RETRIES", "2")
    write('retries = 3\nplan = "whole"\ndeadline = 3\ntimeout = 3\nmodel = "theirs"\n')
    settings = load_settings(timeout=4)
    found = (settings.plan, settings.retries, settings.timeout, settings.deadline, settings.model)
    assert found == ("narrow", 2, 4, 3, "own")
    assert settings.cache_dir == own.absolute().parent / "kept"
    own.write_text("retries = -1")
    monkeypatch.delenv("EXTRACT_RETRIES")
    with pytest.raises(UsageError, match=rf"{own}: retries: "):
        load_settings()


@pytest.mark.parametrize("variable", ["BASE_URL", "API_KEY", "MODEL", "EXTRACT_API_KEY"])
def test_no_other_variable_is_taken_for_a_setting(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A variable that another program calls API_KEY is not sent anywhere."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9/v1")
    settings = load_settings(model="m")
    assert (settings.api_key, settings.base_url) == (None, Settings(model="m").base_url)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8091\\@elsewhere.example/v1",
        "http://127.0.0.1:8091 /v1",
        "http://127.0.0.1\n:8091/v1",
        "http://127.0.0.1:port/v1",
        "http://127.0.0.1:123456/v1",
        "file:///v1",
    ],
)
def test_an_address_that_can_be_read_in_two_ways_is_refused(address: str) -> None:
    """What is shown as the host is the host."""
    with pytest.raises(UsageError, match="--base-url: base_url: "):
        load_settings(model="m", base_url=address)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a/v1", "http://a:80/x", True),
        ("https://a/v1", "https://A:443", True),
        ("http://a", "https://a", False),
        ("http://a:81", "http://a:82", False),
        ("http://a.b", "http://b", False),
        ("http://user:word@a/v1", "http://a/v1", True),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    """Neither the path nor a name and password belong to it."""
    assert (origin_of(one) == origin_of(other)) == same


@pytest.mark.process
def test_loading_without_a_model_is_cheap() -> None:
    """A rules run pays for no library of settings, models, templates or caches."""
    code = (
        "import sys; from extractor.settings import load_settings; load_settings(); "
        "print([m for m in ('pydantic_settings', 'openai', 'instructor', 'jinja2', 'diskcache')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == "[]"
