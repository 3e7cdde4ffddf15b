"""Events, their secret links, and everything below an event that is not an expense."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
import segno
from flask import request

from common.contracts.core import CoreService
from common.contracts.events import Event
from common.contracts.types import Role
from common.rpc.interface import Reply
from gateway.endpoint import Access, Routes

events = Routes("events", "/events")


@dataclass(frozen=True, slots=True)
class SecretLink:
    """A secret link as people use it: the token, the address to open, and the address as a QR code (inline SVG)."""

    token: str
    url: str
    role: Role
    qr_svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent(Event):
    """An event that was just created; `link` is there when nobody signed in created it."""

    link: SecretLink | None = None


def secret_link(services: Any, token: str, role: Role) -> SecretLink:
    """Return the link with this token; the token stands in the fragment, so it reaches no log and no Referer."""
    url = f"{services.public_url or request.host_url.rstrip('/')}/join#{token}"
    return SecretLink(token, url, role, segno.make(url, error="m").svg_inline(scale=4))


def with_address(services: Any, reply: Reply) -> Reply:
    """Add address and QR code to a link."""
    link = orjson.loads(reply.body)
    return Reply(orjson.dumps(secret_link(services, link["token"], link["role"])), reply.version, reply.is_replay)


def with_link(services: Any, reply: Reply) -> Reply:
    """Show a created event, and its admin link in case it comes with one."""
    created = orjson.loads(reply.body)
    event, link = created["event"], created["link"]
    if link is not None:
        event["link"] = secret_link(services, link["token"], link["role"])
    return Reply(orjson.dumps(event), reply.version, reply.is_replay)


events.remote(
    "POST",
    "",
    CoreService.create_event,
    status=HTTPStatus.CREATED,
    access=Access.OPTIONAL,
    result=NewEvent,
    finish=with_link,
)
events.remote("GET", "", CoreService.list_events)
events.remote("GET", "/<uuid:event_id>", CoreService.get_event)
events.remote("PATCH", "/<uuid:event_id>", CoreService.edit_event)
events.remote("DELETE", "/<uuid:event_id>", CoreService.delete_event, status=HTTPStatus.NO_CONTENT)
events.remote("POST", "/<uuid:event_id>/restore", CoreService.restore_event)

events.remote("GET", "/<uuid:event_id>/link", CoreService.show_link, result=SecretLink, finish=with_address)
events.remote(
    "POST",
    "/<uuid:event_id>/link",
    CoreService.rotate_link,
    status=HTTPStatus.CREATED,
    result=SecretLink,
    finish=with_address,
)
events.remote("DELETE", "/<uuid:event_id>/link", CoreService.revoke_link, status=HTTPStatus.NO_CONTENT)

events.remote("GET", "/<uuid:event_id>/balances", CoreService.get_balances, expands=True)
events.remote("GET", "/<uuid:event_id>/balances/<uuid:member_id>", CoreService.list_balance_lines)
events.remote("GET", "/<uuid:event_id>/settlement", CoreService.get_settlement, expands=True)
