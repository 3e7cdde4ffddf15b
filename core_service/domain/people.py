"""What two people owe each other over several events: brought together, and settled across them."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class Claim(Generic[Place]):
    """What one person owes me in one event, in minor units of its currency; negative: I owe them.

    `person` is equal for claims on the same person.
    """

    person: Hashable
    currency: str
    place: Place
    amount: int


def by_person(claims: Iterable[Claim[Place]]) -> list[list[Claim[Place]]]:
    """Return the claims of each person and currency together, in the order in which they first occur."""
    together: dict[Hashable, list[Claim[Place]]] = {}
    for claim in claims:
        together.setdefault((claim.person, claim.currency), []).append(claim)
    return list(together.values())


def settle(claims: Sequence[int], paid: int) -> list[int]:
    """Return what I send in each event when I pay `paid` to one who has these claims on me, oldest event first.

    A claim is positive when I owe; what is sent is negative where the other one sends. `paid` is at most the sum of
    the claims. A part of what I owe goes to the oldest claims. All of it brings every claim to zero: what the other
    one owes me is set off.
    """
    assert 0 < paid <= sum(claims), (claims, paid)
    if paid == sum(claims):
        return list(claims)
    sent = []
    left = paid
    for claim in claims:
        part = min(left, max(claim, 0))
        sent.append(part)
        left -= part
    return sent
