"""The caller's own profile."""

import time
from http import HTTPStatus
from typing import Protocol
from uuid import UUID

from flask import Response

from common.contracts.core import CoreService
from common.contracts.events import EventSummary, ListEvents
from common.errors import IdTaken, Stale
from common.rpc.context import Context
from common.rpc.interface import Bus, client
from gateway.auth.contracts import DeleteUser, EditUser, Nothing, User, UserExport
from gateway.auth.errors import TwoFactorNeedsPassword
from gateway.auth.profiles import Editor
from gateway.auth.wiring import Auth
from gateway.endpoint import Answer, Routes

EVENTS_AT_ONCE = 100


class Services(Protocol):
    """What these routes need of the application."""

    auth: Auth
    bus: Bus


def show_me(services: Services, context: Context, command: Nothing) -> Answer:
    """Show my profile."""
    user = services.auth.profiles.show(_editor(context).user_id)
    return Answer(user, user.version)


def edit_me(services: Services, context: Context, command: EditUser) -> Answer:
    """Change my profile; a new address counts once a mail to it is confirmed."""
    edited = services.auth.profiles.edit(_editor(context), command)
    return Answer(edited.user, edited.user.version, _mark_replay if edited.is_replay else None)


def delete_me(services: Services, context: Context, command: DeleteUser) -> Answer:
    """Erase me: all that is personal, in every service. Other people's ledgers keep their amounts."""
    services.auth.profiles.delete(_editor(context).user_id, command)
    return Answer()


def export_me(services: Services, context: Context, command: Nothing) -> Answer:
    """Export everything that is kept about me."""
    editor = _editor(context)
    return Answer(
        UserExport(
            exported_at=int(time.time()),
            user=services.auth.profiles.show(editor.user_id),
            sessions=services.auth.profiles.devices(editor.user_id, editor.session_id),
            events=_all_events(services.bus, context),
        )
    )


def _all_events(bus: Bus, context: Context) -> tuple[EventSummary, ...]:
    core = client(CoreService, bus)
    events: list[EventSummary] = []
    cursor: str | None = None
    while True:
        page = core.list_events(context, ListEvents(limit=EVENTS_AT_ONCE, cursor=cursor))
        events += page.items
        cursor = page.next_cursor
        if cursor is None:
            return tuple(events)


def _editor(context: Context) -> Editor:
    assert isinstance(context.user_id, UUID), "the endpoint is for users only"
    assert isinstance(context.session_id, UUID), "a user has a session"
    return Editor(context.user_id, context.session_id, context.idempotency_key, context.fingerprint)


def _mark_replay(response: Response) -> None:
    response.headers["Idempotency-Replayed"] = "true"


users = Routes("users", "/users/me")

users.local("GET", "", Nothing, User, show_me)
users.local("PATCH", "", EditUser, User, edit_me, raises=(Stale, IdTaken, TwoFactorNeedsPassword))
users.local("DELETE", "", DeleteUser, type(None), delete_me, status=HTTPStatus.NO_CONTENT, raises=(Stale,))
users.local("GET", "/export", Nothing, UserExport, export_me)
