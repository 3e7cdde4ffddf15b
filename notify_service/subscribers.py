"""What the notify service does with messages."""

import structlog
from sqlalchemy.orm import Session

from common.database import Database
from common.inbox import Subscriber
from common.messages import UserDeleted

log = structlog.get_logger(__name__)


def subscriber(own: Database) -> Subscriber:
    """Return the handlers of all messages that this service subscribes to."""
    return Subscriber("notify", own, {UserDeleted: forget_user})


def forget_user(session: Session, message: UserDeleted) -> None:
    """Erase what is known of a user: nothing yet."""
    log.info("user_deleted", user=str(message.subject_id))
