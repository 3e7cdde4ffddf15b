"""Debts between pairs of members: kept with every write while an event does not simplify them, and only then."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from core_service.domain import ledger as rules
from core_service.domain.ledger import Line, Pair
from core_service.models import EventRow
from core_service.queries import expenses, ledger


def change(
    session: Session, event: EventRow, added: Iterable[Sequence[Line]], removed: Iterable[Sequence[Line]] = ()
) -> None:
    """Add what some expenses made members owe each other, take away what others did."""
    if event.simplify_debts:
        return
    changes: Counter[Pair] = Counter()
    for lines in added:
        changes.update(rules.debts(lines))
    for lines in removed:
        changes.subtract(rules.debts(lines))
    ledger.change_debts(session, event.id, {pair: amount for pair, amount in changes.items() if amount})


def rebuild(session: Session, event: EventRow) -> None:
    """Compute the event's debts anew when it keeps them, forget them when it does not."""
    debts = {} if event.simplify_debts else total(session, event)
    ledger.replace_debts(session, event.id, debts)


def total(session: Session, event: EventRow, until: date | None = None) -> dict[Pair, int]:
    """Return the event's debts, computed from all expenses dated up to `until`."""
    live = [expense_id for expense_id, _ in expenses.list_live(session, event.id, until=until)]
    debts: Counter[Pair] = Counter()
    for lines in expenses.lines_of(session, live).values():
        debts.update(rules.debts(lines))
    return {pair: amount for pair, amount in debts.items() if amount}
