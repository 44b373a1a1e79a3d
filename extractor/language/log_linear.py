"""Groups of features for log-linear models, with the sum of their weights, computed once each.

A model scores thousands of candidates by a few hundred different groups of features. Training reads
the features' names, ranking only the sums of their weights.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec

from extractor.frozen import frozen

_Ps = ParamSpec("_Ps")


@frozen
class Features:
    """A group of features of one candidate."""

    names: tuple[str, ...]
    worth: float  # the sum of their weights


def weighed(
    weights: Callable[[], dict[str, float]], most: int = 20_000
) -> Callable[[Callable[_Ps, tuple[str, ...]]], Callable[_Ps, Features]]:
    """Make a function that names features return them as `Features`, with their weights summed.

    `weights` returns feature -> fitted weight; a feature that is not in it weighs nothing. The
    results for the last `most` different arguments are kept.
    """

    def wrap(name: Callable[_Ps, tuple[str, ...]]) -> Callable[_Ps, Features]:
        @lru_cache(maxsize=most)
        def features(*args: _Ps.args, **kwargs: _Ps.kwargs) -> Features:
            names, table = name(*args, **kwargs), weights()
            return Features(names, sum([table.get(feature, 0.0) for feature in names]))

        _clear_caches.append(features.cache_clear)
        return features  # type: ignore[return-value]  # lru_cache forgets the parameters

    return wrap


_clear_caches: list[Callable[[], None]] = []


def forget() -> None:
    """Forget all sums of weights, after the weights have changed."""
    for clear in _clear_caches:
        clear()
