"""What people owe each other beyond a single event, as commands and results; amounts in minor units."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from common.contracts.expenses import (
    MAX_PARTICIPANTS,
    Expense,
    Participant,
    Split,
    SplitType,
    SplitValue,
    split_problems,
)
from common.contracts.types import Amount, Currency, Day, Description, Email, Id, Name
from common.errors import Conflict, FieldError
from common.rpc.wire import AtMost


class PeopleFixed(Conflict):
    """What people share without an event is for just these people."""

    code = "people_fixed"
    message = "Expenses without an event are between the people they were recorded for. Make an event to add others."


@dataclass(frozen=True, slots=True)
class GetPersonalBalances:
    """Asks what others owe me, and I owe others."""


@dataclass(frozen=True, slots=True)
class GetBalancesOfUser:
    """Asks the same by my own id."""

    user_id: Id


@dataclass(frozen=True, slots=True)
class EventBalance:
    """What somebody and I owe each other in one event; positive: they owe me."""

    event_id: UUID
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class PersonalBalance:
    """What one person and I owe each other in one currency, over all events; positive: they owe me.

    Who is no user, or was only ever named by an address, has no `user_id`; several members with one address that I may
    see are one person, other members are each a person of their own.
    """

    user_id: UUID | None
    name: str
    currency: str
    amount: int
    events: tuple[EventBalance, ...]


@dataclass(frozen=True, slots=True)
class PersonalBalances:
    """What others owe me, and I owe others, by person and currency; who is quits with me everywhere is left out."""

    balances: tuple[PersonalBalance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlePerson:
    """I paid somebody what I owe them, or a part of it, in whichever events that was."""

    id: Id
    to_user_id: Id
    currency: Currency
    amount: Amount


@dataclass(frozen=True, slots=True)
class PersonalPayment:
    """A payment across events: what it consists of, an expense of kind `payment` in each event, oldest event first.

    Payments to me are among them where I paid all that I owe: what they owed me elsewhere was set off.
    """

    id: UUID
    to_user_id: UUID
    currency: str
    amount: int
    payments: tuple[Expense, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with whom money is shared without an event: a user, or whoever has the address that the caller gave.

    With an address, `name` is made of it, and `user_id` is shown to nobody who does not know that user anyway.
    """

    name: Name
    user_id: Id | None = None
    email: Email | None = None


@dataclass(frozen=True, slots=True)
class PersonShare:
    """Somebody who bears a part of an expense without an event, by the place in the list of people."""

    person: int
    value: Annotated[int | str | None, partial(SplitValue, allow_none=True)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBetween:
    """A new expense between people, without an event; `paid_by` is a place in `people`."""

    id: Id
    people: Annotated[tuple[Person, ...], AtMost(MAX_PARTICIPANTS)]
    paid_by: int
    amount: Amount
    currency: Currency
    type: SplitType
    participants: Annotated[tuple[PersonShare, ...], AtMost(MAX_PARTICIPANTS)]
    description: Description = ""
    date: Day | None = None

    def problems(self) -> Iterator[FieldError]:
        """Yield every broken rule between the fields."""
        yield from share_problems(self.amount, self.type, [share.value for share in self.participants])
        seen = Counter(share.person for share in self.participants)
        for number, share in enumerate(self.participants):
            if seen[share.person] > 1:
                yield FieldError(f"split.participants.{number}", "Names the same person twice.")


def share_problems(amount: int, kind: SplitType, values: list[int | str | None]) -> Iterator[FieldError]:
    """Yield what is wrong with the values of a split of `amount` among as many people."""
    if not values:
        yield FieldError("split.participants", "Name at least one participant.")
        return
    people = tuple(Participant(UUID(int=number), value) for number, value in enumerate(values))
    yield from split_problems(amount, Split(kind, people))
