"""Shares add up to the amount whatever the split, and left-over cents are borne in turn."""

import itertools
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.expenses import Kind, Participant, Split, split_problems
from common.errors import Invalid
from core_service.domain.membership import Attendance
from core_service.domain.splitting import Part, divide

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "ledger.json").read_text())["splits"]
DAY = date(2026, 11, 20)
LARGEST = 10**13


def members(count: int, **fields: Any) -> dict[UUID, Attendance]:
    ids = [UUID(int=number) for number in range(1, count + 1)]
    return {member_id: Attendance(member_id, **fields) for member_id in ids}


def split_of(kind: str, values: Sequence[Any]) -> Split:
    return Split(kind, tuple(Participant(UUID(int=place), value) for place, value in enumerate(values, start=1)))  # type: ignore[arg-type]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_shares_are_those_of_the_vectors(vector: dict[str, Any]) -> None:
    given_split, amount = vector["split"], vector["amount"]
    split = split_of(given_split["type"], given_split.get("values") or [None] * given_split["members"])
    if "error" in vector:
        assert list(split_problems(amount, split))
        return
    assert not list(split_problems(amount, split))
    shares = [part.amount for part in divide("expense", amount, amount, split, members(len(split.listed)), DAY)]
    if "shares" in vector:
        assert shares == vector["shares"]
    else:
        assert sorted(shares) in [sorted(each) for each in (vector["multiset"], *vector.get("also_allowed", ()))]


decimals = st.decimals("0.01", "1000", places=2).map(str)
splits = (
    st.lists(st.none(), min_size=1, max_size=20).map(lambda values: split_of("equal", values))
    | st.lists(decimals, min_size=1, max_size=20).map(lambda values: split_of("shares", values))
    | st.lists(st.integers(0, 10_000), min_size=1, max_size=20).map(
        lambda cuts: split_of("percentage", hundred(sorted(min(cut, 10_000) for cut in cuts)))
    )
)
kinds = st.sampled_from(["expense", "income", "payment"])


def hundred(cuts: list[int]) -> list[str]:
    """Return percentages that add up to 100, cut at these hundredths of a percent."""
    edges = [0, *cuts, 10_000]
    return [f"{(high - low) // 100}.{(high - low) % 100:02}" for low, high in itertools.pairwise(edges)]


@given(kinds, st.integers(1, LARGEST), splits)
def test_shares_add_up_to_the_amount(kind: Kind, amount: int, split: Split) -> None:
    parts = divide(kind, amount, amount, split, members(21), DAY)
    assert sum(part.amount for part in parts) == (-amount if kind == "income" else amount)
    assert [part.member_id for part in parts] == [participant.member_id for participant in split.listed]


@given(st.integers(1, LARGEST), splits)
def test_the_same_money_is_divided_in_the_same_way(amount: int, split: Split) -> None:
    backwards = Split(split.type, split.listed[::-1])
    first = divide("expense", amount, amount, split, members(21), DAY)
    assert divide("expense", amount, amount, backwards, members(21), DAY) == first[::-1]


@given(st.integers(1, 10**6), st.lists(st.integers(-1000, 1000), min_size=1, max_size=10))
def test_extras_are_added_to_what_is_left_for_each(amount: int, extras: list[int]) -> None:
    rest = Fraction(amount - sum(extras), len(extras))
    if rest < 0:
        return
    split, people = split_of("adjustment", extras), members(len(extras))
    if rest + min(extras) <= -1:
        with pytest.raises(Invalid) as refusal:
            divide("expense", amount, amount, split, people, DAY)
        assert [error.field for error in refusal.value.fields] == ["split.participants"]
    if rest + min(extras) < 0:
        return
    parts = divide("expense", amount, amount, split, people, DAY)
    assert sum(part.amount for part in parts) == amount
    for part, extra in zip(parts, extras, strict=True):
        assert part.amount >= 0
        assert abs(part.amount - extra - rest) < 1


@given(st.integers(1, 10**9), st.integers(1, 10**9), splits)
def test_foreign_money_is_divided_in_the_currency_of_the_event(amount: int, event_amount: int, split: Split) -> None:
    parts = divide("expense", amount, event_amount, split, members(21), DAY)
    assert sum(part.amount for part in parts) == event_amount


