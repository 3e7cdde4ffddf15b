"""Exporting an event: complete as JSON, harmless in a spreadsheet as CSV."""

import csv
import io

import orjson
import pytest

from common.contracts.balances import GetBalances
from common.contracts.exchange import ExportEvent
from common.errors import NotFound
from tests.core import Party, Person


def export(party: Party, file_format: str = "json") -> str:
    return party.admin.does("export_event", ExportEvent(event_id=party.id, format=file_format)).text


def table(party: Party) -> list[dict[str, str]]:
    text = export(party, "csv")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_json_tells_members_with_weights_and_expenses_with_shares(ann: Person) -> None:
    party = Party.of(ann, "Bob", weights={"Bob": "2"})
    expense = party.spend(1000, description="Dinner", note="late")
    document = orjson.loads(export(party))
    assert document["event"]["currency"] == "EUR"
    assert [(each["name"], each["weights"]) for each in document["members"]] == [
        ("Ann", [{"weight": "1", "valid_from": None}]),
        ("Bob", [{"weight": "2", "valid_from": None}]),
    ]
    (told,) = document["expenses"]
    assert (told["id"], told["description"], told["note"]) == (str(expense.id), "Dinner", "late")
    assert sum(share["amount"] for share in told["shares"]) == 1000


def test_deleted_expenses_are_not_exported(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.delete(party.spend())
    assert orjson.loads(export(party))["expenses"] == []
    assert table(party) == []


def test_a_members_column_adds_up_to_the_balance(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    party.spend(1000, payers=party.payers(Ann=700, Bob=300))
    party.spend(999, payer="Cleo", kind="income")
    rows = table(party)
    balances = ann.does("get_balances", GetBalances(event_id=party.id)).balances
    for member in balances:
        assert sum(round(float(row[member.name] or 0) * 100) for row in rows) == member.balance
    assert all(row["Cleo"].startswith("-") for row in rows)


def test_texts_and_names_that_look_like_formulas_are_neutralised(ann: Person) -> None:
    party = Party.of(ann, "=cmd|' /C calc'!A0", "@Bob")
    party.spend(1000, description="+1+1", note="-2", payer="@Bob")
    text = export(party, "csv")
    header, row = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert "'=cmd|' /C calc'!A0" in header
    assert "'@Bob" in header
    told = dict(zip(header, row, strict=True))
    assert (told["Description"], told["Note"], told["Paid by"]) == ("'+1+1", "'-2", "'@Bob")


def test_amounts_have_the_decimals_of_their_currency(ann: Person) -> None:
    party = Party.of(ann, "Bob", currency="KWD")
    party.spend(1001)
    assert table(party)[0]["Amount"] == "1.001"


def test_strangers_export_nothing(ann: Person, stranger: Person) -> None:
    with pytest.raises(NotFound):
        export(Party.of(ann).by(stranger))
