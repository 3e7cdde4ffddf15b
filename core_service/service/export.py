"""Exporting an event as a file."""

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from common import money
from common.contracts.exchange import ExportedFile, ExportEvent
from common.rpc.context import Context
from core_service.domain import exporting
from core_service.domain.exporting import ExpenseEntry, Snapshot
from core_service.models import MemberRow
from core_service.queries import categories, exchange, expenses, members
from core_service.service import expense_view
from core_service.service.operations import GUEST, Entered, Operations, visible_email

MEDIA_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
LEFT_OUT = {"event_id", "shares", "deleted_at", "version"}


class ExportOperations(Operations):
    """Writing events into files."""

    def export_event(self, context: Context, command: ExportEvent) -> ExportedFile:
        """Return the event as a file."""
        with self._database.transaction() as session:
            found = snapshot(self._read(session, context, command.event_id))
        write = {"json": exporting.to_json, "csv": exporting.to_csv}[command.format]
        return ExportedFile(f"quits.{command.format}", MEDIA_TYPES[command.format], write(found))


def snapshot(entered: Entered) -> Snapshot:
    """Return all of an event that its members see, as the caller may see it."""
    session, event = entered.session, entered.event
    return Snapshot(
        event={
            "id": event.id,
            "name": event.name,
            "description": event.description,
            "currency": event.currency,
            "simplify_debts": event.simplify_debts,
        },
        members=_members(entered),
        categories=[
            {name: getattr(row, name) for name in ("key", "name", "emoji", "color")}
            for row in categories.list_own(session, event.id)
        ],
        presets=[{"name": row.name, "split": row.split} for row in exchange.list_presets(session, event.id)],
        recurring_expenses=[
            {"rule": row.rule, "starts_on": row.starts_on, "ends_on": row.ends_on, "expense": row.expense}
            for row in exchange.list_recurring(session, event.id)
        ],
        expenses=_expenses(entered),
    )


def _members(entered: Entered) -> list[dict[str, Any]]:
    weights: dict[UUID, list[dict[str, Any]]] = {}
    for row in exchange.list_weights(entered.session, entered.event.id):
        valid_from = None if row.valid_from == members.FIRST_DAY else row.valid_from
        weight = money.rate_text(Decimal(row.hundredths).scaleb(-2))
        weights.setdefault(row.member_id, []).append({"weight": weight, "valid_from": valid_from})
    return [_member(entered, row, weights[row.id]) for row in exchange.list_people(entered.session, entered.event.id)]


def _member(entered: Entered, row: MemberRow, weights: list[dict[str, Any]]) -> dict[str, Any]:
    left_on: date | None = row.left_on
    return {
        "id": row.id,
        "name": row.name,
        "email": visible_email(entered, row.email),
        "role": row.role,
        "weights": weights,
        "joined_on": row.joined_on,
        "left_on": left_on,
    }


def _expenses(entered: Entered) -> list[ExpenseEntry]:
    session, event = entered.session, entered.event
    rows = exchange.list_expenses(session, event.id)
    lines = expenses.lines_of(session, [row.id for row in rows])
    names = {member_id: name for member_id, name, _ in members.list_names(session, event.id)}
    comments: dict[UUID, list[dict[str, Any]]] = {}
    for comment, author in exchange.list_comments(session, event.id):
        said = {"text": comment.text, "author": author or GUEST, "created_at": comment.created_at}
        comments.setdefault(comment.expense_id, []).append(said)
    entries = []
    for row in rows:
        author = names.get(row.created_by_member) if row.created_by_member else None
        view = expense_view.view(row, lines[row.id], author)
        document = {field.name: getattr(view, field.name) for field in dataclasses.fields(view)}
        kept = {name: value for name, value in document.items() if name not in LEFT_OUT}
        kept |= {"payers": row.payers, "comments": comments.get(row.id, [])}
        entries.append(ExpenseEntry(kept, lines[row.id]))
    return entries
