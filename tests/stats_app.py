"""The stats service's worker with a subscriber that fails, on request, in every way that a subscriber can fail.

What an expense's description asks for: `poison` raises while the file `broken` is there, `deadly` kills the process
each time, `dies before commit` and `dies after commit` kill it once, before the message is acknowledged.
"""

import os
import signal
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from common import delivery
from common.database import Database
from common.inbox import Subscriber
from common.messages import ExpenseRecorded
from common.rpc.celery_server import make_app
from common.settings import Environment
from stats_service import settings, subscribers

folder = Path(Environment(os.environ).text("QUITS_TEST_FOLDER"))
told = settings.read(os.environ)
own = Database(told.database_url)


def count_expense(session: Session, message: ExpenseRecorded) -> None:
    """Do what the real handler does, and what the description asks for."""
    subscribers.count_expense(session, message)
    if message.description == "poison" and (folder / "broken").exists():
        raise ValueError(message.description)
    if message.description == "deadly":
        _die(session)
    if message.description.startswith("dies") and not (folder / "died").exists():
        (folder / "died").touch()
        event.listen(session, message.description.removeprefix("dies ").replace(" ", "_"), _die)


def _die(session: Session) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


app = make_app("stats", told.broker, [delivery.queue("stats")], own.forget_connections)
delivery.subscribe(app, Subscriber("stats", own, {ExpenseRecorded: count_expense}))
