"""Results as a table to read and as JSON to keep."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.measure import Outcome, Spread

RESULTS_DIR = Path(__file__).parent / "results"
_WHOLE_FROM = 100
_MAIN_FIGURES = frozenset({"per_s", "cpu_ms"})


def table(outcome: Outcome, figures: Sequence[str], baseline: str | None = None) -> str:
    """Return the medians of `figures`, one row per contender.

    `per_s` and `cpu_ms` come with their range and, where there is a `baseline`, with the ratio to it.
    """
    rows = [[name, *(_cell(outcome, name, figure, baseline) for figure in figures)] for name in outcome.rounds]
    return _aligned([[outcome.title, *figures], *rows])


def _cell(outcome: Outcome, name: str, figure: str, baseline: str | None) -> str:
    if not outcome.has(name, figure):
        return "-"
    spread = outcome.spread(name, figure)
    if figure not in _MAIN_FIGURES:
        return number_text(spread.median)
    if baseline in {None, name}:
        return spread_text(spread)
    assert baseline is not None
    return f"{spread_text(spread)} x{number_text(outcome.ratio(name, baseline, figure).median)}"


def spread_text(spread: Spread) -> str:
    """Return a spread as `median (low..high)`."""
    return f"{number_text(spread.median)} ({number_text(spread.low)}..{number_text(spread.high)})"


def number_text(value: float) -> str:
    """Return a figure with the digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.3g}"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def save(name: str, outcomes: Sequence[Outcome], conditions: Mapping[str, object]) -> Path:
    """Write every round of `outcomes` to a new file in `bench/results` and return its path."""
    RESULTS_DIR.mkdir(exist_ok=True)
    path = RESULTS_DIR / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}.json"
    document = {
        "name": name,
        "conditions": dict(conditions),
        "machine": _machine(),
        "outcomes": [
            {"title": outcome.title, "conditions": dict(outcome.conditions), "rounds": outcome.rounds}
            for outcome in outcomes
        ],
    }
    path.write_text(json.dumps(document, indent=1) + "\n")
    return path


def _machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_average": os.getloadavg(),
        "commit": _commit(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _commit() -> str | None:
    command = ["git", "describe", "--always", "--dirty"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return answer.stdout.strip() or None
