"""Expenses of an event and how they are split, as commands and results."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from marshmallow import ValidationError, fields

from common import money
from common.contracts.events import EventOf
from common.contracts.types import (
    DECIMAL,
    UNSET,
    Amount,
    Currency,
    Cursor,
    Day,
    Description,
    Id,
    Name,
    Note,
    PageSize,
    Rate,
    Text,
    Unset,
    Version,
)
from common.errors import FieldError
from common.rpc.wire import AtMost, schema_of

MAX_PARTICIPANTS = 1_000
MAX_PARTS = 1_000_000
HUNDRED_PERCENT = 10_000

Kind = Literal["expense", "income", "payment"]
SplitType = Literal["equal", "exact", "percentage", "shares", "adjustment"]
Category = Annotated[str, partial(Text, minimum=1, maximum=100)]


class SplitValue(fields.Field[int | str]):
    """What one participant gives to a split: minor units as an integer, or parts or percent as a decimal string."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | str:
        if type(value) is int and abs(value) <= money.MAX_MINOR_UNITS:
            return value
        if isinstance(value, str) and DECIMAL.fullmatch(value):
            return value
        raise ValidationError('Must be an amount in minor units, or a decimal number as a string, such as "33.34".')


class Participants(fields.Field["Literal['everyone'] | tuple[Participant, ...]"]):
    """Either the word "everyone" or a list of participants."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == EVERYONE:
            return EVERYONE
        if not isinstance(value, list):
            raise ValidationError('Must be "everyone" or a list of participants.')
        if not 1 <= len(value) <= MAX_PARTICIPANTS:
            raise ValidationError(f"Must name 1 to {MAX_PARTICIPANTS:,} participants.")
        return tuple(schema_of(Participant).load(value, many=True))


EVERYONE: Literal["everyone"] = "everyone"


@dataclass(frozen=True, slots=True)
class Participant:
    """A member who bears a part of an expense, and the value that the split's type asks of each."""

    member_id: Id
    value: Annotated[int | str | None, partial(SplitValue, allow_none=True)] = None


@dataclass(frozen=True, slots=True)
class Split:
    """How an expense is divided."""

    type: SplitType = "equal"
    participants: Annotated[Literal["everyone"] | tuple[Participant, ...], partial(Participants)] = EVERYONE

    @property
    def is_everyone(self) -> bool:
        """Whether those who join later take part too."""
        return self.participants == EVERYONE

    @property
    def listed(self) -> tuple[Participant, ...]:
        """The participants by name; nobody for "everyone"."""
        return () if isinstance(self.participants, str) else self.participants

    def to_document(self) -> dict[str, Any]:
        """Return the split as it was sent, for JSON."""
        if self.is_everyone:
            return {"type": self.type, "participants": EVERYONE}
        return {"type": self.type, "participants": [_participant_document(each) for each in self.listed]}

    @staticmethod
    def from_document(document: dict[str, Any]) -> "Split":
        """Return the split that `to_document` described."""
        listed = document["participants"]
        if listed == EVERYONE:
            return Split(document["type"], EVERYONE)
        return Split(document["type"], tuple(Participant(UUID(i["member_id"]), i.get("value")) for i in listed))


def _participant_document(participant: Participant) -> dict[str, Any]:
    document: dict[str, Any] = {"member_id": str(participant.member_id)}
    return document if participant.value is None else {**document, "value": participant.value}


