"""Operations on categories: which ones an event's expenses may have."""

from sqlalchemy.orm import Session

from common.contracts.categories import Categories, Category, CategoryInUse, SetCategories
from common.contracts.events import EventOf
from common.errors import FieldError, Invalid
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import categories as rules
from core_service.domain.membership import Role
from core_service.queries import categories, commands
from core_service.service.operations import UNDO_S, Entered, Operations


class CategoryOperations(Operations):
    """Listing categories, and saying which ones an event has of its own."""

    def list_categories(self, context: Context, command: EventOf) -> Categories:
        """List the categories that an expense of the event may have: the built-in ones, then the event's own."""
        with self._database.transaction() as session:
            entered = self._read(session, context, command.event_id)
            return categories_of(entered)

    def set_categories(self, context: Context, command: SetCategories) -> Categories:
        """Say which categories the event has beside the built-in ones; one that expenses have cannot be left out."""
        _check_keys(command)
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "set_categories", command.event_id):
                return replayed(categories_of(self._read(session, context, command.event_id)))
            entered = self._write(session, context, command.event_id, Role.ADMIN)
            before = categories_of(entered)
            _check_use(session, command, before, entered.now)
            categories.replace_own(session, command.event_id, command.items)
            after = categories_of(entered)
            entered.note("set", "categories", command.event_id, before=before, after=after)
            return after


def _check_keys(command: SetCategories) -> None:
    taken = [
        FieldError(f"items.{number}.key", "Is the key of a category that every event has.")
        for number, category in enumerate(command.items)
        if category.key in rules.KEYS
    ]
    if taken:
        raise Invalid(fields=taken)


def _check_use(session: Session, command: SetCategories, before: Categories, now: int) -> None:
    """Raise CategoryInUse when a category that is left out is still somebody's."""
    kept = {category.key for category in command.items}
    left_out = {category.key for category in before.items if not category.built_in} - kept
    used = categories.used_among(session, command.event_id, left_out, deleted_since=now - UNDO_S)
    if used:
        raise CategoryInUse(
            fields=[FieldError("items", f'Expenses have the category "{key}".') for key in sorted(used)]
        )


def categories_of(entered: Entered) -> Categories:
    """Return all categories of an event."""
    own = categories.list_own(entered.session, entered.event.id)
    return Categories(
        rules.BUILT_IN + tuple(Category(row.key, row.name, row.emoji, row.color, built_in=False) for row in own)
    )
