"""What letters say, and how they look as e-mails."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit
from uuid import UUID

from common.messages import InvitationSent


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail as it is sent; `id` is always the same for the same occasion, so that sending twice is recognisable."""

    id: UUID
    content: bytes


def invitation(message: InvitationSent, token: str, public_url: str) -> Letter:
    """Return the letter that invites somebody; the token stands in the fragment, which reaches no server's log."""
    until = datetime.fromtimestamp(message.expires_at, UTC).date()
    event, inviter = _one_line(message.event_name), _one_line(message.inviter)
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = f"{inviter} invites you to {event}"
    letter["From"] = f"Quits <noreply@{urlsplit(public_url).hostname}>"
    letter["To"] = message.email
    letter["Date"] = datetime.fromtimestamp(message.occurred_at, UTC)
    letter["Message-ID"] = f"<{message.subject_id}@quits>"
    letter.set_content(
        f"{inviter} invites you to share the expenses of {event}.\n\n"
        f"{public_url}/invitation#{token}\n\n"
        f"The link is for you alone and works once, until {until} (UTC).\n"
    )
    return Letter(message.subject_id, letter.as_bytes())


def _one_line(text: str) -> str:
    """Return `text` without line feeds: in a header they would begin another one."""
    return " ".join(text.split())
