"""What services tell each other: every kind of message, who subscribes to it, and how it travels as JSON.

A message is named in the past tense and carries the whole state of its subject and that state's version, so that a
subscriber can ignore what is older than what it knows: duplicates and reordering do no harm. Fields may be added with
a default; a reader ignores fields that it does not know. Anything else is a new kind.
"""

import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from common import rebuilding


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What happened to one thing: its id, its version after that, and when it happened in Unix seconds."""

    by_kind: ClassVar[dict[str, type["Message"]]] = {}

    subject_id: UUID
    version: int
    occurred_at: int


Kind = typing.TypeVar("Kind", bound=type[Message])


def _published(kind: Kind) -> Kind:
    Message.by_kind[kind.__name__] = kind
    return kind


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    """What one member paid for an expense and what they bear of it, in the event's minor units."""

    member_id: UUID
    user_id: UUID | None
    paid: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseState(Message):
    """An expense as a whole, the same for whatever happened to it; `subject_id` is the expense.

    `amount` and `currency` are as entered, `event_amount` and the lines are in `event_currency`, all in minor units.
    """

    is_deleted: ClassVar[bool] = False

    event_id: UUID
    event_name: str
    event_currency: str
    kind: str
    description: str
    category: str
    amount: int
    currency: str
    event_amount: int
    date: date
    lines: tuple[ExpenseLine, ...]


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseRecorded(ExpenseState):
    """Somebody recorded an expense."""


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseChanged(ExpenseState):
    """Somebody changed an expense, or it changed because a member joined or left."""


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseDeleted(ExpenseState):
    """Somebody deleted an expense; the rest is as it was before."""

    is_deleted: ClassVar[bool] = True


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseRestored(ExpenseState):
    """Somebody took back the deletion of an expense."""


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class EventDeleted(Message):
    """An event was deleted, and with it all its expenses."""

    name: str
    currency: str


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class EventRestored(Message):
    """The deletion of an event was taken back, and with it that of its expenses."""

    name: str
    currency: str


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequested(Message):
    """Somebody asked for the import of a large file; `subject_id` is the job that keeps it."""


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(Message):
    """Somebody confirmed their registration; `subject_id` is the user."""

    name: str
    timezone: str
    currency: str


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanged(Message):
    """A user changed their name, time zone or currency."""

    name: str
    timezone: str
    currency: str


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class UserDeleted(Message):
    """A user left for good; everybody forgets what they know of them."""


@_published
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationSent(Message):
    """Somebody was invited to an event by e-mail; the secret of the link is made of `subject_id`, the invitation."""

    event_id: UUID
    event_name: str
    inviter: str
    email: str
    expires_at: int


SUBSCRIBERS: Mapping[str, tuple[type[Message], ...]] = {
    "core": (UserDeleted, ImportRequested),
    "budget": (UserRegistered, UserDeleted),
    "stats": (ExpenseRecorded,),
    "notify": (UserDeleted, InvitationSent),
}

WANTED_KINDS = frozenset(kind.__name__ for kinds in SUBSCRIBERS.values() for kind in kinds)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message on its way: the id that makes it applied once, its kind, and the message as a JSON object."""

    id: UUID
    kind: str
    payload: str

    def message(self) -> Message:
        """Return the message inside."""
        return load(self.kind, orjson.loads(self.payload))


def envelope(message: Message) -> Envelope:
    """Return `message` ready to be sent, under a new id; later ids are greater."""
    return Envelope(uuid7(), type(message).__name__, orjson.dumps(message).decode())


def load(kind: str, document: Mapping[str, Any]) -> Message:
    """Return a message from its decoded JSON; raises KeyError for an unknown kind or a missing field."""
    return typing.cast("Message", rebuilding.reader_of(typing.cast("Any", Message.by_kind[kind]))(document))
