"""A model of a shared event in a few rules, in fractions: what the core service must come to as well."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

Sums = dict[uuid.UUID, int]


def largest_remainder(
    amount: int, weights: Mapping[uuid.UUID, Any], ranks: Mapping[uuid.UUID, int]
) -> tuple[Sums, Sums]:
    """Return each one's part of `amount`, and the cents in them that were left over."""
    total = sum(Fraction(weight) for weight in weights.values())
    fair = {key: Fraction(weight) * amount / total for key, weight in weights.items()}
    parts = {key: int(part) for key, part in fair.items()}
    queue = sorted(weights, key=lambda key: (parts[key] - fair[key], ranks.get(key, 0)))
    cents = dict.fromkeys(queue[: amount - sum(parts.values())], 1)
    return {key: part + cents.get(key, 0) for key, part in parts.items()}, cents


@dataclass
class Somebody:
    """A member: when they are part of the event and how much they count."""

    id: uuid.UUID
    joined_on: date | None = None
    left_on: date | None = None
    weights: list[tuple[date, Fraction]] = field(default_factory=lambda: [(date.min, Fraction(1))])
    is_deleted: bool = False

    def is_present(self, on: date) -> bool:
        """Return whether "everyone" includes this member on a date."""
        after_joining = self.joined_on is None or on >= self.joined_on
        return not self.is_deleted and after_joining and (self.left_on is None or on <= self.left_on)

    def weight(self, on: date) -> Fraction:
        """Return how much the member counts on a date."""
        return [weight for start, weight in self.weights if start <= on][-1]

    def weigh(self, weight: Fraction, start: date) -> None:
        """Let a weight hold from a date on."""
        self.weights = [(known, former) for known, former in self.weights if known < start] + [(start, weight)]


@dataclass
class Money:
    """What people say of an expense; `values` is None for "everyone", a payer's amount is in the own currency."""

    kind: str
    amount: int
    rate: Fraction
    payers: Mapping[uuid.UUID, int]
    type: str
    values: Mapping[uuid.UUID, Any] | None
    on: date

    @property
    def event_amount(self) -> int:
        """The amount in the event's currency, which has as many decimals here, rounded half up."""
        return int(self.amount * self.rate + Fraction(1, 2))

    @property
    def sign(self) -> int:
        """-1 for money that came in."""
        return -1 if self.kind == "income" else 1


@dataclass
class Entry:
    """An expense with what it came to."""

    id: uuid.UUID
    money: Money
    shares: Sums
    cents: Sums
    is_deleted: bool = False

    @property
    def paid(self) -> Sums:
        """What each payer paid, in the event's currency."""
        parts, _ = largest_remainder(self.money.event_amount, self.money.payers, {})
        return {payer: self.money.sign * part for payer, part in parts.items()}


