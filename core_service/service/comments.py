"""Operations on comments: saying something about an expense, reading what was said, taking it back."""

from uuid import UUID

from sqlalchemy.orm import Session

from common.contracts.comments import AddComment, Comment, CommentOf, CommentPage, ListComments, NotYourComment
from common.contracts.expenses import Author
from common.errors import IdTaken, NotFound
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain.membership import Role
from core_service.models import CommentRow
from core_service.queries import commands, comments, expenses
from core_service.service.operations import GUEST, Entered, Operations


class CommentOperations(Operations):
    """Adding, listing and deleting comments."""

    def add_comment(self, context: Context, command: AddComment) -> Comment:
        """Say something about an expense."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "add_comment", command.id):
                return replayed(self._added_comment(session, context, command))
            entered = self._write(session, context, command.event_id)
            found = expenses.find_expense(session, command.event_id, command.expense_id)
            if found is None or found[0].deleted_at is not None:
                raise NotFound
            row = CommentRow(
                id=command.id,
                event_id=command.event_id,
                expense_id=command.expense_id,
                text=command.text,
                created_by_member=entered.member_id,
                created_by_user=entered.user_id,
                created_at=entered.now,
            )
            session.add(row)
            session.flush()
            comment = _view(row, entered.member_name)
            entered.note("added", "comment", row.id, after=comment)
            return comment

    def _added_comment(self, session: Session, context: Context, command: AddComment) -> Comment:
        try:
            self._read(session, context, command.event_id)
        except NotFound:
            raise IdTaken from None
        return _view(*_found(session, command.event_id, command.expense_id, command.id))

    def list_comments(self, context: Context, command: ListComments) -> CommentPage:
        """List what was said about an expense, oldest first."""
        scope = ["comments", command.event_id, command.expense_id]
        place = self._cursors.read(scope, command.cursor)
        after = None if place is None else (int(place[0]), UUID(place[1]))
        with self._database.transaction() as session:
            self._read(session, context, command.event_id)
            if expenses.find_expense(session, command.event_id, command.expense_id) is None:
                raise NotFound
            rows = comments.list_comments(session, command.expense_id, after, command.limit + 1)
            page, cursor = self._cursors.page(
                scope, rows, command.limit, lambda found: [found[0].created_at, found[0].id]
            )
            return CommentPage(tuple(_view(row, author) for row, author in page), cursor)

    def delete_comment(self, context: Context, command: CommentOf) -> None:
        """Delete a comment: one's own, or as an admin anybody's."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "delete_comment", command.comment_id):
                self._read(session, context, command.event_id)
                return
            entered = self._write(session, context, command.event_id)
            row, author = _found(session, command.event_id, command.expense_id, command.comment_id)
            if not _is_author(entered, row) and entered.role < Role.ADMIN:
                raise NotYourComment
            if row.deleted_at is not None:
                return
            before = _view(row, author)
            row.deleted_at = entered.now
            session.flush()
            entered.note("deleted", "comment", row.id, before=before)

    def restore_comment(self, context: Context, command: CommentOf) -> None:
        """Restore a deleted comment: one's own, or as an admin anybody's."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "restore_comment", command.comment_id):
                return
            entered = self._write(session, context, command.event_id)
            row, author = _found(session, command.event_id, command.expense_id, command.comment_id)
            if not _is_author(entered, row) and entered.role < Role.ADMIN:
                raise NotYourComment
            row.deleted_at = None
            session.flush()
            entered.note("restored", "comment", row.id, after=_view(row, author))


def _found(session: Session, event_id: UUID, expense_id: UUID, comment_id: UUID) -> comments.Found:
    found = comments.find_comment(session, expense_id, comment_id)
    if found is None or found[0].event_id != event_id:
        raise NotFound
    return found


def _is_author(entered: Entered, row: CommentRow) -> bool:
    """Return whether the caller wrote the comment; guests are taken at their word about which member they are."""
    if row.created_by_user is not None:
        return row.created_by_user == entered.user_id
    return row.created_by_member is not None and row.created_by_member == entered.member_id


def _view(row: CommentRow, author: str | None) -> Comment:
    return Comment(
        id=row.id,
        event_id=row.event_id,
        expense_id=row.expense_id,
        text=row.text,
        created_by=Author(row.created_by_member, author or GUEST),
        created_at=row.created_at,
        deleted_at=row.deleted_at,
    )
