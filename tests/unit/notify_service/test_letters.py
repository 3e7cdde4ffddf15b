"""What letters say, in headers that hold nothing but what we put there, and the folder where they wait."""

import email
import email.policy
import logging
import uuid
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from common.database import Database
from common.invitations import InvitationTokens
from common.messages import InvitationSent
from notify_service import letters, subscribers
from notify_service.outbox_folder import OutboxFolder
from notify_service.subscribers import Post

SENT = InvitationSent(
    subject_id=uuid.UUID("0193a8a0-0000-7000-8000-00000000000a"),
    version=1,
    occurred_at=1_795_132_800,
    event_id=uuid.UUID(int=1),
    event_name="Wochenende\r\nBcc: eve@example.org",
    inviter="Änn",
    email="bob@example.org",
    expires_at=1_795_737_600,
)
TOKENS = InvitationTokens("a secret that only tests know, of 32+")


def parsed(content: bytes) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(content, policy=email.policy.default))


def test_an_invitation_says_who_what_until_when_and_the_link() -> None:
    letter = parsed(letters.invitation(SENT, "the-token", "https://quits.example.org").content)
    assert letter["To"] == "bob@example.org"
    assert letter["Subject"] == "Änn invites you to Wochenende Bcc: eve@example.org"
    assert letter["Bcc"] is None
    assert "https://quits.example.org/invitation#the-token" in letter.get_content().splitlines()
    assert "2026-11-27" in letter.get_content()
    assert str(SENT.subject_id) in letter["Message-ID"]


def test_letters_wait_in_files_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "outbox"
    post = Post(OutboxFolder(folder).send, TOKENS, "http://127.0.0.1:8000")
    for _ in range(2):
        subscribers.send_invitation(post, cast("Database", None), SENT)  # type: ignore[arg-type]
    (file,) = folder.iterdir()
    assert file.name == f"{SENT.subject_id}.eml"
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert TOKENS.token_of(SENT.subject_id) in parsed(file.read_bytes()).get_content()


def test_what_is_not_sent_leaves_neither_address_nor_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        subscribers.send_invitation(None, cast("Database", None), SENT)  # type: ignore[arg-type]
    assert "example.org" not in caplog.text
    assert TOKENS.token_of(SENT.subject_id) not in caplog.text


def test_tokens_are_long_and_differ_by_invitation_and_key() -> None:
    others = {TOKENS.token_of(uuid.UUID(int=number)) for number in range(100)}
    assert len(others) == 100
    assert {len(token) for token in others} == {43}
    assert InvitationTokens("another secret").token_of(uuid.UUID(int=1)) not in others
