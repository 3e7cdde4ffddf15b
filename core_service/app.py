"""The core service as a Celery worker: `celery -A core_service.app worker`."""

import os
from pathlib import Path

from common import delivery, log, schedule
from common.contracts.core import CoreService
from common.database import Database
from common.rpc.celery_server import make_app, serve
from common.rpc.context import Signer
from common.rpc.interface import implementation_of
from common.settings import read_config
from core_service import due, settings, subscribers
from core_service.service import Core

told = settings.read(read_config(Path("config.env"), os.environ))
log.configure("core", level=told.log_level)
own = Database(told.database_url)
app = make_app("core", told.broker, [delivery.queue("core")], own.forget_connections)
serve(app, implementation_of(CoreService, Core(own, told.secret_key)), Signer(told.secret_key))
delivery.subscribe(app, subscribers.subscriber(own))
schedule.register(app, "core", own, due.TASKS)