@dataclass(frozen=True, slots=True)
class Payer:
    """A member who put in money; a single payer's amount is the whole amount and may be left out."""

    member_id: Id
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What one member bears, in minor units of the event's currency."""

    member_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who recorded something: a member, or a guest who did not say which."""

    member_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndatedExpense:
    """What people say of an expense but its date; `problems` holds every rule that needs no knowledge of the event."""

    payers: Annotated[tuple[Payer, ...], AtMost(MAX_PARTICIPANTS)]
    amount: Amount | Unset = UNSET
    kind: Kind = "expense"
    description: Description = ""
    note: Note = ""
    category: Category | None = None
    currency: Currency | None = None
    event_amount: Amount | None = None
    rate: Rate | None = None
    split: Split = Split()

    def problems(self) -> Iterator[FieldError]:
        """Yield every broken rule between the fields."""
        if self.amount is UNSET and (self.event_amount is None or self.rate is None):
            yield FieldError("amount", "Missing data for required field.")
        amount = None if self.amount is UNSET else self.amount
        yield from payer_problems(amount, self.payers)
        yield from split_problems(amount, self.split)
        if self.kind == "payment":
            yield from _payment_problems(self.payers, self.split)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseContent(UndatedExpense):
    """What people say of an expense."""

    date: Day | None = None


def payer_problems(amount: int | None, payers: Sequence[Payer]) -> Iterator[FieldError]:
    """Yield what is wrong with the payers of an expense of `amount`, which is None while it is not known."""
    if not payers:
        yield FieldError("payers", "Name at least one payer.")
    yield from _repeated("payers", [payer.member_id for payer in payers])
    if len(payers) == 1 and payers[0].amount is None:
        return
    missing = [number for number, payer in enumerate(payers) if payer.amount is None]
    for number in missing:
        yield FieldError(f"payers.{number}.amount", "With several payers each one needs an amount.")
    total = sum(payer.amount or 0 for payer in payers)
    if payers and not missing and amount is not None and total != amount:
        yield FieldError("payers", f"The payers' amounts add up to {total}, they must add up to {amount}.")


def split_problems(amount: int | None, split: Split) -> Iterator[FieldError]:
    """Yield what is wrong with a split of `amount`, which is None while it is not known."""
    if split.is_everyone:
        if split.type != "equal":
            yield FieldError("split.participants", 'Only an equal split can be for "everyone".')
        return
    yield from _repeated("split.participants", [participant.member_id for participant in split.listed])
    wrong = list(_value_problems(split))
    yield from wrong
    if not wrong:
        yield from _sum_problems(amount, split)


def hundredths(value: str) -> int:
    """Return a decimal string with at most two decimals as a whole number of hundredths."""
    return int(Decimal(value).scaleb(2))


def _repeated(field: str, ids: Sequence[UUID]) -> Iterator[FieldError]:
    seen = Counter(ids)
    if len(seen) < len(ids):
        for number, member_id in enumerate(ids):
            if seen[member_id] > 1:
                yield FieldError(f"{field}.{number}.member_id", "Names the same member twice.")


VALUE_RULES: dict[str, str] = {
    "equal": "An equal split takes no value.",
    "exact": "Must be an amount of at least 0, as a whole number of minor units.",
    "adjustment": "Must be an amount, as a whole number of minor units.",
    "percentage": 'Must be a percentage of at least 0 with at most 2 decimals, as a string such as "33.34".',
    "shares": 'Must be a number of parts above 0 with at most 2 decimals, as a string such as "0.5".',
}


def _value_problems(split: Split) -> Iterator[FieldError]:
    for number, participant in enumerate(split.listed):
        if not _is_value_fit(split.type, participant.value):
            yield FieldError(f"split.participants.{number}.value", VALUE_RULES[split.type])


def _is_value_fit(split_type: SplitType, value: int | str | None) -> bool:
    if split_type == "equal":
        return value is None
    if split_type in ("exact", "adjustment"):
        return isinstance(value, int) and (value >= 0 or split_type == "adjustment")
    if not isinstance(value, str) or len(value.partition(".")[2].rstrip("0")) > 2:  # noqa: PLR2004 -- two decimals
        return False
    return 0 <= Decimal(value) <= MAX_PARTS and (Decimal(value) > 0 or split_type == "percentage")


def _sum_problems(amount: int | None, split: Split) -> Iterator[FieldError]:
    values = [participant.value for participant in split.listed]
    if split.type == "percentage":
        total = sum(hundredths(str(value)) for value in values)
        if total != HUNDRED_PERCENT:
            yield FieldError(
                "split.participants", f"The percentages add up to {Decimal(total).scaleb(-2)}, they must add up to 100."
            )
    if amount is None or split.type not in ("exact", "adjustment"):
        return
    given = sum(value for value in values if isinstance(value, int))
    if split.type == "exact" and given != amount:
        yield FieldError("split.participants", f"The amounts add up to {given}, they must add up to {amount}.")
    if split.type == "adjustment" and given > amount:
        yield FieldError("split.participants", f"The extras add up to {given}, more than the amount of {amount}.")


def _payment_problems(payers: Sequence[Payer], split: Split) -> Iterator[FieldError]:
    if len(payers) > 1:
        yield FieldError("payers", "A payment comes from one member.")
    if len(split.listed) != 1:
        yield FieldError("split.participants", "A payment goes to one member.")
    elif payers and split.listed[0].member_id == payers[0].member_id:
        yield FieldError("split.participants.0.member_id", "A payment goes to another member than it comes from.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExpense(ExpenseContent):
    """A new expense."""

    event_id: Id
    id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment(EventOf):
    """A payment from one member to another, recorded as an expense of kind `payment`."""

    id: Id
    from_member_id: Id
    to_member_id: Id
    amount: Amount
    date: Day | None = None
    note: Note = ""

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong between the fields."""
        if self.from_member_id == self.to_member_id:
            yield FieldError("to_member_id", "A payment goes to another member than it comes from.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseOf(EventOf):
    """Names an expense of an event."""

    expense_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class FindExpense:
    """Names an expense without its event."""

    expense_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class EditExpense(ExpenseOf):
    """Changes to an expense; what is not mentioned stays. The expense that results obeys all rules of a new one."""

    if_version: Version | None = None
    payers: Annotated[tuple[Payer, ...] | Unset, partial(fields.Nested, lambda: schema_of(Payer), many=True)] = UNSET
    amount: Amount | Unset = UNSET
    kind: Kind | Unset = UNSET
    description: Description | Unset = UNSET
    note: Note | Unset = UNSET
    category: Category | Unset = UNSET
    currency: Currency | Unset = UNSET
    event_amount: Amount | Unset = UNSET
    rate: Rate | Unset = UNSET
    date: Day | Unset = UNSET
    split: Split | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteExpense(ExpenseOf):
    """Takes an expense out of the balances; it can be restored."""

    if_version: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """An expense as it is now; shares are in minor units of the event's currency and add up to `event_amount`."""

    id: UUID
    event_id: UUID
    kind: Kind
    description: str
    category: str | None
    note: str
    amount: int
    currency: str
    rate: str
    event_amount: int
    date: date
    payers: tuple[Payer, ...]
    split: Annotated[dict[str, Any], partial(fields.Nested, lambda: schema_of(Split))]
    shares: tuple[Share, ...]
    created_by: Author
    created_at: int
    updated_at: int
    version: int
    deleted_at: int | None
    recurring_expense_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExpenses(EventOf):
    """Asks for expenses by filter; `member` and `description` match anywhere, without regard to case or accents."""

    kind: Kind | None = None
    member: Name | None = None
    description: Name | None = None
    q: Name | None = None
    category: Category | None = None
    min_date: Day | None = None
    max_date: Day | None = None
    min_amount: Amount | None = None
    max_amount: Amount | None = None
    sort: Literal["date", "-date", "created_at", "-created_at"] = "-date"
    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class ExpensePage:
    """One page of expenses."""

    items: tuple[Expense, ...]
    next_cursor: str | None
