"""Making one member of two, and two of one again."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from common.contracts.activity import ChangedSince
from common.contracts.events import Member, MemberClaimed, NameTaken
from common.contracts.expenses import Split
from common.contracts.merging import MergeMember
from common.errors import FieldError, NotFound, invalid
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import ledger as rules
from core_service.domain import membership
from core_service.domain.ledger import Line
from core_service.domain.membership import Role
from core_service.domain.merging import Merger
from core_service.models import ActivityRow, ExpenseRow, MemberRow
from core_service.queries import commands, expenses, ledger, members, merging
from core_service.service import debts, member_view
from core_service.service.operations import Entered, Operations, check_open

OWN = ("user_id", "role", "email", "joined_on", "left_on")


class MergeOperations(Operations):
    """Making one member of two."""

    def merge_member(self, context: Context, command: MergeMember) -> Member:
        """Put another member in the place of this one, everywhere; nobody else's balance moves by a cent."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "merge_member", command.member_id):
                entered = self._read(session, context, command.event_id)
                return replayed(member_view.view(entered, _member(session, command.event_id, command.into, "into")))
            entered = self._write(session, context, command.event_id)
            check_open(entered.event)
            gone = members.find_member(session, command.event_id, command.member_id)
            if gone is None or gone.deleted_at is not None:
                raise NotFound
            into = _member(session, command.event_id, command.into, "into")
            if gone.user_id is not None:
                membership.require(entered.role, Role.ADMIN)
                if into.user_id is not None:
                    raise MemberClaimed
            states = [member_view.state(entered, each) for each in (gone, into)]
            merge = _merge_expenses(entered, Merger(gone.id, into.id))
            _merge_templates(session, command.event_id, Merger(gone.id, into.id))
            _hand_over(entered, gone, into)
            debts.rebuild(session, entered.event)
            before = {"member": states[0], "into": states[1], "merge": merge}
            entered.note("merged", "member", into.id, before=before, after=member_view.state(entered, into))
            return member_view.view(entered, into)

    def unmerge_member(self, context: Context, entry: ActivityRow) -> None:
        """Make two members of one again, each with what was theirs; raises ChangedSince when an expense changed."""
        before = entry.before or {}
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "unmerge_member", entry.subject_id):
                return
            entered = self._write(session, context, entry.event_id)
            gone = members.find_member(session, entry.event_id, UUID(before["member"]["id"]))
            into = members.find_member(session, entry.event_id, entry.subject_id)
            if gone is None or into is None or gone.deleted_at is None:
                raise ChangedSince
            if before["member"]["user_id"]:
                membership.require(entered.role, Role.ADMIN)
            if members.is_name_taken(session, entry.event_id, gone.name_key):
                raise NameTaken(fields=[FieldError("name", NameTaken.message)])
            now = member_view.state(entered, into)
            _unmerge_expenses(entered, before["merge"])
            _hand_back(entered, into, before["into"])
            gone.deleted_at = None
            _hand_back(entered, gone, before["member"])
            debts.rebuild(session, entered.event)
            entered.note("unmerged", "member", into.id, before=now, after=member_view.state(entered, into))


def _member(session: Session, event_id: UUID, member_id: UUID, field: str) -> MemberRow:
    row = members.find_member(session, event_id, member_id)
    if row is None or row.deleted_at is not None:
        raise invalid(field, "Is not a member of this event.")
    return row


def _merge_expenses(entered: Entered, merger: Merger) -> list[dict[str, Any]]:
    """Rewrite the expenses of the member who goes; return how they were, for taking it back."""
    session = entered.session
    rows = merging.list_expenses_of(session, entered.event.id, merger.gone)
    attendances = members.attendances(session, entered.event.id)
    lines = expenses.lines_of(session, [row.id for row in rows])
    changed, after, former = [], {}, []
    for row in rows:
        split = Split.from_document(row.split)
        former.append(_kept(row, lines[row.id]))
        changes: dict[str, Any] = {"id": row.id, "version": row.version + 1, "revision": row.revision + 1}
        if row.kind == "payment" and merger.is_between(row.payers, split):
            # Money from somebody to themselves is none; it stays as it was, for taking this back.
            changes["deleted_at"] = row.deleted_at or entered.now
            after[row.id] = lines[row.id]
        else:
            weights = {key: each.weight(row.date) for key, each in attendances.items()}
            shares = _shares(lines[row.id]) if row.amount == row.event_amount else {}
            changes["payers"] = merger.payers(row.payers)
            changes["split"] = merger.split(split, row.amount, weights, shares).to_document()
            after[row.id] = merger.lines(lines[row.id])
        changed.append(changes)
    _rewrite(entered, rows, changed, lines, after)
    return former


