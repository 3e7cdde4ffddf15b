"""An event as a file: JSON with everything, or CSV with a row per expense and a column per member."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from common import money
from core_service.domain import formulas
from core_service.domain.ledger import Line

FORMAT_VERSION = 1
# Spreadsheets take a CSV without this mark for one in an old encoding.
BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    "Date",
    "Description",
    "Category",
    "Kind",
    "Amount",
    "Currency",
    "Event amount",
    "Paid by",
    "Note",
    "Id",
)


@dataclass(frozen=True, slots=True)
class ExpenseEntry:
    """An expense as its file shows it, and the lines behind it."""

    document: dict[str, Any]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of an event at one moment; what is not an expense is as documents."""

    event: dict[str, Any]
    members: Sequence[dict[str, Any]]
    categories: Sequence[dict[str, Any]]
    presets: Sequence[dict[str, Any]]
    recurring_expenses: Sequence[dict[str, Any]]
    expenses: Sequence[ExpenseEntry]


def to_json(snapshot: Snapshot) -> str:
    """Return the event as JSON; imported into an empty event it gives equal balances."""
    document = {
        "quits": FORMAT_VERSION,
        "event": snapshot.event,
        "members": snapshot.members,
        "categories": snapshot.categories,
        "presets": snapshot.presets,
        "recurring_expenses": snapshot.recurring_expenses,
        "expenses": [_with_shares(entry) for entry in snapshot.expenses],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _with_shares(entry: ExpenseEntry) -> dict[str, Any]:
    shares = [
        {"member_id": line.member_id, "amount": abs(line.share), "leftover": abs(line.leftover)}
        for line in entry.lines
        if line.share is not None
    ]
    return {**entry.document, "shares": shares}


def to_csv(snapshot: Snapshot) -> str:
    """Return the event's expenses as CSV; a member's cell is what they paid minus what they bear.

    Amounts are in major units, so that a member's column adds up to the member's balance.
    """
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    names = {UUID(str(member["id"])): member["name"] for member in snapshot.members}
    writer.writerow([*COLUMNS, *map(formulas.neutralised, names.values())])
    writer.writerows(_rows(snapshot.expenses, names, snapshot.event["currency"]))
    return out.getvalue()


def _rows(entries: Iterable[ExpenseEntry], names: dict[UUID, str], currency: str) -> Iterable[list[str]]:
    for entry in entries:
        document = entry.document
        nets = {line.member_id: (line.paid or 0) - (line.share or 0) for line in entry.lines}
        yield [
            str(document["date"]),
            formulas.neutralised(document["description"]),
            document["category"] or "",
            document["kind"],
            decimal_text(document["amount"], document["currency"]),
            document["currency"],
            decimal_text(document["event_amount"], currency),
            formulas.neutralised(_paid_by(document, names)),
            formulas.neutralised(document["note"]),
            str(document["id"]),
            *(decimal_text(nets[member], currency) if member in nets else "" for member in names),
        ]


def _paid_by(document: dict[str, Any], names: dict[UUID, str]) -> str:
    payers = document["payers"]
    if len(payers) == 1:
        return names[UUID(payers[0]["member_id"])]
    return "; ".join(
        f"{names[UUID(payer['member_id'])]}: {decimal_text(payer['amount'], document['currency'])}" for payer in payers
    )


def decimal_text(amount: int, currency: str) -> str:
    """Return minor units as a number of major units: `-12.50`."""
    return f"{Decimal(amount).scaleb(-money.currency(currency).decimals):f}"
