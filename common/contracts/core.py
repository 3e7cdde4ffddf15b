"""The interface of the core service."""

from common.contracts.activity import (
    ActivityEntry,
    ActivityPage,
    ChangedSince,
    ListActivity,
    NotUndoable,
    UndoActivity,
)
from common.contracts.balances import (
    BalanceLines,
    Balances,
    GetBalances,
    ListBalanceLines,
    Settlement,
)
from common.contracts.categories import Categories, CategoryInUse, SetCategories
from common.contracts.comments import AddComment, Comment, CommentOf, CommentPage, ListComments, NotYourComment
from common.contracts.events import (
    AddMember,
    ClaimMember,
    CreatedEvent,
    CreateEvent,
    DeleteEvent,
    EditEvent,
    EditMember,
    Event,
    EventArchived,
    EventCurrencyFixed,
    EventFull,
    EventOf,
    EventPage,
    LastAdmin,
    Link,
    LinkOf,
    LinkRevoked,
    ListEvents,
    ListMembers,
    Member,
    MemberClaimed,
    MemberHasExpenses,
    MemberNames,
    MemberOf,
    MemberPage,
    NameTaken,
    OpenedLink,
    OpenLink,
    RemoveMember,
    RevokeLink,
    RoleTooLow,
    UndoExpired,
)
from common.contracts.exchange import ExportedFile, ExportEvent, ImportFile, ImportOutcome, Job, JobOf
from common.contracts.expenses import (
    DeleteExpense,
    EditExpense,
    Expense,
    ExpenseOf,
    ExpensePage,
    FindExpense,
    ListExpenses,
    RecordExpense,
    RecordPayment,
)
from common.contracts.invitations import (
    AcceptInvitation,
    AlreadyMember,
    Invitation,
    InvitationOf,
    InvitationOver,
    InvitationPage,
    Invite,
    ListInvitations,
)
from common.contracts.merging import MergeMember
from common.contracts.people import (
    GetBalancesOfUser,
    GetPersonalBalances,
    PeopleFixed,
    PersonalBalances,
    PersonalPayment,
    RecordBetween,
    SettlePerson,
)
from common.contracts.recurring_expenses import (
    AddRecurringExpense,
    DeleteRecurringExpense,
    EditRecurringExpense,
    ListRecurringExpenses,
    RecurringExpense,
    RecurringExpensePage,
)
from common.contracts.splits import ListSplits, Preset, PresetOf, SavePreset, Splits
from common.contracts.system import ServiceInterface
from common.errors import IdTaken, Invalid, NotFound, Stale
from common.rpc.context import Context
from common.rpc.interface import reads, writes

SLOW_TIMEOUT_S = 30.0


