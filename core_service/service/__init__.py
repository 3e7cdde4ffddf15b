"""The core service: its operations, by noun."""

from core_service.service.activity import ActivityOperations
from core_service.service.balances import BalanceOperations
from core_service.service.between import BetweenOperations
from core_service.service.categories import CategoryOperations
from core_service.service.comments import CommentOperations
from core_service.service.events import EventOperations
from core_service.service.expenses import ExpenseOperations
from core_service.service.export import ExportOperations
from core_service.service.imports import ImportOperations
from core_service.service.invitations import InvitationOperations
from core_service.service.members import MemberOperations
from core_service.service.merging import MergeOperations
from core_service.service.people import PeopleOperations
from core_service.service.recurring_expenses import RecurringExpenseOperations
from core_service.service.splits import SplitOperations


class Core(
    ActivityOperations,
    EventOperations,
    MemberOperations,
    MergeOperations,
    InvitationOperations,
    ExpenseOperations,
    CommentOperations,
    CategoryOperations,
    SplitOperations,
    RecurringExpenseOperations,
    BalanceOperations,
    ExportOperations,
    ImportOperations,
    PeopleOperations,
    BetweenOperations,
):
    """The implementation of CoreService."""
