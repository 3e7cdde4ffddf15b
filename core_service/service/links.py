"""Operations on an event's secret links."""

import hashlib
import secrets
from typing import get_args
from uuid import UUID

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from common import errors
from common.contracts.events import (
    Link,
    LinkOf,
    LinkRevoked,
    OpenedLink,
    OpenLink,
    RevokeLink,
)
from common.contracts.types import Role as RoleLabel
from common.errors import NotFound
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import membership
from core_service.domain.membership import Role
from core_service.models import EventLinkRow
from core_service.queries import commands, events, links, members
from core_service.service.operations import Entered, Operations

TOKEN_BYTES = 32
ROLES = get_args(RoleLabel)


class LinkOperations(Operations):
    """Showing, rotating, revoking and opening secret links."""

    def show_link(self, context: Context, command: LinkOf) -> Link:
        """Show the secret link of a role; editors may see those of editors and viewers."""
        with self._database.transaction() as session:
            needed = Role.ADMIN if command.role == "admin" else Role.EDITOR
            entered = self._read(session, context, command.event_id)
            membership.require(entered.role, needed)
            return self._current(session, command)

    def rotate_link(self, context: Context, command: LinkOf) -> Link:
        """Make the secret link of a role, or replace it: the former one ends at once."""
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, f"rotate_{command.role}_link", command.event_id)
            entered = self._write(session, context, command.event_id, Role.ADMIN)
            if is_repeat:
                return replayed(self._current(session, command))
            ended = _end(entered, (command.role,))
            link = self._make_link(session, command.event_id, command.role, entered.now)
            made = [_named(each) for each in links.list_live(session, command.event_id, (command.role,))]
            entered.note(
                f"rotated_{command.role}", "link", command.event_id, before={"links": ended}, after={"links": made}
            )
            return link

    def revoke_link(self, context: Context, command: RevokeLink) -> None:
        """End the secret link of a role, or all of them but the admin's."""
        roles = tuple(role for role in ROLES if role != "admin") if command.role is None else (command.role,)
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, "revoke_link", command.event_id)
            entered = self._write(session, context, command.event_id, Role.ADMIN)
            if is_repeat:
                return
            ended = _end(entered, roles)
            action = "revoked_" + "_".join(roles)
            entered.note(action, "link", command.event_id, before={"links": ended}, after={"links": []})

    def open_link(self, context: Context, command: OpenLink) -> OpenedLink:
        """Tell where a secret link leads and with which role."""
        with self._database.transaction() as session:
            row = find_link(session, command.link)
            if command.member_id is not None:
                member = members.find_member(session, row.event_id, command.member_id)
                if member is None or member.deleted_at is not None:
                    raise errors.invalid("member_id", "Is not a member of this event.")
            row.opened_at = self._now()
            session.flush()
            return OpenedLink(row.id, row.event_id, membership.role(row.role).label, command.member_id)

    def _current(self, session: Session, command: LinkOf) -> Link:
        row = links.find_of_role(session, command.event_id, command.role)
        if row is None:
            raise NotFound
        return self._shown(row)

    def _make_link(self, session: Session, event_id: UUID, role: RoleLabel, now: int) -> Link:
        token, link_id = secrets.token_urlsafe(TOKEN_BYTES), uuid7()
        session.add(
            EventLinkRow(
                id=link_id,
                event_id=event_id,
                role=role,
                token_hash=_hash(token),
                token_sealed=self._sealer.seal(token.encode(), str(link_id)),
                created_at=now,
            )
        )
        session.flush()
        return Link(token, role)

    def _shown(self, row: EventLinkRow) -> Link:
        return Link(self._sealer.open(row.token_sealed, str(row.id)).decode(), membership.role(row.role).label)


def _end(entered: Entered, roles: tuple[str, ...]) -> list[dict[str, str]]:
    """End the links of these roles; return which ones those are."""
    ended = [_named(each) for each in links.list_live(entered.session, entered.event.id, roles)]
    links.revoke(entered.session, entered.event.id, roles, entered.now)
    return ended


def _named(row: EventLinkRow) -> dict[str, str]:
    return {"id": str(row.id), "role": row.role}


def find_link(session: Session, token: str) -> EventLinkRow:
    """Return the link with this token; raises NotFound for an unknown one, LinkRevoked for one that ended."""
    row = links.find_by_hash(session, _hash(token))
    event = events.find_event(session, row.event_id) if row else None
    if row is None or event is None or event.deleted_at is not None:
        raise NotFound
    if row.revoked_at is not None:
        raise LinkRevoked
    return row


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
