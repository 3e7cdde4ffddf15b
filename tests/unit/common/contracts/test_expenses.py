"""What people say of an expense: every bad input is refused under the name of the field that is wrong."""

import uuid
from typing import Any

import pytest

from common.contracts.expenses import EditExpense, ListExpenses, RecordExpense, RecordPayment, Split
from common.contracts.types import UNSET
from common.errors import Invalid
from common.rpc import wire

ANN, BOB, CLEO = (str(uuid.UUID(int=number)) for number in (1, 2, 3))
IDS = {"event_id": ANN, "id": BOB}
LARGEST = 10**13


def dinner(**changes: Any) -> dict[str, Any]:
    """Return a sound expense with some fields changed; UNSET leaves one out."""
    document = {**IDS, "amount": 900, "payers": [{"member_id": ANN}], **changes}
    return {name: value for name, value in document.items() if value is not UNSET}


def shared(split_type: str, **values: Any) -> dict[str, Any]:
    """Return a split of Ann's and Bob's values."""
    named = {"ann": ANN, "bob": BOB, "cleo": CLEO}
    return {
        "type": split_type,
        "participants": [
            {"member_id": named[name]} | ({} if value is None else {"value": value}) for name, value in values.items()
        ],
    }


def wrong_fields(command: type, document: dict[str, Any]) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        wire.read_command(command, document)
    assert all(error.message for error in refusal.value.fields)
    return [error.field for error in refusal.value.fields]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"amount": 1},
        {"amount": LARGEST},
        {"date": "2026-11-20", "category": "food", "description": "", "note": "n" * 5000},
        {"payers": [{"member_id": ANN, "amount": 900}]},
        {"payers": [{"member_id": ANN, "amount": 899}, {"member_id": BOB, "amount": 1}]},
        {"split": {}},
        {"split": {"participants": "everyone"}},
        {"split": shared("equal", ann=None, bob=None)},
        {"split": shared("exact", ann=0, bob=900)},
        {"split": shared("percentage", ann="33.34", bob="66.66")},
        {"split": shared("percentage", ann="100", bob="0")},
        {"split": shared("shares", ann="1", bob="0.01")},
        {"split": shared("adjustment", ann=900, bob=0)},
        {"split": shared("adjustment", ann=-100, bob=100)},
        {"kind": "payment", "split": shared("equal", bob=None)},
        {"kind": "income"},
        {"currency": "USD", "rate": "0.9223"},
        {"currency": "USD", "rate": "0.00001234567890123456"},
        {"amount": UNSET, "currency": "USD", "rate": "2", "event_amount": 5},
    ],
)
def test_a_sound_expense_is_accepted(changes: dict[str, Any]) -> None:
    assert isinstance(wire.read_command(RecordExpense, dinner(**changes)), RecordExpense)


@pytest.mark.parametrize(
    "amount", [0, -1, LARGEST + 1, 10**30, 9.0, 9.5, "900", True, None, float("nan"), [], {}, UNSET]
)
def test_an_amount_is_a_whole_number_within_bounds(amount: Any) -> None:
    assert wrong_fields(RecordExpense, dinner(amount=amount)) == ["amount"]
    if amount is not UNSET and amount is not None:
        assert wrong_fields(RecordExpense, dinner(payers=[{"member_id": ANN, "amount": amount}])) == ["payers.0.amount"]
        assert wrong_fields(RecordExpense, dinner(currency="USD", event_amount=amount)) == ["event_amount"]


