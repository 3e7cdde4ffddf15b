"""The activity of an event, and taking changes back, as commands and results."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.contracts.events import EventOf
from common.contracts.expenses import Author
from common.contracts.types import Cursor, Id, PageSize
from common.errors import Conflict


class ChangedSince(Conflict):
    """What the change concerned was changed again since, so taking it back would undo that too."""

    code = "changed_since"
    message = "This was changed again since. Undo the later change first."


class NotUndoable(Conflict):
    """Nobody can take back changes of this kind."""

    code = "not_undoable"
    message = "This cannot be undone."


@dataclass(frozen=True, slots=True, kw_only=True)
class ListActivity(EventOf):
    """Asks who did what in an event, newest first."""

    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoActivity(EventOf):
    """Takes one change back."""

    activity_id: Id


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """Who did what to which thing, and the thing before and after; null where it was not there, or is not told."""

    id: UUID
    happened_at: int
    actor: Author
    action: str
    subject: str
    subject_id: UUID
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """One page of an event's activity."""

    items: tuple[ActivityEntry, ...]
    next_cursor: str | None
