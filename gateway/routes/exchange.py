"""Export and import of an event as files, and the jobs behind large imports."""

from common.contracts.core import CoreService
from gateway.endpoint import Routes
from gateway.files import CSV_TYPE, JSON_TYPE, Download

exchange = Routes("exchange")

EVENT = "/events/<uuid:event_id>"

exchange.remote("GET", f"{EVENT}/export", CoreService.export_event, presents=Download((JSON_TYPE, CSV_TYPE)))
