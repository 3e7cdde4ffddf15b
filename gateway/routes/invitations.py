"""Invitations to an event by e-mail."""

from http import HTTPStatus

from common.contracts.core import CoreService
from gateway.endpoint import Access, Routes

invitations = Routes("invitations")

EVENT = "/events/<uuid:event_id>/invitations"

invitations.remote("GET", EVENT, CoreService.list_invitations)
invitations.remote("POST", EVENT, CoreService.invite, status=HTTPStatus.ACCEPTED)
invitations.remote(
    "DELETE", f"{EVENT}/<uuid:invitation_id>", CoreService.revoke_invitation, status=HTTPStatus.NO_CONTENT
)
invitations.remote("POST", "/invitations/accept", CoreService.accept_invitation, access=Access.USER)
