"""Messages survive their journey, and every one of them has somebody who knows what to do with it."""

import dataclasses
import datetime as dt
import typing
import uuid

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import messages
from common.messages import SUBSCRIBERS, ExpenseChanged, ExpenseDeleted, ExpenseLine, ExpenseRecorded, Message

MONEY = st.integers(min_value=-(10**18), max_value=10**18)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))

LINES = st.builds(ExpenseLine, st.uuids(), st.none() | st.uuids(), MONEY, MONEY)
CONTENTS = {
    int: MONEY,
    str: TEXT,
    uuid.UUID: st.uuids(),
    dt.date: st.dates(),
    tuple[ExpenseLine, ...]: st.lists(LINES, max_size=5).map(tuple),
}


@st.composite
def any_message(draw: st.DrawFn) -> Message:
    """Draw a message of any kind with any content."""
    kind = draw(st.sampled_from(list(Message.by_kind.values())))
    hints = typing.get_type_hints(kind)
    return kind(**{field.name: draw(CONTENTS[hints[field.name]]) for field in dataclasses.fields(kind)})


@given(any_message())
def test_a_message_survives_json(message: Message) -> None:
    """Message → JSON → message is the identity."""
    assert messages.envelope(message).message() == message


@given(any_message())
def test_a_reader_ignores_fields_that_it_does_not_know(message: Message) -> None:
    """A newer publisher may say more."""
    document = orjson.loads(orjson.dumps(message)) | {"mood": "merry"}
    assert messages.load(type(message).__name__, document) == message


def test_a_message_without_a_required_field_is_refused() -> None:
    """What cannot be understood must not be applied half."""
    with pytest.raises(KeyError):
        messages.load("UserDeleted", {"version": 1, "occurred_at": 0})


def test_two_envelopes_of_one_message_have_different_ids() -> None:
    """The id is that of the publication, not of the content."""
    message = messages.UserDeleted(subject_id=uuid.uuid4(), version=1, occurred_at=0)
    assert messages.envelope(message).id < messages.envelope(message).id


def test_an_expense_has_one_shape_whatever_happened_to_it() -> None:
    """A subscriber handles all four kinds alike and asks only whether the expense is deleted."""
    names = {field.name for field in dataclasses.fields(ExpenseRecorded)}
    kinds = [kind for name, kind in Message.by_kind.items() if name.startswith("Expense")]
    assert len(kinds) == 4
    assert all({field.name for field in dataclasses.fields(kind)} == names for kind in kinds)
    assert ExpenseDeleted.is_deleted
    assert not ExpenseChanged.is_deleted


def test_every_kind_that_is_subscribed_to_can_be_read() -> None:
    """The table of subscribers names only published kinds, each once per service."""
    for kinds in SUBSCRIBERS.values():
        assert len(set(kinds)) == len(kinds)
        assert all(Message.by_kind[kind.__name__] is kind for kind in kinds)


def test_a_line_of_a_member_without_an_account_has_no_user() -> None:
    """null is read as None, not as the id "None"."""
    line = {"member_id": str(uuid.uuid4()), "user_id": None, "paid": 1, "share": 2}
    document = orjson.loads(orjson.dumps(_an_expense())) | {"lines": [line]}
    read = messages.load("ExpenseRecorded", document)
    assert isinstance(read, ExpenseRecorded)
    assert read.lines == (ExpenseLine(uuid.UUID(str(line["member_id"])), None, 1, 2),)


def _an_expense() -> ExpenseRecorded:
    return ExpenseRecorded(
        subject_id=uuid.uuid4(),
        version=1,
        occurred_at=0,
        event_id=uuid.uuid4(),
        event_name="",
        event_currency="EUR",
        kind="expense",
        description="",
        category="",
        amount=1,
        currency="EUR",
        event_amount=1,
        date=dt.date(2026, 1, 1),
        lines=(),
    )
