"""`?expand=members`: puts `{"id", "name", "email"}` beside every member id of an answer."""

from typing import Any
from uuid import UUID

import orjson

from common.contracts.core import CoreService
from common.contracts.events import EventOf
from common.rpc.context import Context
from common.rpc.interface import Bus, Call, Reply, operation_of, send

SUFFIX = "member_id"


def expand_members(bus: Bus, context: Context, reply: Reply, event_id: UUID | None) -> Reply:
    """Return `reply` with a `member` beside each `member_id`, and so on for `from_member_id` and `to_member_id`."""
    document = orjson.loads(reply.body)
    event_id = event_id or UUID(document["event_id"])
    call = Call(operation_of(CoreService.list_member_names), context, EventOf(event_id=event_id))
    members = {member["id"]: member for member in orjson.loads(send(bus, call).body)["items"]}
    return Reply(orjson.dumps(_expanded(document, members)), reply.version, reply.is_replay)


def _expanded(value: Any, members: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_expanded(item, members) for item in value]
    if not isinstance(value, dict):
        return value
    expanded = {key: _expanded(inner, members) for key, inner in value.items()}
    for key, inner in value.items():
        if key.endswith(SUFFIX) and inner in members:
            expanded[key.removesuffix("_id")] = members[inner]
    return expanded
