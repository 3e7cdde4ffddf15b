"""The stats service as a Celery worker: `celery -A stats_service.app worker`."""

import os
from pathlib import Path

from common import delivery, log, schedule
from common.contracts.stats import StatsService
from common.database import Database
from common.rpc.celery_server import make_app, serve
from common.rpc.context import Signer
from common.rpc.interface import implementation_of
from common.settings import read_config
from stats_service import settings, subscribers
from stats_service.service import Stats

told = settings.read(read_config(Path("config.env"), os.environ))
log.configure("stats", level=told.log_level)
own = Database(told.database_url)
app = make_app("stats", told.broker, [delivery.queue("stats")], own.forget_connections)
serve(app, implementation_of(StatsService, Stats(own)), Signer(told.secret_key))
delivery.subscribe(app, subscribers.subscriber(own))
schedule.register(app, "stats", own)
