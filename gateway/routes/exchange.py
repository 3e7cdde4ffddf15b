"""Export and import of an event as files, and the jobs behind large imports."""

from common.contracts.core import CoreService
from common.contracts.exchange import MAX_FILE_BYTES, ImportReport, Job
from gateway.endpoint import Routes
from gateway.files import CSV_TYPE, JSON_TYPE, Download, ReportOrJob, Upload

exchange = Routes("exchange")

EVENT = "/events/<uuid:event_id>"

exchange.remote("GET", f"{EVENT}/export", CoreService.export_event, presents=Download((JSON_TYPE, CSV_TYPE)))
exchange.remote(
    "POST",
    f"{EVENT}/import",
    CoreService.import_file,
    upload=Upload(MAX_FILE_BYTES),
    presents=ReportOrJob(ImportReport, Job),
)
exchange.remote("GET", "/jobs/<uuid:job_id>", CoreService.get_job)
