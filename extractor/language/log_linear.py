"""Features of log-linear models: each combination is named and its weights summed once.

The log-linear rankings (of antecedents and of speakers) score thousands of candidates by a few
hundred groups of features; training wants their names, ranking only their weights.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec

from extractor.frozen import frozen

_Ps = ParamSpec("_Ps")


@frozen
class Features:
    """Some features of one candidate."""

    names: tuple[str, ...]
    worth: float  # the sum of their weights


def weighed(
    weights: Callable[[], dict[str, float]], most: int = 20_000
) -> Callable[[Callable[_Ps, tuple[str, ...]]], Callable[_Ps, Features]]:
    """Let a function that names features return them weighed; the same arguments, the same object.

    `weights` returns the fitted weights by feature; what is in no table weighs nothing. `most`
    answers are remembered.
    """

    def wrap(name: Callable[_Ps, tuple[str, ...]]) -> Callable[_Ps, Features]:
        @lru_cache(maxsize=most)
        def features(*args: _Ps.args, **kwargs: _Ps.kwargs) -> Features:
            names, table = name(*args, **kwargs), weights()
            return Features(names, sum([table.get(feature, 0.0) for feature in names]))

        _forgetting.append(features.cache_clear)
        return features  # type: ignore[return-value]  # lru_cache forgets the parameters

    return wrap


_forgetting: list[Callable[[], None]] = []


def forget() -> None:
    """Weigh all features anew: the tables are others now."""
    for clear in _forgetting:
        clear()
