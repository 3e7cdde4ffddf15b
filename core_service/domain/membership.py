"""Who may do what in an event, who takes part on a date, and how much each one counts then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from uuid import UUID

from common.contracts.events import EventArchived, RoleTooLow
from common.contracts.types import Role as RoleLabel

WHOLE = 100


class Role(IntEnum):
    """What somebody may do in an event; each role may do what the ones before may."""

    VIEWER = 1
    EDITOR = 2
    ADMIN = 3

    @property
    def label(self) -> RoleLabel:
        """The role's name in contracts and tables."""
        return LABELS[self]


LABELS: dict[Role, RoleLabel] = {Role.VIEWER: "viewer", Role.EDITOR: "editor", Role.ADMIN: "admin"}


def role(label: str) -> Role:
    """Return the role with this name."""
    return Role[label.upper()]


def require(has: Role, needed: Role, *, is_archived: bool = False) -> None:
    """Raise RoleTooLow unless `has` is enough; EventArchived when writing to an event that is in the archive."""
    if has < needed:
        raise RoleTooLow
    if is_archived and needed > Role.VIEWER:
        raise EventArchived


@dataclass(frozen=True, slots=True)
class Attendance:
    """When a member is part of an event, how much they count from when, the left-over cents they bore, and their user.

    `weights` are (valid from, hundredths) by date; the first one holds for all earlier dates too.
    """

    member_id: UUID
    joined_on: date | None = None
    left_on: date | None = None
    weights: Sequence[tuple[date, int]] = field(default=((date.min, WHOLE),))
    leftovers: int = 0
    user_id: UUID | None = None

    def is_present(self, on: date) -> bool:
        """Return whether "everyone" includes this member in an expense dated `on`."""
        return (self.joined_on is None or self.joined_on <= on) and (self.left_on is None or on <= self.left_on)

    def weight(self, on: date) -> int:
        """Return how much the member counts in an equal split dated `on`, in hundredths."""
        holding = self.weights[0][1]
        for valid_from, hundredths in self.weights[1:]:
            if valid_from <= on:
                holding = hundredths
        return holding


def present(members: Iterable[Attendance], on: date) -> list[Attendance]:
    """Return who "everyone" is in an expense dated `on`."""
    return [member for member in members if member.is_present(on)]
