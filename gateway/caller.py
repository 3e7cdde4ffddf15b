"""Who sends a request, as far as its token says."""

from dataclasses import dataclass
from uuid import UUID

from common.rpc.context import Guest


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user, a guest of one event, or nobody: then both `user_id` and `guest` are None."""

    user_id: UUID | None = None
    user_name: str = ""
    session_id: UUID | None = None
    timezone: str = "UTC"
    guest: Guest | None = None

    @property
    def is_user(self) -> bool:
        """Whether a user is signed in."""
        return self.user_id is not None

    @property
    def is_nobody(self) -> bool:
        """Whether the request came without a token."""
        return self.user_id is None and self.guest is None


NOBODY = Caller()
