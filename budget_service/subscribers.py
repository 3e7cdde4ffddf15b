"""What the budget service does with messages."""

import structlog
from sqlalchemy.orm import Session

from common.database import Database
from common.inbox import Subscriber
from common.messages import UserDeleted, UserRegistered

log = structlog.get_logger(__name__)


def subscriber(own: Database) -> Subscriber:
    """Return the handlers of all messages that this service subscribes to."""
    return Subscriber("budget", own, {UserRegistered: welcome_user, UserDeleted: forget_user})


def welcome_user(session: Session, message: UserRegistered) -> None:
    """Prepare for a new user: there are no funnels yet that they could start with."""
    log.info("user_registered", user=str(message.subject_id))


def forget_user(session: Session, message: UserDeleted) -> None:
    """Erase what is known of a user: nothing yet."""
    log.info("user_deleted", user=str(message.subject_id))
