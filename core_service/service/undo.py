"""How each kind of change is taken back: by the operation that changes the same thing the other way round."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from common.contracts.activity import ChangedSince, NotUndoable
from common.contracts.categories import NewCategory, SetCategories
from common.contracts.comments import CommentOf
from common.contracts.events import (
    DeleteEvent,
    EditEvent,
    EditMember,
    EventOf,
    LastAdmin,
    MemberOf,
    RemoveMember,
)
from common.contracts.expenses import DeleteExpense, EditExpense, ExpenseOf, Payer, Split, UndatedExpense
from common.contracts.invitations import InvitationOf
from common.contracts.recurring_expenses import (
    DeleteRecurringExpense,
    EditRecurringExpense,
    RecurringExpenseOf,
)
from common.contracts.splits import PresetOf
from common.contracts.types import UNSET
from common.rpc import wire
from common.rpc.context import Context
from core_service.domain import history as rules
from core_service.domain.conversion import Amounts
from core_service.domain.membership import Role
from core_service.models import ActivityRow
from core_service.queries import commands, history, links, members
from core_service.service import member_view
from core_service.service.comments import CommentOperations
from core_service.service.expense_content import Former
from core_service.service.expenses import ExpenseOperations
from core_service.service.invitations import InvitationOperations
from core_service.service.members import MemberOperations
from core_service.service.merging import MergeOperations
from core_service.service.recurring_expenses import RecurringExpenseOperations
from core_service.service.splits import SplitOperations

EVENT_FIELDS = ("name", "description", "currency", "simplify_debts", "archived")
RECURRENCE_FIELDS = ("rule", "starts_on", "ends_on", "expense")
MEMBER_FIELDS = ("name", "email", "role", "joined_on", "left_on")


class UndoOperations(
    MemberOperations,
    MergeOperations,
    InvitationOperations,
    ExpenseOperations,
    CommentOperations,
    SplitOperations,
    RecurringExpenseOperations,
):
    """The inverse of every kind of change; each is authorised, refused and noted like any other change."""

    def undo_new_expense(self, context: Context, entry: ActivityRow) -> None:
        """Delete the expense."""
        self.delete_expense(
            context,
            DeleteExpense(event_id=entry.event_id, expense_id=entry.subject_id, if_version=_version(entry)),
        )

    def undo_deleted_expense(self, context: Context, entry: ActivityRow) -> None:
        """Restore the expense."""
        self.restore_expense(context, ExpenseOf(event_id=entry.event_id, expense_id=entry.subject_id))

    def undo_edited_expense(self, context: Context, entry: ActivityRow) -> None:
        """Give the expense its former content, to the cent."""
        before = _before(entry)
        command = EditExpense(
            event_id=entry.event_id,
            expense_id=entry.subject_id,
            if_version=_version(entry),
            kind=before["kind"],
            description=before["description"],
            note=before["note"],
            category=before["category"] or UNSET,
            currency=before["currency"],
            amount=before["amount"],
            date=date.fromisoformat(before["date"]),
            payers=tuple(Payer(UUID(each["member_id"]), each["amount"]) for each in before["payers"]),
            split=Split.from_document(before["split"]),
        )
        shares = {UUID(each["member_id"]): each["amount"] for each in before["shares"]}
        former = Former(Amounts(before["amount"], before["currency"], before["event_amount"], before["rate"]), shares)
        self._edit_expense(context, command, former)

    def undo_new_member(self, context: Context, entry: ActivityRow) -> None:
        """Remove the member."""
        self.remove_member(
            context, RemoveMember(event_id=entry.event_id, member_id=entry.subject_id, if_version=_version(entry))
        )

    def undo_removed_member(self, context: Context, entry: ActivityRow) -> None:
        """Restore the member."""
        self.restore_member(context, MemberOf(event_id=entry.event_id, member_id=entry.subject_id))

    def undo_edited_member(self, context: Context, entry: ActivityRow) -> None:
        """Give the member their former fields and weights."""
        before, after = _before(entry), _after(entry)
        changed = rules.differences(before, after, MEMBER_FIELDS)
        changed |= {name: date.fromisoformat(changed[name]) for name in ("joined_on", "left_on") if changed.get(name)}
        command = EditMember(event_id=entry.event_id, member_id=entry.subject_id, if_version=_version(entry), **changed)
        weights = None if before.get("weights") == after.get("weights") else member_view.weights_of(before)
        self._edit_member(context, command, weights)

    def undo_claim(self, context: Context, entry: ActivityRow) -> None:
        """Let a member be nobody's again, or the user's whose it was."""
        before = _before(entry)
        user_id = UUID(before["user_id"]) if before["user_id"] else None
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "undo_claim", entry.subject_id):
                return
            is_own = _after(entry)["user_id"] == str(context.user_id)
            entered = self._write(session, context, entry.event_id, Role.VIEWER if is_own else Role.ADMIN)
            row = members.find_member(session, entry.event_id, entry.subject_id)
            if row is None or row.version != _version(entry):
                raise ChangedSince
            if user_id and members.find_member_of_user(session, entry.event_id, user_id):
                raise ChangedSince
            if members.is_last_admin(session, row):
                raise LastAdmin
            now = member_view.state(entered, row)
            row.user_id, row.role = user_id, before["role"]
            row.version += 1
            row.updated_at = entered.now
            session.flush()
            after = member_view.state(entered, row)
            entered.note("claimed" if user_id else "unclaimed", "member", row.id, before=now, after=after)

    def undo_new_event(self, context: Context, entry: ActivityRow) -> None:
        """Delete the event."""
        self.delete_event(context, DeleteEvent(event_id=entry.event_id, if_version=_version(entry)))

    def undo_deleted_event(self, context: Context, entry: ActivityRow) -> None:
        """Restore the event."""
        self.restore_event(context, EventOf(event_id=entry.event_id))

    def undo_edited_event(self, context: Context, entry: ActivityRow) -> None:
        """Give the event its former settings."""
        changed = rules.differences(_before(entry), _after(entry), EVENT_FIELDS)
        self.edit_event(context, EditEvent(event_id=entry.event_id, if_version=_version(entry), **changed))

    def undo_new_comment(self, context: Context, entry: ActivityRow) -> None:
        """Delete the comment."""
        self.delete_comment(context, _comment(entry, _after(entry)))

    def undo_deleted_comment(self, context: Context, entry: ActivityRow) -> None:
        """Restore the comment."""
        self.restore_comment(context, _comment(entry, _before(entry)))

    def undo_new_preset(self, context: Context, entry: ActivityRow) -> None:
        """Delete the preset."""
        self.delete_preset(context, PresetOf(event_id=entry.event_id, preset_id=entry.subject_id))

    def undo_deleted_preset(self, context: Context, entry: ActivityRow) -> None:
        """Restore the preset."""
        self.restore_preset(context, PresetOf(event_id=entry.event_id, preset_id=entry.subject_id))

    def undo_new_recurring_expense(self, context: Context, entry: ActivityRow) -> None:
        """End the recurring expense; what it recorded stays."""
        self.delete_recurring_expense(
            context,
            DeleteRecurringExpense(
                event_id=entry.event_id, recurring_expense_id=entry.subject_id, if_version=_version(entry)
            ),
        )

    def undo_deleted_recurring_expense(self, context: Context, entry: ActivityRow) -> None:
        """Let the recurring expense go on."""
        self.restore_recurring_expense(
            context, RecurringExpenseOf(event_id=entry.event_id, recurring_expense_id=entry.subject_id)
        )

    def undo_edited_recurring_expense(self, context: Context, entry: ActivityRow) -> None:
        """Give the recurring expense its former rule and content, for what has not been recorded yet."""
        changed = rules.differences(_before(entry), _after(entry), RECURRENCE_FIELDS)
        changed |= {name: date.fromisoformat(changed[name]) for name in ("starts_on", "ends_on") if changed.get(name)}
        if "expense" in changed:
            changed["expense"] = wire.load_command(UndatedExpense, changed["expense"])
        command = EditRecurringExpense(
            event_id=entry.event_id, recurring_expense_id=entry.subject_id, if_version=_version(entry), **changed
        )
        self.edit_recurring_expense(context, command)

    def undo_categories(self, context: Context, entry: ActivityRow) -> None:
        """Give the event its former categories."""
        own = rules.own_categories(_before(entry))
        self.set_categories(context, SetCategories(event_id=entry.event_id, items=tuple(NewCategory(**e) for e in own)))

    def undo_invitation(self, context: Context, entry: ActivityRow) -> None:
        """Revoke the invitation."""
        self.revoke_invitation(context, InvitationOf(event_id=entry.event_id, invitation_id=entry.subject_id))

    def undo_revoked_invitation(self, context: Context, entry: ActivityRow) -> None:
        """Let the invitation hold again."""
        self.reinstate_invitation(context, InvitationOf(event_id=entry.event_id, invitation_id=entry.subject_id))

    def undo_links(self, context: Context, entry: ActivityRow) -> None:
        """End the links that the change made, and let those hold again that it ended."""
        former, made = _before(entry)["links"], _after(entry)["links"]
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "undo_links", entry.id):
                return
            entered = self._write(session, context, entry.event_id, Role.ADMIN)
            rows = {row.id: row for row in history.links(session, entry.event_id, _ids(former + made))}
            for row in (rows[link_id] for link_id in _ids(made)):
                if row.revoked_at is not None:
                    raise ChangedSince
                row.revoked_at = entered.now
            session.flush()
            for row in (rows[link_id] for link_id in _ids(former)):
                if row.revoked_at is None or links.find_of_role(session, entry.event_id, row.role):
                    raise ChangedSince
                row.revoked_at = None
            session.flush()
            entered.note("restored", "link", entry.event_id, before={"links": made}, after={"links": former})


Inverse = Callable[[UndoOperations, Context, ActivityRow], None]

INVERSES: Mapping[tuple[str, str], Inverse] = {
    ("expense", "recorded"): UndoOperations.undo_new_expense,
    ("expense", "edited"): UndoOperations.undo_edited_expense,
    ("expense", "deleted"): UndoOperations.undo_deleted_expense,
    ("expense", "restored"): UndoOperations.undo_new_expense,
    ("member", "joined"): UndoOperations.undo_new_member,
    ("member", "edited"): UndoOperations.undo_edited_member,
    ("member", "removed"): UndoOperations.undo_removed_member,
    ("member", "restored"): UndoOperations.undo_new_member,
    ("member", "claimed"): UndoOperations.undo_claim,
    ("member", "unclaimed"): UndoOperations.undo_claim,
    ("member", "merged"): UndoOperations.unmerge_member,
    ("event", "created"): UndoOperations.undo_new_event,
    ("event", "edited"): UndoOperations.undo_edited_event,
    ("event", "deleted"): UndoOperations.undo_deleted_event,
    ("event", "restored"): UndoOperations.undo_new_event,
    ("comment", "added"): UndoOperations.undo_new_comment,
    ("comment", "deleted"): UndoOperations.undo_deleted_comment,
    ("comment", "restored"): UndoOperations.undo_new_comment,
    ("preset", "saved"): UndoOperations.undo_new_preset,
    ("preset", "deleted"): UndoOperations.undo_deleted_preset,
    ("preset", "restored"): UndoOperations.undo_new_preset,
    ("recurring_expense", "added"): UndoOperations.undo_new_recurring_expense,
    ("recurring_expense", "edited"): UndoOperations.undo_edited_recurring_expense,
    ("recurring_expense", "deleted"): UndoOperations.undo_deleted_recurring_expense,
    ("recurring_expense", "restored"): UndoOperations.undo_new_recurring_expense,
    ("categories", "set"): UndoOperations.undo_categories,
    ("invitation", "sent"): UndoOperations.undo_invitation,
    ("invitation", "revoked"): UndoOperations.undo_revoked_invitation,
    ("invitation", "reinstated"): UndoOperations.undo_invitation,
    ("link", "rotated"): UndoOperations.undo_links,
    ("link", "revoked"): UndoOperations.undo_links,
    ("link", "restored"): UndoOperations.undo_links,
}


def inverse_of(entry: ActivityRow) -> Inverse | None:
    """Return what takes a change back, None for a kind of change that nobody can take back."""
    kind = entry.action.partition("_")[0] if entry.subject == "link" else entry.action
    return INVERSES.get((entry.subject, kind))


def _before(entry: ActivityRow) -> Mapping[str, Any]:
    """Return the thing before the change; raises NotUndoable when it was not noted."""
    if entry.before is None:
        raise NotUndoable
    return entry.before


def _after(entry: ActivityRow) -> Mapping[str, Any]:
    if entry.after is None:
        raise NotUndoable
    return entry.after


def _comment(entry: ActivityRow, document: Mapping[str, Any]) -> CommentOf:
    return CommentOf(event_id=entry.event_id, expense_id=UUID(document["expense_id"]), comment_id=entry.subject_id)


def _version(entry: ActivityRow) -> int | None:
    return rules.version_after(entry.before, entry.after)


def _ids(documents: Iterable[Mapping[str, Any]]) -> list[UUID]:
    return [UUID(each["id"]) for each in documents]
