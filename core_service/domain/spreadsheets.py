"""Expenses as rows of a CSV, ours or Splitwise's: a member's cell is what they paid minus what they bear."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from common import money
from common.contracts.exchange import Source
from core_service.domain import exporting, formulas, importing, search, splitwise
from core_service.domain.importing import FilePerson, RawRow, Unchecked

NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
PEOPLE = uuid.UUID("6f0d3c4e-2f0b-5d2e-9c66-5f5f1d3c9a10")
Document = Mapping[str, Any]


class RowBroken(ValueError):
    """A row cannot be read; its text says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns a kind of CSV has before those of the members."""

    source: Source
    columns: Sequence[str]


SHAPES = (Shape("quits_csv", exporting.COLUMNS), Shape("splitwise_csv", splitwise.COLUMNS))


def read(text: str, currency: str) -> Unchecked:
    """Return what is in a CSV, for an event in `currency`; raises Invalid when it is none that we know."""
    rows = importing.table(text)
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    for shape in SHAPES:
        size = len(shape.columns)
        if [cell.casefold() for cell in header[:size]] == [name.casefold() for name in shape.columns]:
            people = _people([formulas.original(cell) for cell in header[size:]])
            raw = _raw_rows(shape, people, rows[1:], currency)
            return Unchecked(shape.source, people, (), raw, len(rows) - 1)
    raise importing.refused(
        f"Its first line must be {','.join(exporting.COLUMNS)} or {','.join(splitwise.COLUMNS)} and the members' names."
    )


def _people(names: Sequence[str]) -> list[FilePerson]:
    while names and not names[-1]:
        names = names[:-1]
    keys = [search.name_key(name) for name in names]
    if not all(keys) or len(set(keys)) < len(keys):
        raise importing.refused("Each member's column needs a name of its own in the first line.")
    limit = 100
    if any(len(name) > limit for name in names):
        raise importing.refused(f"A member's name has at most {limit} characters.")
    return [FilePerson(uuid.uuid5(PEOPLE, key), name) for key, name in zip(keys, names, strict=True)]


def _raw_rows(
    shape: Shape, people: Sequence[FilePerson], rows: Sequence[tuple[int, list[str]]], currency: str
) -> Iterator[RawRow]:
    for number, cells in rows:
        try:
            document = _document(shape, people, cells, currency)
        except RowBroken as error:
            yield RawRow(number, "", None, str(error))
            continue
        if document is not None:
            yield RawRow(number, document.get("id") or _key(document), document)


def _key(document: Document) -> str:
    return importing.digest({name: value for name, value in document.items() if name != "note"})


def _document(shape: Shape, people: Sequence[FilePerson], cells: Sequence[str], currency: str) -> dict[str, Any] | None:
    size = len(shape.columns)
    if len(cells) < size:
        raise RowBroken(f"Has {len(cells)} columns, fewer than the first line.")
    if any(cell.strip() for cell in cells[size + len(people) :]):
        raise RowBroken("Has more columns than the first line.")
    told = dict(zip(shape.columns, cells[:size], strict=True))
    if shape.source == "splitwise_csv" and not told["Cost"].strip():
        return None
    nets = {
        person.id: _minor(cell, currency, person.name)
        for person, cell in zip(people, cells[size:], strict=False)
        if cell.strip()
    }
    if sum(nets.values()) != 0:
        raise RowBroken("The members' columns do not add up to 0.")
    if shape.source == "splitwise_csv":
        return _from_splitwise(told, nets, currency)
    return _from_ours(told, nets, people, currency)


def _minor(cell: str, currency: str, column: str) -> int:
    text = cell.strip()
    if not NUMBER.fullmatch(text):
        raise RowBroken(f"{column}: {text[:40]} is no number such as 12.50.")
    decimals = money.currency(currency).decimals
    if len(text.partition(".")[2].rstrip("0")) > decimals:
        raise RowBroken(f"{column}: {currency} has {decimals} decimals, {text} has more.")
    return int(Decimal(text).scaleb(decimals))


def _from_splitwise(told: Mapping[str, str], nets: Mapping[UUID, int], currency: str) -> dict[str, Any]:
    code = told["Currency"].strip()
    if code != currency:
        raise RowBroken(f"Is in {code[:10]}, the event is in {currency}.")
    category = told["Category"].strip()
    is_payment = category == splitwise.PAYMENT
    amount = _minor(told["Cost"], currency, "Cost")
    divided = _divided(amount, amount, nets)
    document = {
        "date": told["Date"].strip()[:10],
        "description": told["Description"].strip(),
        "kind": "payment" if is_payment else "expense",
        "category": None if is_payment else splitwise.category(category),
        "amount": amount,
        "currency": code,
    }
    return document | divided.content(amount, amount, is_payment=is_payment)


@dataclass(frozen=True, slots=True)
class Divided:
    """Who paid and who bears how much of an expense; `paid` in its own currency, `shares` in the event's."""

    paid: Mapping[UUID, int]
    shares: Mapping[UUID, int]

    def content(self, amount: int, event_amount: int, *, is_payment: bool) -> dict[str, Any]:
        """Return payers, split and shares of an expense of `amount` in its own currency."""
        payers = [{"member_id": str(who), "amount": part} for who, part in self.paid.items()]
        bearing = {who: part for who, part in self.shares.items() if part or not is_payment}
        return {
            "payers": payers,
            "split": _split(amount, event_amount, bearing, is_payment=is_payment),
            "shares": [{"member_id": str(who), "amount": part} for who, part in bearing.items()],
        }


