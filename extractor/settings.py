"""The settings, and where they are read: flags, then the environment, then extract.toml.

    flag            environment                     extract.toml        default
    --model         EXTRACT_MODEL                   model = "…"         none: the rules answer
    --base-url      OPENAI_BASE_URL                 base_url = "…"      OpenAI's
    (no flag)       OPENAI_API_KEY                  api_key = "…"       none
    --plan …        EXTRACT_PLAN and so on          plan = "narrow"     see `Settings`

A key in the environment starts nothing: a model is asked only when `model` is set. The file is
looked for in the working directory only. pydantic-settings takes 0.2 s to import, so it is
imported only when there is a file or a variable for it to read.
"""

import os
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
)

from extractor.errors import UsageError
from extractor.text.pydantic_messages import plain_message

SETTINGS_FILE = "extract.toml"
_PREFIX = "EXTRACT_"
# The two names that every OpenAI-compatible tool reads; not prefixed.
_OPENAI_NAMES = {"base_url": "OPENAI_BASE_URL", "api_key": "OPENAI_API_KEY"}


class Price(BaseModel):
    """What a model costs: US dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: NonNegativeFloat
    output: NonNegativeFloat


class Settings(BaseModel):
    """All settings, checked; made by `load_settings`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = Field(None, description="the model to ask; none: the rules answer")
    base_url: str = Field("https://api.openai.com/v1", description="the endpoint, up to /v1")
    api_key: SecretStr | None = Field(None, description="the endpoint's key")
    plan: Literal["whole", "narrow"] = Field(
        "whole", description="whole: one call an article; narrow: one question a candidate"
    )
    assist: Literal["all", "unsure", "none"] = Field(
        "all", description="ask about every candidate, those the rules are unsure of, or none"
    )
    # Measured (tests/benchmarks/quality/assist.py): asking a small model above it changed no more.
    threshold: float = Field(
        0.6, ge=0, le=1, description="below this confidence of the rules a candidate is unsure"
    )
    temperature: NonNegativeFloat = Field(0.0, description="0: the likeliest answer")
    max_output_tokens: PositiveInt = Field(4096, description="token limit on one answer")
    part_characters: PositiveInt = Field(
        12_000, description="longer articles are asked in parts of at most so many characters"
    )
    concurrency: PositiveInt = Field(4, description="requests under way at the same time")
    # A local model writes about 11 tokens a second: 2,000 of them take three minutes.
    timeout: PositiveFloat = Field(300.0, description="seconds that one request may take")
    deadline: PositiveFloat = Field(
        900.0, description="seconds that one question may take, retries and waits included"
    )
    retries: NonNegativeInt = Field(4, description="further attempts after a passing failure")
    reasks: NonNegativeInt = Field(2, description="times that a wrong answer goes back")
    cache_dir: Path | None = Field(None, description="the answers' cache; none: the user's own")
    cache_megabytes: PositiveInt = Field(1024, description="the cache's size limit")
    no_cache: bool = Field(False, description="neither read nor write the cache")
    refresh: bool = Field(False, description="ask again and overwrite what is cached")
    prices: dict[str, Price] = Field(
        default_factory=dict, description="by model: US dollars for a million tokens"
    )
    # Bounds on one article: see extractor/bounds.py.
    article_seconds: PositiveFloat = Field(
        60.0, description="seconds of CPU that one article may take, without the model's"
    )
    article_characters: PositiveInt = Field(
        1_000_000, description="characters that an article's text may have"
    )
    article_rows: PositiveInt = Field(10_000, description="rows that one article's record may have")
    article_megabytes: PositiveInt = Field(
        2_048, description="MB of memory that work on one article may take"
    )

    @field_validator("model", "api_key", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("base_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected an address such as https://api.openai.com/v1")
        return value.rstrip("/")

    @property
    def asks_model(self) -> bool:
        """Whether a model is to be asked at all."""
        return self.model is not None and self.assist != "none"

    @property
    def endpoint(self) -> str:
        """The endpoint as messages name it: without a password or query."""
        parts = urlsplit(self.base_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def load_settings(**overrides: Any) -> Settings:
    """Return the settings; `overrides` are the command's flags, None where a flag is not given.

    Raises UsageError naming the flag, variable or file, and the field.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    file = Path(SETTINGS_FILE)
    try:
        if not _anything_to_read(file, given):
            return Settings(**given)
        return _reader()(**given)
    except ValidationError as error:
        raise UsageError(_explain(error, given, file)) from None
    except (ValueError, OSError) as error:  # a broken or unreadable file, or a broken JSON value
        variable = _broken_variable(error)
        said = f"{variable}: this is not valid JSON" if variable else f"{file}: {error}"
        raise UsageError(said) from None


def _anything_to_read(file: Path, given: dict[str, Any]) -> bool:
    """Return whether the environment or the file may set anything (else it need not be read)."""
    if "model" in given or file.is_file():
        return True
    return any(name.upper().startswith(_PREFIX) for name in os.environ)


@cache
def _reader() -> type[Settings]:
    """Return the settings that read the environment and the file; 0.2 s the first time."""
    from pydantic import AliasChoices
    from pydantic_settings import (
        BaseSettings,
        PydanticBaseSettingsSource,
        SettingsConfigDict,
        TomlConfigSettingsSource,
    )

    def alias(name: str) -> AliasChoices:
        return AliasChoices(name, _OPENAI_NAMES[name])

    class Reader(BaseSettings, Settings):
        """The settings; what is not given to it comes from the environment, then from the file."""

        model_config = SettingsConfigDict(
            env_prefix=_PREFIX, toml_file=SETTINGS_FILE, extra="forbid", frozen=True
        )
        base_url: str = Field(
            Settings.model_fields["base_url"].default, validation_alias=alias("base_url")
        )
        api_key: SecretStr | None = Field(None, validation_alias=alias("api_key"))

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            """Return where values are looked for, the first source first."""
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    return Reader


def _explain(error: ValidationError, given: dict[str, Any], file: Path) -> str:
    """Return one sentence on the first thing that is wrong: where it was set, and what is wrong."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path = [str(part) for part in first["loc"]]
    name = _field_of(path[0]) if path else ""
    place = ".".join([name, *path[1:]])
    if first["type"] == "extra_forbidden" and len(path) == 1:
        near = get_close_matches(name, Settings.model_fields, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{_where(name, given, file)}: {name!r} is not a setting{hint}"
    return f"{_where(name, given, file)}: {place}: {plain_message(first['msg'])}"


def _field_of(name: str) -> str:
    return next((field for field, env in _OPENAI_NAMES.items() if env == name.upper()), name)


def _where(name: str, given: dict[str, Any], file: Path) -> str:
    """Return where a field's value came from: a flag, an environment variable, or the file."""
    if name in given:
        return f"--{name.replace('_', '-')}"
    variable = _OPENAI_NAMES.get(name, _PREFIX + name.upper())
    if variable in {key.upper() for key in os.environ}:
        return f"the environment variable {variable}"
    return str(file)


def _broken_variable(error: Exception) -> str | None:
    """Return the environment variable whose value should be JSON and is not, or None."""
    field = getattr(error, "field_name", None) or str(error).partition('field "')[2].split('"')[0]
    return f"the environment variable {_PREFIX}{field.upper()}" if field else None
