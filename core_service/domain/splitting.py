"""Splitting: what each participant bears of an expense, adding up to it exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common import errors, money
from common.contracts.expenses import Kind, Participant, Split, hundredths
from common.errors import FieldError
from core_service.domain import membership
from core_service.domain.membership import Attendance


@dataclass(frozen=True, slots=True)
class Part:
    """What one participant bears, in the event's minor units, and the left-over cent in it: -1, 0 or 1."""

    member_id: UUID
    amount: int
    leftover: int


def divide(
    kind: Kind, amount: int, event_amount: int, split: Split, members: Mapping[UUID, Attendance], on: date
) -> list[Part]:
    """Return each participant's part of `event_amount`, in the order of the split; an income's parts are negative.

    `amount` is the same money in the expense's own currency, which is that of the split's values. Left-over cents go
    to the largest remainders; between equal ones to who has borne the fewest, then to the lowest id. The cents of an
    income are a gain, so they go to who has borne the most. Raises Invalid for a member that is not in the event, for
    an empty "everyone" and for a share below zero.
    """
    participants = _participants(split, members, on)
    sign = -1 if kind == "income" else 1
    by_id = sorted(participants, key=lambda participant: participant.member_id.int)
    priority = [sign * members[participant.member_id].leftovers for participant in by_id]
    if split.type == "adjustment":
        shares, extras = _adjusted(amount, by_id, priority)
        if event_amount != amount:
            shares, extras = money.allocate(event_amount, shares, priority)
    else:
        shares, extras = money.allocate(event_amount, _weights(split, by_id, members, on), priority)
    if kind == "payment":
        extras = [0] * len(extras)
    parts = {
        participant.member_id: Part(participant.member_id, sign * share, sign * extra)
        for participant, share, extra in zip(by_id, shares, extras, strict=True)
    }
    return [parts[participant.member_id] for participant in participants]


def _participants(split: Split, members: Mapping[UUID, Attendance], on: date) -> Sequence[Participant]:
    if split.is_everyone:
        everyone = membership.present(members.values(), on)
        if not everyone:
            raise errors.invalid("split.participants", "Nobody was in the event on that date.")
        return [Participant(member.member_id) for member in everyone]
    strangers = [
        FieldError(f"split.participants.{number}.member_id", "Is not a member of this event.")
        for number, participant in enumerate(split.listed)
        if participant.member_id not in members
    ]
    if strangers:
        raise errors.Invalid(fields=strangers)
    return split.listed


def _weights(
    split: Split, participants: Sequence[Participant], members: Mapping[UUID, Attendance], on: date
) -> list[int]:
    if split.type == "equal":
        return [members[participant.member_id].weight(on) for participant in participants]
    if split.type == "exact":
        return [int(participant.value or 0) for participant in participants]
    return [hundredths(str(participant.value)) for participant in participants]


def _adjusted(amount: int, participants: Sequence[Participant], priority: Sequence[int]) -> tuple[list[int], list[int]]:
    adjustments = [int(participant.value or 0) for participant in participants]
    rest = amount - sum(adjustments)
    parts, extras = money.allocate(rest, [1] * len(participants), priority)
    shares = [part + adjustment for part, adjustment in zip(parts, adjustments, strict=True)]
    if min(shares) < 0:
        raise errors.invalid("split.participants", f"With these extras somebody would bear {min(shares)}.")
    return shares, extras
