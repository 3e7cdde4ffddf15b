"""Making one member of two: what each of them paid and bears becomes one's, and nobody else's share moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from common import money
from common.contracts.expenses import Participant, Split, hundredths
from core_service.domain.ledger import Line
from core_service.domain.membership import WHOLE

Payers = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Merger:
    """Puts the member `into` in the place of the member `gone`."""

    gone: UUID
    into: UUID

    def lines(self, lines: Sequence[Line]) -> list[Line]:
        """Return ledger lines in which both members' are one line, which stands where the first of them stood."""
        merged: dict[UUID, Line] = {}
        for line in lines:
            own = replace(line, member_id=self._named(line.member_id))
            former = merged.get(own.member_id)
            merged[own.member_id] = own if former is None else _sum(former, own)
        return list(merged.values())

    def payers(self, payers: Payers) -> list[dict[str, Any]]:
        """Return payers, as JSON, in which both members are one who paid what both did."""
        merged: dict[str, dict[str, Any]] = {}
        for payer in payers:
            own = {**payer, "member_id": str(self._named(UUID(payer["member_id"])))}
            former = merged.get(own["member_id"])
            if former is not None:
                own["amount"] += former["amount"]
            merged[own["member_id"]] = own
        return list(merged.values())

    def split(self, split: Split, amount: int, weights: Mapping[UUID, int], shares: Mapping[UUID, int]) -> Split:
        """Return a split of `amount` in which both members are one who bears what both did.

        `weights` count in an equal split, in hundredths; `shares` is what each one bears, where that is known in the
        currency of `amount`.
        """
        listed = split.listed
        if {self.gone, self.into} <= {participant.member_id for participant in listed}:
            split = _summable(split, amount, weights, shares)
        values: dict[UUID, int | str | None] = {}
        for participant in split.listed:
            member_id = self._named(participant.member_id)
            values[member_id] = _added(values.get(member_id), participant.value)
        if split.is_everyone:
            return split
        return Split(split.type, tuple(Participant(member_id, value) for member_id, value in values.items()))

    def is_between(self, payers: Payers, split: Split) -> bool:
        """Return whether a payment is from one of the two members to the other."""
        sides = {UUID(payer["member_id"]) for payer in payers} | {each.member_id for each in split.listed}
        return sides == {self.gone, self.into}

    def _named(self, member_id: UUID) -> UUID:
        return self.into if member_id == self.gone else member_id


def _sum(one: Line, other: Line) -> Line:
    return Line(
        one.member_id, _total(one.paid, other.paid), _total(one.share, other.share), one.leftover + other.leftover
    )


def _total(one: int | None, other: int | None) -> int | None:
    return one if other is None else other + (one or 0)


def _added(one: int | str | None, other: int | str | None) -> int | str | None:
    if one is None or other is None:
        return one if other is None else other
    if isinstance(one, int) and isinstance(other, int):
        return one + other
    return _text(hundredths(str(one)) + hundredths(str(other)))


def _summable(split: Split, amount: int, weights: Mapping[UUID, int], shares: Mapping[UUID, int]) -> Split:
    """Return the same split in a type in which two participants' values can be added."""
    if split.type == "equal":
        parts = (Participant(each.member_id, _text(weights.get(each.member_id, WHOLE))) for each in split.listed)
        return Split("shares", tuple(parts))
    if split.type != "adjustment":
        return split
    if not shares:
        extras = [int(each.value or 0) for each in split.listed]
        equal, _ = money.allocate(amount - sum(extras), [1] * len(extras))
        shares = {each.member_id: part + extra for each, part, extra in zip(split.listed, equal, extras, strict=True)}
    return Split("exact", tuple(Participant(each.member_id, shares[each.member_id]) for each in split.listed))


def _text(count: int) -> str:
    return money.rate_text(Decimal(count).scaleb(-2))
