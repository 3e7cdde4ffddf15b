"""The notify service as a Celery worker: `celery -A notify_service.app worker`."""

import os
from pathlib import Path

from common import delivery, log, schedule
from common.contracts.notify import NotifyService
from common.database import Database
from common.rpc.celery_server import make_app, serve
from common.rpc.context import Signer
from common.rpc.interface import implementation_of
from common.settings import read_config
from notify_service import settings, subscribers
from notify_service.service import Notify

told = settings.read(read_config(Path("config.env"), os.environ))
log.configure("notify", level=told.log_level)
own = Database(told.database_url)
app = make_app("notify", told.broker, [delivery.queue("notify")], own.forget_connections)
serve(app, implementation_of(NotifyService, Notify(own)), Signer(told.secret_key))
delivery.subscribe(app, subscribers.subscriber(own))
schedule.register(app, "notify", own)
