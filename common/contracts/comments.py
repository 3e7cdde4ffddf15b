"""Comments on an expense, as commands and results."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from common.contracts.expenses import Author, ExpenseOf
from common.contracts.types import Cursor, Id, PageSize, Text
from common.errors import Forbidden

CommentText = Annotated[str, partial(Text, minimum=1, maximum=5_000, trim=True)]


class NotYourComment(Forbidden):
    """Only who wrote a comment, or an admin, may delete it."""

    code = "not_your_comment"
    message = "Only who wrote a comment, or an admin of the event, may delete it."


@dataclass(frozen=True, slots=True, kw_only=True)
class AddComment(ExpenseOf):
    """Something to say about an expense."""

    id: Id
    text: CommentText


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentOf(ExpenseOf):
    """Names a comment on an expense."""

    comment_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ListComments(ExpenseOf):
    """Asks for what was said about an expense, oldest first."""

    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said about an expense."""

    id: UUID
    event_id: UUID
    expense_id: UUID
    text: str
    created_by: Author
    created_at: int
    deleted_at: int | None


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of comments."""

    items: tuple[Comment, ...]
    next_cursor: str | None