class Ledger:
    """An event's members and expenses, and what follows from them."""

    def __init__(self, members: Sequence[uuid.UUID]) -> None:
        self.members = {member_id: Somebody(member_id) for member_id in members}
        self.entries: list[Entry] = []

    def weights_on(self, on: date) -> dict[uuid.UUID, Fraction]:
        """Return who "everyone" is on a date, with their weights."""
        return {each.id: each.weight(on) for each in self.members.values() if each.is_present(on)}

    def divide(self, money: Money, besides: Sequence[Entry] = ()) -> tuple[Sums, Sums]:
        """Return shares and left-over cents of an expense, as if `besides` were not there."""
        others = [entry for entry in self.entries if not entry.is_deleted and entry not in besides]
        borne: Counter[uuid.UUID] = Counter()
        for entry in others:
            borne.update(entry.cents)
        shares, cents = self._divide(money, {key: money.sign * count for key, count in borne.items()})
        if money.kind == "payment":
            cents = {}
        return {key: money.sign * share for key, share in shares.items()}, dict.fromkeys(cents, money.sign)

    def _divide(self, money: Money, ranks: Sums) -> tuple[Sums, Sums]:
        values = self.weights_on(money.on) if money.values is None else money.values
        keys = sorted(values)
        if money.type == "adjustment":
            rest = money.amount - sum(values.values())
            parts, cents = largest_remainder(rest, dict.fromkeys(keys, 1), ranks)
            shares = {key: parts[key] + values[key] for key in keys}
            if money.rate == 1:
                return shares, cents
            return largest_remainder(money.event_amount, shares, ranks)
        if money.type == "equal":
            values = {key: self.members[key].weight(money.on) for key in keys}
        return largest_remainder(money.event_amount, {key: values[key] for key in keys}, ranks)

    def record(self, entry_id: uuid.UUID, money: Money) -> Entry:
        """Add an expense."""
        self.entries.append(Entry(entry_id, money, *self.divide(money)))
        return self.entries[-1]

    def edit(self, entry: Entry, money: Money) -> None:
        """Change an expense; one whose money stays keeps its shares."""
        if money != entry.money:
            entry.shares, entry.cents = self.divide(money, besides=[entry])
            entry.money = money

    def recompute(self, former: Mapping[date, Mapping[uuid.UUID, Fraction]]) -> None:
        """Divide again what is for everyone, where everyone is somebody else than they were by date."""
        concerned = [
            entry
            for entry in self.entries
            if entry.money.values is None and former[entry.money.on] != self.weights_on(entry.money.on) != {}
        ]
        for number, entry in enumerate(concerned):
            entry.shares, entry.cents = self.divide(entry.money, besides=concerned[number:])

    def presence(self) -> dict[date, dict[uuid.UUID, Fraction]]:
        """Return who is present with which weight, for each date on which there is an expense."""
        return {entry.money.on: self.weights_on(entry.money.on) for entry in self.entries}

    def is_named(self, member_id: uuid.UUID) -> bool:
        """Return whether a member is payer or listed participant of anything, deleted or not."""
        return any(member_id in entry.money.payers or member_id in (entry.money.values or {}) for entry in self.entries)

    def sums(self) -> dict[uuid.UUID, tuple[int, int, int, int]]:
        """Return what each member paid, bears, sent and received."""
        sums: dict[uuid.UUID, list[int]] = {member_id: [0, 0, 0, 0] for member_id in self.members}
        for entry in self.entries:
            if entry.is_deleted:
                continue
            first = 2 if entry.money.kind == "payment" else 0
            for member_id, paid in entry.paid.items():
                sums[member_id][first] += paid
            for member_id, share in entry.shares.items():
                sums[member_id][first + 1] += share
        return {member_id: (each[0], each[1], each[2], each[3]) for member_id, each in sums.items()}

    def debts(self) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
        """Return what one owes the other, set off, by debtor and creditor."""
        owed: dict[tuple[uuid.UUID, uuid.UUID], int] = defaultdict(int)
        for entry in self.entries:
            if not entry.is_deleted:
                for (debtor, creditor), amount in debts_of(entry).items():
                    owed[debtor, creditor] += amount
                    owed[creditor, debtor] -= amount
        return {pair: amount for pair, amount in owed.items() if amount > 0}


def debts_of(entry: Entry) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """Return what each participant owes each payer of one expense: rows add up to shares, columns to what was paid."""
    left = {payer: paid for payer, paid in sorted(entry.paid.items()) if paid}
    weights = {payer: abs(paid) for payer, paid in left.items()}
    bearing = sorted((member, share) for member, share in entry.shares.items() if share)
    owed = {}
    for debtor, share in bearing[:-1]:
        parts, _ = largest_remainder(abs(share), weights, {})
        for creditor, part in parts.items():
            owed[debtor, creditor] = entry.money.sign * part
            left[creditor] -= entry.money.sign * part
    for creditor, rest in left.items():
        owed[bearing[-1][0], creditor] = rest
    return {(debtor, creditor): amount for (debtor, creditor), amount in owed.items() if debtor != creditor}
