"""Making one member of two, as a command."""

from collections.abc import Iterator
from dataclasses import dataclass

from common.contracts.events import MemberOf
from common.contracts.types import Id
from common.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeMember(MemberOf):
    """Two members are the same person: `into` gets all that the other one paid, bears, sent and received."""

    into: Id

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong between the fields."""
        if self.into == self.member_id:
            yield FieldError("into", "Must be another member.")
