"""A service that does not handle exactly what it subscribes to does not start."""

import pytest

from common.database import Database
from common.inbox import Subscriber
from common.messages import ExpenseChanged, ExpenseRecorded

NOWHERE = "postgresql+psycopg2://nobody@127.0.0.1:1/nothing"


def _ignore(session: object, message: object) -> None:
    """A handler that does nothing."""


def test_a_missing_handler_stops_the_start() -> None:
    """Else its messages would all end as dead letters."""
    with pytest.raises(TypeError, match="ExpenseRecorded"):
        Subscriber("stats", Database(NOWHERE), {})


def test_a_handler_that_nobody_calls_stops_the_start() -> None:
    """The relay would not send these messages to the service."""
    with pytest.raises(TypeError):
        Subscriber("stats", Database(NOWHERE), {ExpenseRecorded: _ignore, ExpenseChanged: _ignore})
