"""The settings, and where they are read: flags, environment, the user's own file, the folder's.

    flag            environment                     extract.toml        default
    --model         EXTRACT_MODEL                   model = "…"         none: the rules answer
    --base-url      OPENAI_BASE_URL                 base_url = "…"      OpenAI's
    (no flag)       OPENAI_API_KEY                  api_key = "…"       none
    --plan …        EXTRACT_PLAN and so on          plan = "narrow"     see `Settings`

There are two files: the user's own extract.toml, in their configuration folder, goes before the
one in the working directory. A key in the environment starts nothing: a model is asked only when
`model` is set.

The working directory may be a stranger's. What its file says of harmless settings counts; all
others would send, pay for, read or write something, and count only if the folder is trusted
(trust.py). One exception: it may name a `model` at the host that the user names anyway. And a key
goes to no host but the one it was set for: see `_key_for`.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
)

from extractor.errors import UsageError
from extractor.setting_sources import (
    DEFAULT_ENDPOINT,
    Source,
    environment,
    file_settings,
    origin_of,
    own_settings,
    parsed,
)
from extractor.text.printable import one_line
from extractor.text.pydantic_messages import plain_message
from extractor.trust import SETTINGS_FILE, Standing, standing_of

_ENDPOINT = ("model", "base_url", "api_key")  # what is asked, where, and by whose account
_CACHE = ("cache_dir", "cache_megabytes")
_SHOWN = 200  # characters of a name or address in a message

# --- the settings --------------------------------------------------------------------------------


def _trust(why: str, *, unasked: bool = False) -> dict[str, JsonValue]:
    """Return the mark of a setting that a folder's file may set only if the folder is trusted.

    `why` is what it does there: "sends articles there"; `unasked`: also where no model is asked.
    """
    return {"needs_trust": why, "unasked": unasked}


# The mark of a setting that any folder's file may set.
_HARMLESS: dict[str, JsonValue] = {"needs_trust": ""}
_COSTS = _trust("may cost more")
_PAYS_AGAIN = _trust("pays again for what is cached")
_BOUND = _trust("may let one article take all", unasked=True)


class Price(BaseModel):
    """What a model costs: US dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: NonNegativeFloat
    output: NonNegativeFloat


