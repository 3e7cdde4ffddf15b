# ruff: noqa: INP001 -- a script beside the tests of the web app
"""Writes tests/splits.json: what the server's own rules make of random splits, for the preview to agree with.

Run from the repository: .venv/bin/python web/tests/make_splits.py
"""

import json
import random
import sys
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common import errors
from common.contracts.expenses import Participant, Split, hundredths
from core_service.domain import splitting
from core_service.domain.membership import Attendance

CASES = 150
SEED = 4
ON = date(2026, 11, 20)
CHANCE = random.Random(SEED)  # noqa: S311 -- no secret


def values(split_type: str, count: int, amount: int) -> list[Any]:
    """Return a value for each of `count` participants that the type accepts."""
    if split_type == "equal":
        return [None] * count
    if split_type == "exact":
        cuts = sorted(CHANCE.randint(0, amount) for _ in range(count - 1))
        return [high - low for low, high in zip([0, *cuts], [*cuts, amount], strict=True)]
    if split_type == "percentage":
        cuts = sorted(CHANCE.randint(0, 10_000) for _ in range(count - 1))
        return [f"{(high - low) / 100:.2f}" for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    if split_type == "shares":
        return [f"{CHANCE.randint(1, 900) / 100:.2f}" for _ in range(count)]
    return [CHANCE.randint(-amount // 20, amount // 20) for _ in range(count)]


def case() -> dict[str, Any] | None:
    """Return one split with the shares that follow from it, or None for one that is refused."""
    count = CHANCE.randint(1, 7)
    amount = CHANCE.choice([1, 7, 100, 999, 10_000, CHANCE.randint(1, 10**9)])
    event_amount = CHANCE.choice([amount, amount, max(1, amount * 13 // 17)])
    split_type = CHANCE.choice(["equal", "exact", "percentage", "shares", "adjustment"])
    kind = CHANCE.choice(["expense", "expense", "income"])
    ids = [UUID(int=CHANCE.getrandbits(128), version=4) for _ in range(count)]
    weights = [CHANCE.choice([100, 100, 50, 200, 133]) for _ in ids]
    leftovers = [CHANCE.randint(-2, 3) for _ in ids]
    given = values(split_type, count, amount)
    split = Split(split_type, tuple(Participant(i, value) for i, value in zip(ids, given, strict=True)))
    members = {
        i: Attendance(i, weights=((date.min, weight),), leftovers=left)
        for i, weight, left in zip(ids, weights, leftovers, strict=True)
    }
    try:
        parts = splitting.divide(kind, amount, event_amount, split, members, ON)
    except errors.Invalid:
        return None
    numbers = {
        "equal": weights,
        "percentage": [hundredths(str(value)) for value in given if value is not None],
        "shares": [hundredths(str(value)) for value in given if value is not None],
    }.get(split_type, given)
    return {
        "type": split_type,
        "kind": kind,
        "amount": amount,
        "eventAmount": event_amount,
        "parts": [{"memberId": str(i), "value": value} for i, value in zip(ids, numbers, strict=True)],
        "leftovers": {str(i): left for i, left in zip(ids, leftovers, strict=True)},
        "shares": {str(part.member_id): part.amount for part in parts},
    }


made = [each for each in (case() for _ in range(CASES)) if each is not None]
Path(__file__).with_name("splits.json").write_text("[\n" + ",\n".join(json.dumps(each) for each in made) + "\n]\n")
