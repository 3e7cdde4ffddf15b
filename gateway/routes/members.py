"""Members of an event."""

from http import HTTPStatus

from common.contracts.core import CoreService
from gateway.endpoint import Access, Routes

members = Routes("members", "/events/<uuid:event_id>/members")

members.remote("GET", "", CoreService.list_members)
members.remote("POST", "", CoreService.add_member, status=HTTPStatus.CREATED)
members.remote("GET", "/<uuid:member_id>", CoreService.get_member)
members.remote("PATCH", "/<uuid:member_id>", CoreService.edit_member)
members.remote("DELETE", "/<uuid:member_id>", CoreService.remove_member, status=HTTPStatus.NO_CONTENT)
members.remote("POST", "/<uuid:member_id>/restore", CoreService.restore_member)
members.remote("POST", "/<uuid:member_id>/claim", CoreService.claim_member, access=Access.USER)
members.remote("POST", "/<uuid:member_id>/merge", CoreService.merge_member)