class Settings(BaseModel):
    """All settings, checked; made by `load_settings`.

    Beside each stands whether the working directory's file may set it without trust.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    _announcement: "Announcement | None" = PrivateAttr(None)

    model: str | None = Field(
        None,
        description="the model to ask; none: the rules answer",
        json_schema_extra=_trust("has articles sent and paid for"),
    )
    base_url: str = Field(
        DEFAULT_ENDPOINT,
        description="the endpoint, up to /v1",
        json_schema_extra=_trust("sends articles there"),
    )
    api_key: SecretStr | None = Field(
        None,
        description="the endpoint's key",
        json_schema_extra=_trust("sends them in the name of its owner"),
    )
    plan: Literal["whole", "narrow"] = Field(
        "whole",
        description="whole: one call an article; narrow: one question a candidate",
        json_schema_extra=_HARMLESS,
    )
    assist: Literal["all", "unsure", "none"] = Field(
        "all",
        description="ask about every candidate, those the rules are unsure of, or none",
        json_schema_extra=_HARMLESS,
    )
    # Measured (tests/benchmarks/quality/assist.py): asking a small model above it changed no more.
    threshold: float = Field(
        0.6,
        ge=0,
        le=1,
        description="below this confidence of the rules a candidate is unsure",
        json_schema_extra=_HARMLESS,
    )
    temperature: NonNegativeFloat = Field(
        0.0, description="0: the likeliest answer", json_schema_extra=_HARMLESS
    )
    max_output_tokens: PositiveInt = Field(
        4096, description="token limit on one answer", json_schema_extra=_COSTS
    )
    part_characters: PositiveInt = Field(
        12_000,
        description="longer articles are asked in parts of at most so many characters",
        json_schema_extra=_COSTS,
    )
    concurrency: PositiveInt = Field(
        4, description="requests under way at the same time", json_schema_extra=_HARMLESS
    )
    # A local model writes about 11 tokens a second: 2,000 of them take three minutes.
    timeout: PositiveFloat = Field(
        300.0, description="seconds that one request may take", json_schema_extra=_HARMLESS
    )
    deadline: PositiveFloat = Field(
        900.0,
        description="seconds that one question may take, retries and waits included",
        json_schema_extra=_HARMLESS,
    )
    retries: NonNegativeInt = Field(
        4, description="further attempts after a passing failure", json_schema_extra=_HARMLESS
    )
    reasks: NonNegativeInt = Field(
        2, description="times that a wrong answer goes back", json_schema_extra=_COSTS
    )
    cache_dir: Path | None = Field(
        None,
        description="the answers' cache; none: the user's own",
        json_schema_extra=_trust("has answers read and written there"),
    )
    cache_megabytes: PositiveInt = Field(
        1024,
        description="the cache's size limit",
        json_schema_extra=_trust("may drop answers that were paid for"),
    )
    no_cache: bool = Field(
        False, description="neither read nor write the cache", json_schema_extra=_PAYS_AGAIN
    )
    refresh: bool = Field(
        False, description="ask again and overwrite what is cached", json_schema_extra=_PAYS_AGAIN
    )
    prices: dict[str, Price] = Field(
        default_factory=dict,
        description="by model: US dollars for a million tokens",
        json_schema_extra=_trust("says what a budget reaches for"),
    )
    # Bounds on one article: see extractor/bounds.py.
    article_seconds: PositiveFloat = Field(
        60.0,
        description="seconds of CPU that one article may take, without the model's",
        json_schema_extra=_BOUND,
    )
    article_characters: PositiveInt = Field(
        1_000_000,
        description="characters that an article's text may have",
        json_schema_extra=_BOUND,
    )
    article_rows: PositiveInt = Field(
        10_000, description="rows that one article's record may have", json_schema_extra=_BOUND
    )
    article_megabytes: PositiveInt = Field(
        2_048,
        description="MB of memory that work on one article may take",
        json_schema_extra=_BOUND,
    )

    @field_validator("model", "api_key", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("base_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        # No address has blanks and backslashes: libraries differ on which host such a one names.
        plain = re.fullmatch(r"[^\s\\\x00-\x1f\x7f]+", value)
        try:
            parts = urlsplit(value)
            named = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:  # a port that is none
            named = False
        if not plain or not named:
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

    @property
    def announcement(self) -> "Announcement | None":
        """What to say before the first request; None where a flag, or a program, named the host."""
        return self._announcement if self.asks_model else None


class Announcement(NamedTuple):
    """Says before the first request which model is asked, at which host, and who named it."""

    words: str
    even_quiet: bool  # whether it is said with --quiet too: a folder's file names model or host


def needs_trust(setting: str) -> str | None:
    """Return why a setting of the working directory's file needs trust; None if it does not.

    One without a mark does.
    """
    why = _mark(setting).get("needs_trust", "is not known to be harmless")
    return str(why) or None


def _has_effect(setting: str, *, asks_model: bool, for_cache: bool) -> bool:
    """Return whether a setting that needs trust changes what is done."""
    unasked = _mark(setting).get("unasked", True)
    return asks_model or bool(unasked) or (for_cache and setting in _CACHE)


def _mark(setting: str) -> dict[str, JsonValue]:
    mark = Settings.model_fields[setting].json_schema_extra
    return mark if isinstance(mark, dict) else {}


# --- reading them --------------------------------------------------------------------------------


_Chosen = Mapping[str, Source]  # by setting: the first source that has it


def load_settings(*, for_cache: bool = False, **overrides: Any) -> Settings:
    """Return the settings; `overrides` are the command's flags, None where a flag is not given.

    `for_cache`: the cache is used even where no model is asked. Raises UsageError naming the flag,
    variable or file, and the field; also where settings of the working directory's file would
    count if that were trusted, and where the only key is another host's.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    folder = file_settings("folder", Path(SETTINGS_FILE))
    own = [Source("flags", given), environment(Settings.model_fields), own_settings()]
    chosen: dict[str, Source] = {}
    for source in (*own, folder):
        for setting in source.values:
            chosen.setdefault(setting, source)
    if "model" not in chosen:  # the environment's endpoint is of no interest
        chosen = {k: s for k, s in chosen.items() if s.kind != "environment" or k not in _ENDPOINT}
    settings = _checked(chosen)
    trusted = False
    if any(needs_trust(setting) for setting in folder.values):
        standing = standing_of(Path(), {SETTINGS_FILE: folder.data})
        trusted = standing.is_trusted
        if not trusted:
            chosen = _without_trust(chosen, settings, standing, folder, for_cache=for_cache)
            settings = _checked(chosen)
    if not settings.asks_model:
        return settings
    files = [own[-1], folder] if trusted else [own[-1]]
    if (bearer := _key_for(settings, chosen, own, files)) is not None:
        settings = _checked({**chosen, "api_key": bearer})
    settings._announcement = _announcement(settings, chosen)
    return settings


def read_settings(data: bytes, file: Path) -> tuple[Settings, frozenset[str]]:
    """Return the settings of a file's content, and the names of those that it sets.

    Raises UsageError.
    """
    source = Source("folder", parsed(data, file), file, data)
    return _checked(dict.fromkeys(source.values, source)), frozenset(source.values)


def _checked(chosen: _Chosen) -> Settings:
    """Return the settings that these sources name. Raises UsageError."""
    try:
        return Settings(**{setting: source.values[setting] for setting, source in chosen.items()})
    except ValidationError as error:
        raise UsageError(_explain(error, chosen)) from None


