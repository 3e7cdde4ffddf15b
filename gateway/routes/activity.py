"""Who did what in an event, and taking it back."""

from common.contracts.core import CoreService
from gateway.endpoint import Routes

activity = Routes("activity", "/events/<uuid:event_id>/activity")

activity.remote("GET", "", CoreService.list_activity)
activity.remote("POST", "/<uuid:activity_id>/undo", CoreService.undo_activity)