def _split(amount: int, event_amount: int, shares: Mapping[UUID, int], *, is_payment: bool) -> dict[str, Any]:
    parts = list(shares.values())
    if is_payment or max(parts) - min(parts) <= 1:
        return {"type": "equal", "participants": [{"member_id": str(who)} for who in shares]}
    values = parts if amount == event_amount else money.allocate(amount, parts)[0]
    listed = [{"member_id": str(who), "value": value} for who, value in zip(shares, values, strict=True)]
    return {"type": "exact", "participants": listed}


def _divided(amount: int, event_amount: int, nets: Mapping[UUID, int]) -> Divided:
    if min(amount, event_amount) <= 0:
        raise RowBroken("Its amount is not above 0.")
    try:
        paid, shares = splitwise.divide(event_amount, nets)
    except ValueError as error:
        raise RowBroken(str(error)) from None
    own, _ = money.allocate(amount, list(paid.values()))
    return Divided({who: part for who, part in zip(paid, own, strict=True) if part}, shares)


def _from_ours(
    told: Mapping[str, str], nets: Mapping[UUID, int], people: Sequence[FilePerson], currency: str
) -> dict[str, Any]:
    code = told["Currency"].strip()
    if not money.is_currency(code):
        raise RowBroken(f"Currency: {code[:10]} is no ISO 4217 code.")
    amount, event_amount = (
        _minor(told["Amount"], code, "Amount"),
        _minor(told["Event amount"], currency, "Event amount"),
    )
    kind = told["Kind"].strip() or "expense"
    document = {
        "id": told["Id"].strip() or None,
        "date": told["Date"].strip(),
        "description": formulas.original(told["Description"]),
        "kind": kind,
        "category": told["Category"].strip() or None,
        "note": formulas.original(told["Note"]),
        "amount": amount,
        "currency": code,
        "event_amount": event_amount,
    }
    owed = {who: -net for who, net in nets.items()} if kind == "income" else nets
    divided = _as_told(formulas.original(told["Paid by"]), people, code, amount, event_amount, owed)
    return document | (divided or _divided(amount, event_amount, owed)).content(
        amount, event_amount, is_payment=kind == "payment"
    )


def _as_told(
    paid_by: str, people: Sequence[FilePerson], code: str, amount: int, event_amount: int, nets: Mapping[UUID, int]
) -> Divided | None:
    """Return who paid as the column says, None when it says nothing that agrees with the members' columns."""
    told = _payers(paid_by, {person.name: person.id for person in people}, code, amount)
    if told is None or event_amount <= 0:
        return None
    parts, _ = money.allocate(event_amount, list(told.values()))
    paid = dict(zip(told, parts, strict=True))
    shares = {who: paid.get(who, 0) - nets.get(who, 0) for who in {**nets, **paid}}
    if min(shares.values()) < 0 or sum(shares.values()) != event_amount:
        return None
    # Who bears nothing but paid takes no part; who does neither has a cell, so takes part with nothing to bear.
    return Divided(told, {who: part for who, part in shares.items() if part or who not in paid})


def _payers(paid_by: str, ids: Mapping[str, UUID], code: str, amount: int) -> dict[UUID, int] | None:
    if paid_by in ids:
        return {ids[paid_by]: amount}
    found: dict[UUID, int] = {}
    for part in paid_by.split("; "):
        name, _, number = part.rpartition(": ")
        if name not in ids:
            return None
        found[ids[name]] = _minor(number, code, "Paid by")
    return found if sum(found.values()) == amount and min(found.values()) > 0 else None
