"""The budget service as a Celery worker: `celery -A budget_service.app worker`."""

import os
from pathlib import Path

from budget_service import settings, subscribers
from budget_service.service import Budget
from common import delivery, log, schedule
from common.contracts.budget import BudgetService
from common.database import Database
from common.rpc.celery_server import make_app, serve
from common.rpc.context import Signer
from common.rpc.interface import implementation_of
from common.settings import read_config

told = settings.read(read_config(Path("config.env"), os.environ))
log.configure("budget", level=told.log_level)
own = Database(told.database_url)
app = make_app("budget", told.broker, [delivery.queue("budget")], own.forget_connections)
serve(app, implementation_of(BudgetService, Budget(own)), Signer(told.secret_key))
delivery.subscribe(app, subscribers.subscriber(own))
schedule.register(app, "budget", own)