@pytest.mark.parametrize(
    ("payers", "wrong"),
    [
        (UNSET, ["payers"]),
        (None, ["payers"]),
        ([], ["payers"]),
        ({}, ["payers"]),
        ([{}], ["payers.0.member_id"]),
        (["ann"], ["payers.0"]),
        ([{"member_id": "ann"}], ["payers.0.member_id"]),
        ([{"member_id": 7}], ["payers.0.member_id"]),
        ([{"member_id": ANN, "sum": 1}], ["payers.0.sum"]),
        ([{"member_id": ANN, "amount": 899}], ["payers"]),
        ([{"member_id": ANN, "amount": 450}, {"member_id": BOB}], ["payers.1.amount"]),
        ([{"member_id": ANN}, {"member_id": BOB}], ["payers.0.amount", "payers.1.amount"]),
        ([{"member_id": ANN, "amount": 450}, {"member_id": BOB, "amount": 451}], ["payers"]),
        (
            [{"member_id": ANN, "amount": 450}, {"member_id": ANN, "amount": 450}],
            ["payers.0.member_id", "payers.1.member_id"],
        ),
        ([{"member_id": str(uuid.UUID(int=n)), "amount": 1} for n in range(1001)], ["payers"]),
    ],
)
def test_wrong_payers_are_named(payers: Any, wrong: list[str]) -> None:
    assert wrong_fields(RecordExpense, dinner(payers=payers)) == wrong


@pytest.mark.parametrize(
    ("split", "wrong"),
    [
        (None, ["split"]),
        ("equal", ["split"]),
        ({"type": "half"}, ["split.type"]),
        ({"type": ["equal"]}, ["split.type"]),
        ({"kind": "equal"}, ["split.kind"]),
        ({"participants": "all"}, ["split.participants"]),
        ({"participants": []}, ["split.participants"]),
        ({"participants": {"member_id": ANN}}, ["split.participants"]),
        ({"participants": [ANN]}, ["split.participants.0"]),
        ({"participants": [{"member_id": ANN}, {}]}, ["split.participants.1.member_id"]),
        ({"participants": [{"member_id": ANN, "part": 1}]}, ["split.participants.0.part"]),
        ({"type": "percentage"}, ["split.participants"]),
        ({"type": "exact", "participants": "everyone"}, ["split.participants"]),
        (
            {"participants": [{"member_id": ANN}, {"member_id": ANN}]},
            ["split.participants.0.member_id", "split.participants.1.member_id"],
        ),
        (shared("equal", ann=1, bob=None), ["split.participants.0.value"]),
        (shared("exact", ann=900, bob=None), ["split.participants.1.value"]),
        (shared("exact", ann=901, bob=-1), ["split.participants.1.value"]),
        (shared("exact", ann="900"), ["split.participants.0.value"]),
        (shared("exact", ann=899.5), ["split.participants.0.value"]),
        (shared("exact", ann=900, bob=1), ["split.participants"]),
        (shared("exact", ann=899), ["split.participants"]),
        (shared("percentage", ann="40", bob="59.99"), ["split.participants"]),
        (shared("percentage", ann="40", bob="60.01"), ["split.participants"]),
        (
            shared("percentage", ann="33.333", bob="66.667"),
            ["split.participants.0.value", "split.participants.1.value"],
        ),
        (shared("percentage", ann="-1", bob="101"), ["split.participants.0.value"]),
        (shared("percentage", ann=100), ["split.participants.0.value"]),
        (shared("percentage", ann="1e2"), ["split.participants.0.value"]),
        (shared("percentage", ann="NaN"), ["split.participants.0.value"]),
        (shared("percentage", ann="\uff11\uff10\uff10"), ["split.participants.0.value"]),
        (shared("shares", ann="0", bob="1"), ["split.participants.0.value"]),
        (shared("shares", ann="0.001"), ["split.participants.0.value"]),
        (shared("shares", ann=1), ["split.participants.0.value"]),
        (shared("shares", ann="1", bob=None), ["split.participants.1.value"]),
        (shared("shares", ann=True), ["split.participants.0.value"]),
        (shared("adjustment", ann=901, bob=0), ["split.participants"]),
        (shared("adjustment", ann="1"), ["split.participants.0.value"]),
        (shared("adjustment", ann=10**14), ["split.participants.0.value"]),
        ({"participants": [{"member_id": str(uuid.UUID(int=n))} for n in range(1001)]}, ["split.participants"]),
    ],
)
def test_a_wrong_split_is_named(split: Any, wrong: list[str]) -> None:
    assert wrong_fields(RecordExpense, dinner(split=split)) == wrong


