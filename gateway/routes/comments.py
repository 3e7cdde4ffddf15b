"""Comments on an expense."""

from http import HTTPStatus

from common.contracts.core import CoreService
from gateway.endpoint import Routes

comments = Routes("comments", "/events/<uuid:event_id>/expenses/<uuid:expense_id>/comments")

comments.remote("GET", "", CoreService.list_comments, expands=True)
comments.remote("POST", "", CoreService.add_comment, status=HTTPStatus.CREATED, expands=True)
comments.remote("DELETE", "/<uuid:comment_id>", CoreService.delete_comment, status=HTTPStatus.NO_CONTENT)