def test_exact_foreign_values_are_converted_in_proportion() -> None:
    parts = divide("expense", 300, 100, split_of("exact", [100, 200, 0]), members(3), DAY)
    assert [part.amount for part in parts] == [33, 67, 0]


def test_extras_of_foreign_money_are_converted_in_proportion() -> None:
    parts = divide("expense", 300, 100, split_of("adjustment", [100, 0]), members(2), DAY)
    assert [part.amount for part in parts] == [67, 33]


def test_a_payment_leaves_no_cents_over() -> None:
    parts = divide("payment", 100, 100, split_of("equal", [None]), members(1), DAY)
    assert parts == [Part(UUID(int=1), 100, 0)]


def test_weights_count_in_equal_splits_only() -> None:
    couple = {**members(2), UUID(int=2): Attendance(UUID(int=2), weights=[(date.min, 200)])}
    assert [part.amount for part in divide("expense", 900, 900, split_of("equal", [None] * 2), couple, DAY)] == [
        300,
        600,
    ]
    assert [part.amount for part in divide("expense", 900, 900, Split(), couple, DAY)] == [300, 600]
    assert [part.amount for part in divide("expense", 900, 900, split_of("shares", ["1", "1"]), couple, DAY)] == [
        450,
        450,
    ]


def test_everyone_is_who_is_there_on_the_date() -> None:
    people = {**members(2), UUID(int=2): Attendance(UUID(int=2), left_on=DAY - timedelta(days=1))}
    assert [part.member_id for part in divide("expense", 900, 900, Split(), people, DAY)] == [UUID(int=1)]


def test_nobody_to_bear_it_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        divide("expense", 900, 900, Split(), members(2, joined_on=DAY + timedelta(days=1)), DAY)
    assert [error.field for error in refusal.value.fields] == ["split.participants"]


def test_every_stranger_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        divide("expense", 900, 900, split_of("equal", [None] * 4), members(2), DAY)
    assert [error.field for error in refusal.value.fields] == [
        "split.participants.2.member_id",
        "split.participants.3.member_id",
    ]


class History:
    """Equal expenses of one group, with the left-over cents that each has borne."""

    def __init__(self, size: int) -> None:
        self.people = members(size)
        self.parts: list[list[Part]] = []

    @property
    def borne(self) -> Counter[UUID]:
        borne = Counter(dict.fromkeys(self.people, 0))
        for parts in self.parts:
            borne.update({part.member_id: part.leftover for part in parts})
        return borne

    @property
    def spread(self) -> int:
        return max(self.borne.values()) - min(self.borne.values())

    def divide(self, kind: Kind, amount: int) -> list[Part]:
        borne = self.borne
        known = {member_id: replace(self.people[member_id], leftovers=borne[member_id]) for member_id in self.people}
        return divide(kind, amount, amount, split_of("equal", [None] * len(known)), known, DAY)

    def add(self, kind: Kind, amount: int) -> None:
        self.parts.append(self.divide(kind, amount))


expenses = st.tuples(st.sampled_from(["expense", "income"]), st.integers(1, 10**6))


@given(st.integers(1, 12), st.lists(expenses, max_size=60))
def test_nobody_ever_carries_two_cents_more_than_another(size: int, spent: list[tuple[Kind, int]]) -> None:
    history = History(size)
    for kind, amount in spent:
        history.add(kind, amount)
        assert history.spread <= 1


@given(
    st.integers(1, 8),
    st.lists(st.tuples(st.sampled_from(["add", "edit", "delete"]), expenses, st.integers(0, 99)), max_size=60),
)
def test_a_write_never_widens_what_deletions_left_uneven(
    size: int, writes: list[tuple[str, tuple[Kind, int], int]]
) -> None:
    history = History(size)
    for write, (kind, amount), which in writes:
        if write != "add" and history.parts:
            history.parts.pop(which % len(history.parts))
        before = history.spread
        if write != "delete":
            history.add(kind, amount)
            assert history.spread <= max(1, before)


@given(st.integers(2, 9), st.integers(1, 10**6))
def test_an_income_gives_back_the_cents_that_an_expense_took(size: int, amount: int) -> None:
    history = History(size)
    history.add("expense", amount)
    history.add("income", amount)
    sums = Counter(dict.fromkeys(history.people, 0))
    for parts in history.parts:
        sums.update({part.member_id: part.amount for part in parts})
    assert set(sums.values()) == {0}