def test_a_thousand_participants_are_accepted() -> None:
    split = {"participants": [{"member_id": str(uuid.UUID(int=number))} for number in range(1000)]}
    assert len(wire.read_command(RecordExpense, dinner(split=split)).split.listed) == 1000


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"kind": "gift"}, "kind"),
        ({"kind": None}, "kind"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "XAU"}, "currency"),
        ({"currency": 978}, "currency"),
        ({"rate": 1.5}, "rate"),
        ({"rate": "0"}, "rate"),
        ({"rate": "-1"}, "rate"),
        ({"rate": "1e3"}, "rate"),
        ({"rate": "1,5"}, "rate"),
        ({"rate": "1."}, "rate"),
        ({"rate": "1000000000001"}, "rate"),
        ({"date": "2026-11-31"}, "date"),
        ({"date": "20261120"}, "date"),
        ({"date": "2026-W47-5"}, "date"),
        ({"date": "2026-11-20T00:00"}, "date"),
        ({"date": 20261120}, "date"),
        ({"date": "1999-12-31"}, "date"),
        ({"date": "2100-01-01"}, "date"),
        ({"description": "d" * 501}, "description"),
        ({"description": "a\0b"}, "description"),
        ({"description": "\ud800"}, "description"),
        ({"description": None}, "description"),
        ({"note": "n" * 5001}, "note"),
        ({"category": "\0"}, "category"),
        ({"category": "\udfff"}, "category"),
        ({"category": 1}, "category"),
        ({"id": "no id"}, "id"),
        ({"id": BOB.replace("-", "")}, "id"),
        ({"event": "mine"}, "event"),
        ({"shares": []}, "shares"),
        ({"kind": "payment"}, "split.participants"),
        ({"kind": "payment", "split": shared("equal", ann=None)}, "split.participants.0.member_id"),
        ({"kind": "payment", "split": shared("equal", bob=None, cleo=None)}, "split.participants"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, Any], wrong: str) -> None:
    assert wrong_fields(RecordExpense, dinner(**changes)) == [wrong]


def test_every_wrong_field_is_named_at_once() -> None:
    document = dinner(amount=0, currency="eur", date="soon", payers=[{"member_id": "ann", "amount": 1.5}])
    assert sorted(wrong_fields(RecordExpense, document)) == [
        "amount",
        "currency",
        "date",
        "payers.0.amount",
        "payers.0.member_id",
    ]


@pytest.mark.parametrize("text", ["Cafe\u0301", "Caf\u00e9"])
def test_texts_are_kept_in_one_normal_form(text: str) -> None:
    assert wire.read_command(RecordExpense, dinner(description=text)).description == "Caf\u00e9"


def test_a_payment_goes_to_somebody_else() -> None:
    document = {**IDS, "from_member_id": ANN, "to_member_id": ANN, "amount": 1}
    assert wrong_fields(RecordPayment, document) == ["to_member_id"]


def test_an_edit_keeps_apart_what_is_not_said_and_what_is_null() -> None:
    said = {"event_id": ANN, "expense_id": BOB, "amount": 5}
    edit = wire.read_command(EditExpense, said)
    assert (edit.amount, edit.description, edit.payers, edit.split) == (5, UNSET, UNSET, UNSET)
    for name in ("amount", "description", "payers", "split", "currency", "rate", "date"):
        assert wrong_fields(EditExpense, {**said, name: None}) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", 0),
        ("limit", 101),
        ("sort", "amount"),
        ("kind", "gift"),
        ("min_amount", "1"),
        ("category", "\0"),
        ("q", ""),
    ],
)
def test_a_wrong_filter_is_named(name: str, value: Any) -> None:
    assert wrong_fields(ListExpenses, {"event_id": ANN, name: value}) == [name]


@pytest.mark.parametrize("document", [{"type": "equal", "participants": "everyone"}, shared("exact", ann=900, bob=0)])
def test_a_split_is_kept_as_it_was_sent(document: dict[str, Any]) -> None:
    split = wire.read_command(RecordExpense, dinner(split=document)).split
    assert split.to_document() == document
    assert Split.from_document(document) == split
