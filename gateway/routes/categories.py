"""The categories of an event's expenses."""

from common.contracts.core import CoreService
from gateway.endpoint import Routes

categories = Routes("categories", "/events/<uuid:event_id>/categories")

categories.remote("GET", "", CoreService.list_categories)
categories.remote("PUT", "", CoreService.set_categories)