def _explain(error: ValidationError, chosen: _Chosen) -> str:
    """Return one sentence on the first thing that is wrong: where it was set, and what is wrong."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path = [str(part) for part in first["loc"]]
    place = chosen[path[0]].named(path[0])
    if first["type"] == "extra_forbidden" and len(path) == 1:
        near = get_close_matches(path[0], Settings.model_fields, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{place}: {path[0]!r} is not a setting{hint}"
    return f"{place}: {'.'.join(path)}: {plain_message(first['msg'])}"


# --- what may be used ----------------------------------------------------------------------------


def _without_trust(
    chosen: _Chosen, settings: Settings, standing: Standing, folder: Source, *, for_cache: bool
) -> dict[str, Source]:
    """Return what counts while the folder is not trusted: of its file what is harmless.

    Raises UsageError when another of its settings would have an effect now: nobody is to believe
    that the file counts. `model` may stand where the user names its host themselves.
    """
    doubtful = {k for k, source in chosen.items() if source is folder and needs_trust(k)}
    host = chosen.get("base_url", folder)
    if host is not folder:
        meant = str(folder.values.get("base_url", settings.base_url))
        if origin_of(meant) == origin_of(settings.base_url):
            doubtful.discard("model")
    effective = [
        setting
        for setting in Settings.model_fields
        if setting in doubtful
        and _has_effect(setting, asks_model=settings.asks_model, for_cache=for_cache)
    ]
    if effective:
        raise UsageError(_refusal(effective, settings, chosen, folder, standing))
    return {setting: source for setting, source in chosen.items() if setting not in doubtful}


def _refusal(
    effective: list[str], settings: Settings, chosen: _Chosen, folder: Source, standing: Standing
) -> str:
    """Return why settings of the working directory's file are refused, and what to type."""
    effects = []
    if any(setting in _ENDPOINT for setting in effective):
        effects.append(
            f"send articles to {_shown(settings.endpoint)} (model {_shown(str(settings.model))})"
            + (", with the key in OPENAI_API_KEY" if _bears_own_key(chosen, folder) else "")
        )
    others = [setting for setting in effective if setting not in _ENDPOINT]
    if others:
        said = (f"{setting} ({needs_trust(setting)})" for setting in others)
        effects.append(f"set {', '.join(said)}")
    rules = "; to have the rules answer, add --assist none" if settings.asks_model else ""
    return f"{folder.file} would {', and '.join(effects)}, but {standing.remedy}{rules}"


def _shown(text: str) -> str:
    """Return what a stranger's file says, on one line of a message and no longer than that."""
    text = one_line(text)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _bears_own_key(chosen: _Chosen, folder: Source) -> bool:
    """Return whether the environment's key would go where articles go: see `_key_for`."""
    key, host = chosen.get("api_key"), chosen.get("base_url")
    brings_its_own = host is folder and "api_key" in folder.values
    return key is not None and key.kind == "environment" and not brings_its_own


def _key_for(
    settings: Settings, chosen: _Chosen, own: list[Source], files: list[Source]
) -> Source | None:
    """Return the source whose key goes to the endpoint, None where there is no key.

    A key that stands in one of the `files` goes only to the endpoint of that file, and there before
    any other. A flag's and the environment's go to whatever the user names, and to the endpoint of
    a trusted folder. Raises UsageError when all that is left are keys of other endpoints.
    """
    host = chosen.get("base_url")
    flags, environment = own[:2]
    if "api_key" in flags.values:
        return flags
    if host is not None and host.file is not None and "api_key" in host.values:
        return host
    if "api_key" in environment.values:
        return environment
    files = [file for file in files if "api_key" in file.values]
    there = origin_of(settings.base_url)
    for file in files:
        if origin_of(file.endpoint) == there:
            return file
    if files:
        named = host.named("base_url") if host is not None else "no setting"
        raise UsageError(
            f"the key in {files[0].file} is for {origin_of(files[0].endpoint)} and is not sent to "
            f"{there}, which {named} names: set OPENAI_API_KEY for it, to any word if it takes none"
        )
    return None


def _announcement(settings: Settings, chosen: _Chosen) -> Announcement | None:
    """Return what to say before the first request; None where a flag names the host."""
    model, host = chosen["model"], chosen.get("base_url")
    if host is not None and host.kind == "flags":
        return None
    of_model = "" if model.kind == "flags" else f" (named in {model.place('model')})"
    of_host = "the default endpoint" if host is None else f"named in {host.place('base_url')}"
    asked = f"{_shown(str(settings.model))}{of_model}"
    return Announcement(
        f"asking {asked} at {_shown(settings.endpoint)} ({of_host})",
        even_quiet="folder" in (model.kind, host.kind if host is not None else ""),
    )
