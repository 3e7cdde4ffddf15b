"""What the notify service does with messages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.orm import Session

from common.database import Database
from common.inbox import Subscriber
from common.invitations import InvitationTokens
from common.messages import InvitationSent, UserDeleted
from notify_service import letters
from notify_service.letters import Letter

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """What sending letters takes: a way to do so, what invitations' tokens are made with, and our address."""

    send: Callable[[Letter], None]
    tokens: InvitationTokens
    public_url: str


def subscriber(own: Database, post: Post | None = None) -> Subscriber:
    """Return the handlers of all messages that this service subscribes to; without `post` no letters are sent."""
    return Subscriber("notify", own, {UserDeleted: forget_user, InvitationSent: partial(send_invitation, post)})


def forget_user(session: Session, message: UserDeleted) -> None:
    """Erase what is known of a user: nothing yet."""
    log.info("user_deleted", user=str(message.subject_id))


def send_invitation(post: Post | None, session: Session, message: InvitationSent) -> None:
    """Send the letter with the link of an invitation."""
    if post is None:
        log.warning("letter_not_sent", reason="no mail server", invitation=str(message.subject_id))
        return
    post.send(letters.invitation(message, post.tokens.token_of(message.subject_id), post.public_url))
