"""Paired, repeated measurements: the contenders take turns, and ratios are taken within each turn.

A machine's speed drifts; two figures taken one after the other drift together. So the contenders run
A B A B …, each figure is reported by its median and range over the rounds, and a ratio between two
contenders is the median of the ratios of the rounds.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from bench.progress import say

Figures = Mapping[str, float]
_SHOWN_MEANWHILE = frozenset({"per_s", "p50_ms", "cpu_ms", "errors", "elsewhere"})


@dataclass(frozen=True)
class Contender:
    """Something that can be measured again and again; `measure` runs once and returns its figures by name."""

    name: str
    measure: Callable[[], Figures]


@dataclass(frozen=True)
class Spread:
    """A figure over the rounds: its median and its range."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Return the spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Outcome:
    """The figures of each contender, one entry per round, in the same order for all."""

    title: str
    rounds: Mapping[str, Sequence[Figures]]
    conditions: Mapping[str, object] = field(default_factory=dict)

    def has(self, contender: str, figure: str) -> bool:
        """Tell whether every round of a contender has that figure."""
        return all(figure in figures for figures in self.rounds[contender])

    def spread(self, contender: str, figure: str) -> Spread:
        """Return the spread of a contender's figure over the rounds."""
        return Spread.of([figures[figure] for figures in self.rounds[contender]])

    def ratio(self, contender: str, baseline: str, figure: str) -> Spread:
        """Return the spread of contender / baseline, taken round by round; infinite where the baseline is zero."""
        pairs = zip(self.rounds[contender], self.rounds[baseline], strict=True)
        return Spread.of([ours[figure] / theirs[figure] if theirs[figure] else float("inf") for ours, theirs in pairs])


def take_turns(title: str, contenders: Sequence[Contender], rounds: int, warmups: int = 1) -> Outcome:
    """Measure the contenders in turn, `rounds` times after `warmups` rounds that do not count."""
    taken: dict[str, list[Figures]] = {contender.name: [] for contender in contenders}
    for number in range(-warmups, rounds):
        label = "warm-up" if number < 0 else f"round {number + 1}/{rounds}"
        for contender in contenders:
            figures = contender.measure()
            say(f"{title}: {label}: {contender.name}: {_brief(figures)}")
            if number >= 0:
                taken[contender.name].append(figures)
    return Outcome(title, taken)


def _brief(figures: Figures) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in figures.items() if name in _SHOWN_MEANWHILE)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0 to 1) of the sorted `values` do not exceed."""
    return values[max(0, math.ceil(len(values) * share) - 1)]
