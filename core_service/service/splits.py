"""Operations on presets: splits that an event keeps by name, and those that its expenses suggest."""

from uuid import UUID

from sqlalchemy.orm import Session

from common.contracts.splits import ListSplits, Preset, PresetOf, SavePreset, Splits, UsedSplit
from common.errors import FieldError, IdTaken, Invalid, NotFound
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.models import SplitPresetRow
from core_service.queries import commands, members, splits
from core_service.service.operations import Operations

SUGGESTED = 5


class SplitOperations(Operations):
    """Saving, listing and deleting presets."""

    def list_splits(self, context: Context, command: ListSplits) -> Splits:
        """List the presets of an event, and the splits that its expenses have most often and had last."""
        scope = ["splits", command.event_id]
        place = self._cursors.read(scope, command.cursor)
        after = None if place is None else (int(place[0]), UUID(place[1]))
        with self._database.transaction() as session:
            self._read(session, context, command.event_id)
            rows = splits.list_presets(session, command.event_id, after, command.limit + 1)
            page, cursor = self._cursors.page(scope, rows, command.limit, lambda row: [row.created_at, row.id])
            return Splits(
                tuple(_view(row) for row in page),
                tuple(UsedSplit(*row) for row in splits.list_used(session, command.event_id, "count", SUGGESTED)),
                tuple(UsedSplit(*row) for row in splits.list_used(session, command.event_id, "used_at", SUGGESTED)),
                cursor,
            )

    def save_preset(self, context: Context, command: SavePreset) -> Preset:
        """Keep a split for the next time, under a name."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "save_preset", command.id):
                return replayed(self._saved_before(session, context, command))
            entered = self._write(session, context, command.event_id)
            _check_members(session, command)
            row = SplitPresetRow(
                id=command.id,
                event_id=command.event_id,
                name=command.name,
                split=command.split.to_document(),
                created_at=entered.now,
            )
            session.add(row)
            session.flush()
            preset = _view(row)
            entered.note("saved", "preset", row.id, after=preset)
            return preset

    def _saved_before(self, session: Session, context: Context, command: SavePreset) -> Preset:
        try:
            self._read(session, context, command.event_id)
        except NotFound:
            raise IdTaken from None
        return _view(_found(session, command.event_id, command.id))

    def delete_preset(self, context: Context, command: PresetOf) -> None:
        """Delete a preset; expenses that were split like it stay as they are."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "delete_preset", command.preset_id):
                self._read(session, context, command.event_id)
                return
            entered = self._write(session, context, command.event_id)
            row = _found(session, command.event_id, command.preset_id)
            if row.deleted_at is not None:
                return
            before = _view(row)
            row.deleted_at = entered.now
            session.flush()
            entered.note("deleted", "preset", row.id, before=before)

    def restore_preset(self, context: Context, command: PresetOf) -> None:
        """Restore a deleted preset."""
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, "restore_preset", command.preset_id)
            entered = self._write(session, context, command.event_id)
            row = _found(session, command.event_id, command.preset_id)
            if is_repeat or row.deleted_at is None:
                return
            row.deleted_at = None
            session.flush()
            entered.note("restored", "preset", row.id, after=_view(row))


def _check_members(session: Session, command: SavePreset) -> None:
    known = members.attendances(session, command.event_id)
    strangers = [
        FieldError(f"split.participants.{number}.member_id", "Is not a member of this event.")
        for number, participant in enumerate(command.split.listed)
        if participant.member_id not in known
    ]
    if strangers:
        raise Invalid(fields=strangers)


def _found(session: Session, event_id: UUID, preset_id: UUID) -> SplitPresetRow:
    row = splits.find_preset(session, event_id, preset_id)
    if row is None:
        raise NotFound
    return row


def _view(row: SplitPresetRow) -> Preset:
    return Preset(
        id=row.id,
        event_id=row.event_id,
        name=row.name,
        split=row.split,
        created_at=row.created_at,
        deleted_at=row.deleted_at,
    )
