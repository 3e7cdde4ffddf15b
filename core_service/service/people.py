"""Operations on what a user and others owe each other over all events."""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from common import errors
from common.contracts.expenses import Expense, ExpenseContent, Participant, Payer, Split
from common.contracts.people import (
    EventBalance,
    GetBalancesOfUser,
    GetPersonalBalances,
    PersonalBalance,
    PersonalBalances,
    PersonalPayment,
    SettlePerson,
)
from common.errors import NotFound
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import membership, people
from core_service.domain.membership import Role
from core_service.domain.people import Claim
from core_service.models import EventRow, MemberRow
from core_service.queries import commands, expenses
from core_service.queries import people as queries
from core_service.service import balances, expense_view
from core_service.service.expenses import record
from core_service.service.operations import Operations


@dataclass(frozen=True, slots=True)
class Place:
    """An event, who I am in it, and who the other one is."""

    event: EventRow
    mine: MemberRow
    other: MemberRow

    @property
    def may_write(self) -> bool:
        """Whether I may record a payment there."""
        return self.event.archived_at is None and membership.role(self.mine.role) >= Role.EDITOR


class PeopleOperations(Operations):
    """What others owe me and I owe others, and paying it."""

    def get_personal_balances(self, context: Context, command: GetPersonalBalances) -> PersonalBalances:
        """Show what others owe me and I owe others, over all events, by person and currency."""
        assert context.user_id is not None, "the gateway asks for a signed-in user"
        with self._database.transaction() as session:
            grouped = people.by_person(_claims(session, context.user_id))
            return PersonalBalances(tuple(map(_personal_balance, grouped)))

    def get_balances_of_user(self, context: Context, command: GetBalancesOfUser) -> PersonalBalances:
        """Show the same by my own id; another user's balances are not found."""
        if command.user_id != context.user_id:
            raise NotFound
        return self.get_personal_balances(context, GetPersonalBalances())

    def settle_person(self, context: Context, command: SettlePerson) -> PersonalPayment:
        """Record that I paid somebody what I owe them across events, or a part of it, oldest event first."""
        assert context.user_id is not None, "the gateway asks for a signed-in user"
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "settle_person", command.id):
                return replayed(self._settled_before(session, context.user_id, command))
            queries.lock_common_events(session, context.user_id, command.to_user_id, command.currency)
            claims = [
                claim
                for claim in _claims(session, context.user_id)
                if (claim.person, claim.currency) == (command.to_user_id, command.currency) and claim.place.may_write
            ]
            owed = -sum(claim.amount for claim in claims)
            if command.amount > owed:
                raise errors.invalid("amount", f"You owe this person {max(owed, 0)} where you may record payments.")
            sent = people.settle([-claim.amount for claim in claims], command.amount)
            payments = tuple(
                self._pay(session, context, command, claim.place, amount)
                for claim, amount in zip(claims, sent, strict=True)
                if amount
            )
            return PersonalPayment(command.id, command.to_user_id, command.currency, command.amount, payments)

    def _pay(self, session: Session, context: Context, command: SettlePerson, place: Place, amount: int) -> Expense:
        entered = self._entered(session, context, place.event, place.mine.role, place.mine.id, place.mine.name)
        sender, receiver = (place.mine, place.other) if amount > 0 else (place.other, place.mine)
        content = ExpenseContent(
            kind="payment",
            amount=abs(amount),
            payers=(Payer(sender.id, abs(amount)),),
            split=Split("equal", (Participant(receiver.id),)),
        )
        return record(entered, context, payment_id(command.id, place.event.id), content)

    def _settled_before(self, session: Session, user_id: UUID, command: SettlePerson) -> PersonalPayment:
        """Return a payment that this very command recorded, as it is now."""
        places = queries.list_places(session, user_id)
        wanted = [payment_id(command.id, event.id) for event, _ in places]
        events = queries.list_events_of_expenses(session, wanted)
        found = [expenses.find_expense(session, events[each], each) for each in wanted if each in events]
        lines = expenses.lines_of(session, list(events))
        payments = tuple(expense_view.view(row, lines[row.id], name) for row, name in filter(None, found))
        return PersonalPayment(command.id, command.to_user_id, command.currency, command.amount, payments)


def payment_id(command_id: UUID, event_id: UUID) -> UUID:
    """Return the id of the payment in one event that a payment across events consists of: always the same one."""
    return UUID(bytes=hashlib.sha256(command_id.bytes + event_id.bytes).digest()[:16], version=4)


def _claims(session: Session, user_id: UUID) -> list[Claim[Place]]:
    """Return what everybody owes a user, or is owed, in each event, oldest event first."""
    places = queries.list_places(session, user_id)
    owed = _owed(session, places)
    others = queries.members(session, [other_id for _, _, other_id, _ in owed])
    users = {row.user_id for row in others.values() if row.user_id is not None}
    known = queries.known_users(session, users, [event.id for event, _ in places])
    return [
        Claim(_identity(place, known), place.event.currency, place, amount)
        for place, amount in ((Place(event, mine, others[other_id]), amount) for event, mine, other_id, amount in owed)
    ]


def _owed(
    session: Session, places: Sequence[tuple[EventRow, MemberRow]]
) -> list[tuple[EventRow, MemberRow, UUID, int]]:
    """Return event, my member, the other member and what that one owes me, in the order of `places`."""
    standings = queries.standings(session, [event.id for event, _ in places if event.simplify_debts])
    kept: dict[UUID, list[tuple[UUID, UUID, int]]] = {}
    for event_id, low, high, amount in queries.debts(session, [e.id for e, _ in places if not e.simplify_debts]):
        kept.setdefault(event_id, []).append((low, high, amount))
    owed = []
    for event, mine in places:
        pairs = _suggested(standings.get(event.id, {})) if event.simplify_debts else kept.get(event.id, [])
        for debtor, creditor, amount in pairs:
            if mine.id == creditor:
                owed.append((event, mine, debtor, amount))
            elif mine.id == debtor:
                owed.append((event, mine, creditor, -amount))
    return owed


def _suggested(standings: Mapping[UUID, int]) -> list[tuple[UUID, UUID, int]]:
    plan = balances.fewest(tuple(standings.items()))
    return [(each.from_member_id, each.to_member_id, each.amount) for each in plan.transfers]


def _identity(place: Place, known: set[UUID]) -> Hashable:
    """Return what is equal for members who are one person, as far as the caller may know."""
    other = place.other
    if other.user_id in known:
        return other.user_id
    sees_address = membership.role(place.mine.role) > Role.VIEWER
    return other.email.casefold() if other.email and sees_address else other.id


def _personal_balance(claims: Sequence[Claim[Place]]) -> PersonalBalance:
    newest = claims[-1].place.other
    person: Any = claims[0].person
    user_id = person if person == newest.user_id else None
    return PersonalBalance(
        user_id=user_id,
        name=newest.name,
        currency=claims[0].currency,
        amount=sum(claim.amount for claim in claims),
        events=tuple(EventBalance(claim.place.event.id, claim.place.event.name, claim.amount) for claim in claims),
    )