class CoreService(ServiceInterface, name="core"):
    """Shared events and their ledgers."""

    @writes(raises=(NameTaken, IdTaken, Invalid))
    def create_event(self, context: Context, command: CreateEvent) -> CreatedEvent:
        """Create an event; without a signed-in creator it comes with an admin link."""
        raise NotImplementedError

    @reads()
    def list_events(self, context: Context, command: ListEvents) -> EventPage:
        """List the caller's events with the caller's balance in each."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def get_event(self, context: Context, command: EventOf) -> Event:
        """Show an event with its members."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, Stale, EventArchived, EventCurrencyFixed, IdTaken), timeout_s=SLOW_TIMEOUT_S)
    def edit_event(self, context: Context, command: EditEvent) -> Event:
        """Change an event's settings, or put it into the archive and take it out again."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, Stale, IdTaken))
    def delete_event(self, context: Context, command: DeleteEvent) -> None:
        """Delete an event with its members and expenses; it can be restored for 30 days."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, UndoExpired, IdTaken))
    def restore_event(self, context: Context, command: EventOf) -> Event:
        """Restore a deleted event."""
        raise NotImplementedError

    @writes(
        raises=(NotFound, RoleTooLow, EventArchived, EventFull, NameTaken, PeopleFixed, IdTaken, Invalid),
        timeout_s=SLOW_TIMEOUT_S,
    )
    def add_member(self, context: Context, command: AddMember) -> Member:
        """Add a member, who takes part in the "everyone" expenses from then on."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def list_members(self, context: Context, command: ListMembers) -> MemberPage:
        """List an event's members by name."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def list_member_names(self, context: Context, command: EventOf) -> MemberNames:
        """List id, name and address of all members at once, for `?expand=members`."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def get_member(self, context: Context, command: MemberOf) -> Member:
        """Show a member."""
        raise NotImplementedError

    @writes(
        raises=(NotFound, RoleTooLow, Stale, EventArchived, NameTaken, LastAdmin, PeopleFixed, IdTaken, Invalid),
        timeout_s=SLOW_TIMEOUT_S,
    )
    def edit_member(self, context: Context, command: EditMember) -> Member:
        """Change a member; leaving, coming back and a new weight recompute the "everyone" expenses concerned."""
        raise NotImplementedError

    @writes(
        raises=(NotFound, RoleTooLow, Stale, EventArchived, MemberHasExpenses, LastAdmin, PeopleFixed, IdTaken),
        timeout_s=SLOW_TIMEOUT_S,
    )
    def remove_member(self, context: Context, command: RemoveMember) -> None:
        """Delete a member who is neither payer, nor listed participant, nor side of a payment."""
        raise NotImplementedError

    @writes(
        raises=(NotFound, RoleTooLow, EventArchived, NameTaken, EventFull, UndoExpired, IdTaken),
        timeout_s=SLOW_TIMEOUT_S,
    )
    def restore_member(self, context: Context, command: MemberOf) -> Member:
        """Restore a deleted member."""
        raise NotImplementedError

    @writes(raises=(NotFound, MemberClaimed, LinkRevoked, EventArchived, IdTaken))
    def claim_member(self, context: Context, command: ClaimMember) -> Member:
        """Bind a member to the signed-in user: "this is me"."""
        raise NotImplementedError

    @reads(raises=(NotFound, RoleTooLow))
    def show_link(self, context: Context, command: LinkOf) -> Link:
        """Show the secret link of a role."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken))
    def rotate_link(self, context: Context, command: LinkOf) -> Link:
        """Make the secret link of a role, or replace it: the former one ends at once."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken))
    def revoke_link(self, context: Context, command: RevokeLink) -> None:
        """End the secret link of a role, or all of them but the admin's."""
        raise NotImplementedError

    @writes(raises=(NotFound, LinkRevoked, Invalid))
    def open_link(self, context: Context, command: OpenLink) -> OpenedLink:
        """Tell where a secret link leads and with which role."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken, Invalid))
    def record_expense(self, context: Context, command: RecordExpense) -> Expense:
        """Record an expense and split it between members."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken, Invalid))
    def record_payment(self, context: Context, command: RecordPayment) -> Expense:
        """Record that one member paid another, partly or wholly settling up."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, Stale, IdTaken, Invalid))
    def edit_expense(self, context: Context, command: EditExpense) -> Expense:
        """Change an expense; its shares are computed anew."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, Stale, IdTaken))
    def delete_expense(self, context: Context, command: DeleteExpense) -> None:
        """Delete an expense; it can be restored."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, UndoExpired, IdTaken))
    def restore_expense(self, context: Context, command: ExpenseOf) -> Expense:
        """Restore a deleted expense with the shares that it had."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def get_expense(self, context: Context, command: ExpenseOf) -> Expense:
        """Show an expense."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def find_expense(self, context: Context, command: FindExpense) -> Expense:
        """Show an expense whose event the caller need not name."""
        raise NotImplementedError

    @reads(raises=(NotFound, Invalid))
    def list_expenses(self, context: Context, command: ListExpenses) -> ExpensePage:
        """List expenses by filter, page by page."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def list_comments(self, context: Context, command: ListComments) -> CommentPage:
        """List what was said about an expense, oldest first."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken))
    def add_comment(self, context: Context, command: AddComment) -> Comment:
        """Say something about an expense."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, NotYourComment, IdTaken))
    def delete_comment(self, context: Context, command: CommentOf) -> None:
        """Delete a comment: one's own, or as an admin anybody's."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def get_balances(self, context: Context, command: GetBalances) -> Balances:
        """Show every member's balance, and who owes whom."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def list_balance_lines(self, context: Context, command: ListBalanceLines) -> BalanceLines:
        """Show the expenses and payments that a member's balance consists of."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def get_settlement(self, context: Context, command: EventOf) -> Settlement:
        """Suggest the transfers that settle the event: the fewest, or one per debt when debts are not simplified."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def list_categories(self, context: Context, command: EventOf) -> Categories:
        """List the categories that an expense of the event may have: the built-in ones, then the event's own."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, CategoryInUse, IdTaken, Invalid))
    def set_categories(self, context: Context, command: SetCategories) -> Categories:
        """Say which categories the event has beside the built-in ones; one that expenses have cannot be left out."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def list_splits(self, context: Context, command: ListSplits) -> Splits:
        """List the presets of an event, and the splits that its expenses have most often and had last."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken, Invalid))
    def save_preset(self, context: Context, command: SavePreset) -> Preset:
        """Keep a split for the next time, under a name."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken))
    def delete_preset(self, context: Context, command: PresetOf) -> None:
        """Delete a preset; expenses that were split like it stay as they are."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def list_recurring_expenses(self, context: Context, command: ListRecurringExpenses) -> RecurringExpensePage:
        """List the expenses that come again by themselves."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken, Invalid), timeout_s=SLOW_TIMEOUT_S)
    def add_recurring_expense(self, context: Context, command: AddRecurringExpense) -> RecurringExpense:
        """Let an expense come again by itself; what is due already is recorded at once."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, Stale, IdTaken, Invalid), timeout_s=SLOW_TIMEOUT_S)
    def edit_recurring_expense(self, context: Context, command: EditRecurringExpense) -> RecurringExpense:
        """Change a recurring expense; what it has recorded stays as it is."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, Stale, IdTaken))
    def delete_recurring_expense(self, context: Context, command: DeleteRecurringExpense) -> None:
        """End a recurring expense; what it has recorded stays."""
        raise NotImplementedError

    @reads(raises=(NotFound,), timeout_s=SLOW_TIMEOUT_S)
    def export_event(self, context: Context, command: ExportEvent) -> ExportedFile:
        """Give an event as a file: complete as JSON, for spreadsheets as CSV with a column per member."""
        raise NotImplementedError

    @writes(
        raises=(NotFound, RoleTooLow, EventArchived, EventFull, PeopleFixed, IdTaken, Invalid),
        timeout_s=SLOW_TIMEOUT_S,
    )
    def import_file(self, context: Context, command: ImportFile) -> ImportOutcome:
        """Add the expenses of a file to an event: our JSON or CSV, or the CSV of Splitwise.

        Rows that were imported before add nothing, broken ones are told with their number and the reason, and people
        who are not members yet join. A large file is imported by a job.
        """
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def get_job(self, context: Context, command: JobOf) -> Job:
        """Show how far a job is, and in the end what it did."""
        raise NotImplementedError

    @reads()
    def get_personal_balances(self, context: Context, command: GetPersonalBalances) -> PersonalBalances:
        """Show what others owe me and I owe others, over all events, by person and currency."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def get_balances_of_user(self, context: Context, command: GetBalancesOfUser) -> PersonalBalances:
        """Show the same by my own id; another user's balances are not found."""
        raise NotImplementedError

    @writes(raises=(IdTaken, Invalid))
    def settle_person(self, context: Context, command: SettlePerson) -> PersonalPayment:
        """Record that I paid somebody what I owe them across events, or a part of it, oldest event first."""
        raise NotImplementedError

    @writes(raises=(IdTaken, Invalid))
    def record_between(self, context: Context, command: RecordBetween) -> Expense:
        """Record an expense between people without an event."""
        raise NotImplementedError

    @reads(raises=(NotFound,))
    def list_activity(self, context: Context, command: ListActivity) -> ActivityPage:
        """List who did what in an event, newest first; that of a deleted event its admins see."""
        raise NotImplementedError

    @writes(
        raises=(
            NotFound,
            RoleTooLow,
            EventArchived,
            ChangedSince,
            NotYourComment,
            CategoryInUse,
            NotUndoable,
            UndoExpired,
            MemberHasExpenses,
            EventCurrencyFixed,
            EventFull,
            NameTaken,
            LastAdmin,
            IdTaken,
            Invalid,
        ),
        timeout_s=SLOW_TIMEOUT_S,
    )
    def undo_activity(self, context: Context, command: UndoActivity) -> ActivityEntry:
        """Take a change back, up to 30 days later; that is a change itself, and what is answered."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, MemberClaimed, IdTaken, Invalid))
    def invite(self, context: Context, command: Invite) -> Invitation:
        """Invite somebody by e-mail; the link in it works once, for seven days."""
        raise NotImplementedError

    @reads(raises=(NotFound, RoleTooLow))
    def list_invitations(self, context: Context, command: ListInvitations) -> InvitationPage:
        """List the invitations that can still be accepted, newest first."""
        raise NotImplementedError

    @writes(raises=(NotFound, RoleTooLow, EventArchived, IdTaken))
    def revoke_invitation(self, context: Context, command: InvitationOf) -> None:
        """End an invitation: its link leads nowhere any more."""
        raise NotImplementedError

    @writes(
        raises=(NotFound, InvitationOver, AlreadyMember, MemberClaimed, EventArchived, EventFull, IdTaken),
        timeout_s=SLOW_TIMEOUT_S,
    )
    def accept_invitation(self, context: Context, command: AcceptInvitation) -> Member:
        """Come into an event by an invitation, as the member that it names or as a new one."""
        raise NotImplementedError

    @writes(
        raises=(NotFound, RoleTooLow, EventArchived, MemberClaimed, PeopleFixed, IdTaken, Invalid),
        timeout_s=SLOW_TIMEOUT_S,
    )
    def merge_member(self, context: Context, command: MergeMember) -> Member:
        """Put another member in the place of this one, everywhere; nobody else's balance moves by a cent."""
        raise NotImplementedError
