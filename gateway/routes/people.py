"""What people owe each other beyond a single event."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Protocol
from uuid import UUID

from marshmallow import ValidationError

from common.contracts.core import CoreService
from common.contracts.expenses import MAX_PARTICIPANTS, SplitType, SplitValue
from common.contracts.people import Person, PersonShare, RecordBetween, share_problems
from common.contracts.types import EMAIL, Amount, Currency, Day, Description, Email, Id, Text
from common.database import Database
from common.errors import FieldError, Invalid
from common.rpc.context import Context
from common.rpc.wire import AtMost
from gateway import queries
from gateway.auth.profiles import email_key
from gateway.endpoint import Access, Routes
from gateway.models import UserRow


class UserOrAddress(Text):
    """A user's id, or an e-mail address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _is_id(text) and not EMAIL.fullmatch(text):
            raise ValidationError("Must be the id of a user or an e-mail address.")
        return text


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody who bears a part: a user by id, or anybody by address; and the value that the split's type asks of each.

    Whether a user has the address nobody is told.
    """

    user_id: Id | None = None
    email: Email | None = None
    value: Annotated[int | str | None, partial(SplitValue, allow_none=True)] = None


@dataclass(frozen=True, slots=True)
class SplitBetween:
    """How an expense is divided between people."""

    participants: Annotated[tuple[NamedPerson, ...], AtMost(MAX_PARTICIPANTS)]
    type: SplitType = "equal"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPersonalExpense:
    """A new expense between people without an event; `paid_by` is a user's id or an address, mine if left out."""

    id: Id
    amount: Amount
    currency: Currency
    split: SplitBetween
    paid_by: Annotated[str | None, partial(UserOrAddress, minimum=3, maximum=254, trim=True, allow_none=True)] = None
    description: Description = ""
    date: Day | None = None

    def problems(self) -> Iterator[FieldError]:
        """Yield every broken rule between the fields."""
        for number, person in enumerate(self.split.participants):
            if (person.user_id is None) == (person.email is None):
                yield FieldError(f"split.participants.{number}", "Needs either user_id or email.")
        yield from share_problems(self.amount, self.split.type, [each.value for each in self.split.participants])


class Services(Protocol):
    """What these routes need of the application."""

    database: Database


@dataclass(frozen=True, slots=True)
class _Directory:
    """The users that a request names, by id and by address."""

    by_id: Mapping[UUID, UserRow]
    by_address: Mapping[str, UserRow]

    def person(self, field: str, user_id: UUID | None, email: str | None) -> Person:
        """Return whom a field names; raises Invalid for an id that no user has."""
        if email is not None:
            user = self.by_address.get(email_key(email))
            return Person(email.partition("@")[0], user.id if user else None, email)
        user = self.by_id.get(user_id) if user_id else None
        if user is None:
            raise Invalid(fields=[FieldError(field, "There is no such user.")])
        return Person(user.name, user.id)


def between(services: Services, context: Context, command: RecordPersonalExpense) -> RecordBetween:
    """Return the command for the service, which knows people by name, with the users that this one names."""
    assert context.user_id is not None, "the endpoint is for users only"
    paid_by = _named(command.paid_by) if command.paid_by else NamedPerson(context.user_id)
    named = [("paid_by", paid_by)]
    for number, each in enumerate(command.split.participants):
        named.append((f"split.participants.{number}.user_id", each))
    directory = _directory(services, [each for _, each in named])
    me = Person(context.user_name, context.user_id)
    found = [directory.person(field, each.user_id, each.email) for field, each in named]
    people, places = _without_repeats([me, *found])
    if 0 not in places[1:]:
        raise Invalid(fields=[FieldError("split.participants", "You must be the payer or a participant.")])
    if len(people) == 1:
        raise Invalid(fields=[FieldError("split.participants", "Name somebody else than yourself.")])
    _, payer, *bearing = places
    return RecordBetween(
        id=command.id,
        people=people,
        paid_by=payer,
        amount=command.amount,
        currency=command.currency,
        type=command.split.type,
        participants=tuple(
            PersonShare(place, each.value) for place, each in zip(bearing, command.split.participants, strict=True)
        ),
        description=command.description,
        date=command.date,
    )


def _named(text: str) -> NamedPerson:
    return NamedPerson(UUID(text)) if _is_id(text) else NamedPerson(email=text)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _directory(services: Services, named: Sequence[NamedPerson]) -> _Directory:
    ids = [each.user_id for each in named if each.user_id]
    addresses = [email_key(each.email) for each in named if each.email]
    with services.database.transaction() as transaction:
        users = queries.list_users(transaction, ids, addresses)
    return _Directory({user.id: user for user in users}, {user.email_key: user for user in users if user.email_key})


def _without_repeats(named: Sequence[Person]) -> tuple[tuple[Person, ...], list[int]]:
    """Return everybody once, and everybody's place there; who was named by id too is not one named by an address."""
    people: dict[UUID | str | None, Person] = {}
    for person in named:
        key = person.user_id or email_key(person.email or "")
        if key not in people or person.email is None:
            people[key] = person
    order = list(people)
    return tuple(people.values()), [order.index(each.user_id or email_key(each.email or "")) for each in named]


people = Routes("people")

people.remote("GET", "/users/me/balances", CoreService.get_personal_balances, access=Access.USER)
people.remote("GET", "/users/<uuid:user_id>/balances", CoreService.get_balances_of_user, access=Access.USER)
people.remote("POST", "/users/me/payments", CoreService.settle_person, status=HTTPStatus.CREATED, access=Access.USER)
people.remote(
    "POST",
    "/expenses",
    CoreService.record_between,
    status=HTTPStatus.CREATED,
    access=Access.USER,
    expands=True,
    command=RecordPersonalExpense,
    prepare=between,
)
