"""Frozen dataclasses that the type checker guards, instead of a check at run time: `@frozen`.

A dataclass that refuses a change at run time takes three times as long to build, and an article
has hundreds of mentions, sentences and marks. Only a class that remembers what it computed
(`functools.cached_property`) is a plain `@dataclass(frozen=True)`: it cannot have slots.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform, overload

_Class = TypeVar("_Class")


@overload
def frozen(shape: type[_Class]) -> type[_Class]: ...


@overload
def frozen(
    *, kw_only: bool = False, order: bool = False
) -> Callable[[type[_Class]], type[_Class]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(
    shape: type[_Class] | None = None, *, kw_only: bool = False, order: bool = False
) -> type[_Class] | Callable[[type[_Class]], type[_Class]]:
    """Make a class a dataclass with slots, equal and hashed by its fields.

    `kw_only` and `order` are those of `dataclasses.dataclass`.
    """
    make = dataclass(slots=True, unsafe_hash=True, kw_only=kw_only, order=order)
    return make if shape is None else make(shape)