def _shares(lines: Sequence[Line]) -> dict[UUID, int]:
    return {line.member_id: abs(line.share) for line in lines if line.share is not None}


def _kept(row: ExpenseRow, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "version": row.version + 1,
        "payers": row.payers,
        "split": row.split,
        "deleted_at": row.deleted_at,
        "lines": [[str(line.member_id), line.paid, line.share, line.leftover] for line in lines],
    }


def _unmerge_expenses(entered: Entered, kept: Sequence[Mapping[str, Any]]) -> None:
    ids = [UUID(each["id"]) for each in kept]
    found = merging.expenses_by_id(entered.session, ids)
    if any(found[UUID(each["id"])].version != each["version"] for each in kept):
        raise ChangedSince
    lines = expenses.lines_of(entered.session, ids)
    after = {UUID(each["id"]): [Line(UUID(key), *rest) for key, *rest in each["lines"]] for each in kept}
    rows = [found[expense_id] for expense_id in ids]
    changed = [
        {
            "id": row.id,
            "version": row.version + 1,
            "revision": row.revision + 1,
            "payers": each["payers"],
            "split": each["split"],
            "deleted_at": each["deleted_at"],
        }
        for row, each in zip(rows, kept, strict=True)
    ]
    _rewrite(entered, rows, changed, lines, after)


def _rewrite(
    entered: Entered,
    rows: Sequence[ExpenseRow],
    changed: Sequence[Mapping[str, Any]],
    before: Mapping[UUID, Sequence[Line]],
    after: Mapping[UUID, Sequence[Line]],
) -> None:
    """Write expenses with their lines, and what that changes in the balances."""
    if not rows:
        return
    removed: list[Any] = [(row.kind, before[row.id]) for row in rows if row.deleted_at is None]
    live = [
        (row, each) for row, each in zip(rows, changed, strict=True) if each.get("deleted_at", row.deleted_at) is None
    ]
    added: list[Any] = [(row.kind, after[row.id]) for row, _ in live]
    merging.rewrite_expenses(entered.session, [{**each, "updated_at": entered.now} for each in changed])
    expenses.replace_lines(entered.session, entered.event.id, before, after)
    ledger.change_balances(entered.session, rules.balance_changes(added, removed))
    entered.session.expire_all()


def _merge_templates(session: Session, event_id: UUID, merger: Merger) -> None:
    """Rewrite the presets and the recurring expenses that name the member who goes."""
    weights = {key: each.weights[-1][1] for key, each in members.attendances(session, event_id).items()}
    for preset in merging.list_presets_naming(session, event_id, merger.gone):
        preset.split = merger.split(Split.from_document(preset.split), 0, weights, {}).to_document()
    for recurring in merging.list_recurring_naming(session, event_id, merger.gone):
        content = dict(recurring.expense)
        content["payers"] = merger.payers(content["payers"])
        if "split" in content:
            split = Split.from_document(content["split"])
            content["split"] = merger.split(split, content.get("amount") or 0, weights, {}).to_document()
        recurring.expense = content
    session.flush()


def _hand_over(entered: Entered, gone: MemberRow, into: MemberRow) -> None:
    """Give the member who stays what the other one has: user and role, address, and the days in the event."""
    if gone.user_id is not None:
        user_id, gone.user_id = gone.user_id, None
        entered.session.flush()
        into.user_id, into.role = user_id, gone.role
    into.email = into.email or gone.email
    into.joined_on = _either(min, gone.joined_on, into.joined_on)
    into.left_on = _either(max, gone.left_on, into.left_on)
    gone.deleted_at = entered.now
    for row in (gone, into):
        row.version += 1
        row.updated_at = entered.now
    entered.session.flush()


def _either(choose: Any, one: date | None, other: date | None) -> date | None:
    """Return the wider of two bounds; None is none."""
    return None if one is None or other is None else choose(one, other)


def _hand_back(entered: Entered, row: MemberRow, state: Mapping[str, Any]) -> None:
    for name in OWN:
        value = state[name]
        if name == "user_id":
            value = UUID(value) if value else None
        elif name in ("joined_on", "left_on"):
            value = date.fromisoformat(value) if value else None
        setattr(row, name, value)
    row.version += 1
    row.updated_at = entered.now
    entered.session.flush()
