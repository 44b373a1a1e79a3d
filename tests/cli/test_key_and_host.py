"""Whatever is set where: no key reaches a host it was not set for, no stranger names the host."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from extractor import trust
from extractor.errors import UsageError
from extractor.setting_sources import DEFAULT_ENDPOINT, origin_of
from extractor.settings import Settings, load_settings
from tests.support.trusting import trusting

HOSTS = (
    "http://a.example/v1",
    "http://a.example/other",
    "http://b.example:81/v1",
    DEFAULT_ENDPOINT,
)


class Said(NamedTuple):
    """What one source says: its values are unlike any other's, but for the addresses."""

    source: str
    model: bool
    base_url: str | None
    api_key: bool

    @property
    def values(self) -> dict[str, str]:
        """The settings of the source."""
        found = {}
        if self.model:
            found["model"] = f"model-of-{self.source}"
        if self.base_url is not None:
            found["base_url"] = self.base_url
        if self.api_key:
            found["api_key"] = f"key-of-{self.source}"
        return found

    @property
    def origin(self) -> str:
        """The host that its key was set for."""
        return origin_of(self.base_url or DEFAULT_ENDPOINT)


def said(source: str) -> st.SearchStrategy[Said]:
    """Return anything that a source may say."""
    return st.builds(
        Said, st.just(source), st.booleans(), st.sampled_from([None, *HOSTS]), st.booleans()
    )


@contextmanager
def as_set(
    place: Path, environment: Said, own: Said, folder: Said, *, trusted: bool
) -> Iterator[None]:
    """Set all but the flags, in a folder that is trusted or not."""
    desk, config = place / "desk", place / "config" / "news-extract"
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("EXTRACT_", "OPENAI_"))]:
            patch.delenv(name)
        patch.setenv("XDG_CONFIG_HOME", str(place / "config"))
        names = {
            "model": "EXTRACT_MODEL",
            "base_url": "OPENAI_BASE_URL",
            "api_key": "OPENAI_API_KEY",
        }
        for setting, value in environment.values.items():
            patch.setenv(names[setting], value)
        for where, one in ((desk, folder), (config, own)):
            where.mkdir(parents=True, exist_ok=True)
            lines = [f'{setting} = "{value}"\n' for setting, value in one.values.items()]
            (where / "extract.toml").write_text("".join(lines))
        patch.chdir(desk)
        trust.revoke(desk)
        if trusted:
            trusting(desk)
        yield


def load(flags: Said) -> Settings | None:
    """Return the settings, None where they are refused."""
    try:
        return load_settings(**flags.values)
    except UsageError:
        return None


@given(
    flags=said("flags"),
    environment=said("environment"),
    own=said("own"),
    folder=said("folder"),
    trusted=st.booleans(),
)
@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_keys_and_hosts(
    tmp_path: Path, flags: Said, environment: Said, own: Said, folder: Said, trusted: bool
) -> None:
    """By every combination of flags, environment, own file and folder, trusted or not."""
    with as_set(tmp_path, environment, own, folder, trusted=trusted):
        settings = load(flags)
    users = (flags, environment, own)
    if settings is None:
        asks = any(one.model for one in (*users, folder))
        assert asks, "without a model nothing is refused"
        assert folder.values or any(one.api_key for one in (own, folder)), "the user's own is not"
        return
    if not settings.asks_model:
        return
    there = origin_of(settings.base_url)
    key = settings.api_key.get_secret_value() if settings.api_key is not None else None
    # A key in a file reaches the host of that file only.
    assert key != "key-of-own" or there == own.origin
    assert key != "key-of-folder" or (there == folder.origin and trusted)
    # The environment's key does not reach a host that a file names with a key of its own.
    host = next((one for one in (*users, folder) if one.base_url is not None), None)
    if key == "key-of-environment" and host is not None and host in (own, folder):
        assert not host.api_key
    # Who names the host: the user, or a folder that is trusted, or nobody.
    named = next((one.base_url for one in users if one.base_url is not None), None)
    if named is not None:
        assert settings.base_url == named
    elif not trusted:
        assert settings.base_url == DEFAULT_ENDPOINT
    else:
        assert settings.base_url == (folder.base_url or DEFAULT_ENDPOINT)
    # A stranger's model is asked only where the user names its host.
    model = next((one.values["model"] for one in users if one.model), None)
    if model is not None:
        assert settings.model == model
    elif not trusted:
        assert named is not None
        assert folder.base_url is None or folder.origin == origin_of(named)


@given(
    flags=said("flags"),
    environment=said("environment"),
    own=said("own"),
    folder=st.just(Said("folder", False, None, False)),
)
@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_ones_own_settings_are_refused_for_a_key_only(
    tmp_path: Path, flags: Said, environment: Said, own: Said, folder: Said
) -> None:
    """Where no folder says anything: only the key of one's own file stands in the way."""
    with as_set(tmp_path, environment, own, folder, trusted=False):
        settings = load(flags)
    if settings is None:
        named = next(one.base_url for one in (flags, environment, own) if one.base_url is not None)
        assert own.api_key
        assert not flags.api_key
        assert not environment.api_key
        assert origin_of(named) != own.origin
