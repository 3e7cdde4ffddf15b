"""Invitations by e-mail: who may send them, what they lead to, and when they are over."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from common.contracts.activity import ChangedSince, ListActivity, UndoActivity
from common.contracts.events import ClaimMember, DeleteEvent, EventArchived, EventOf, MemberClaimed, RoleTooLow
from common.contracts.invitations import (
    AcceptInvitation,
    AlreadyMember,
    Invitation,
    InvitationOf,
    InvitationOver,
    Invite,
    ListInvitations,
)
from common.database import Database
from common.errors import Gone, IdTaken, Invalid, NotFound
from common.invitations import InvitationTokens
from common.rpc.inprocess import InProcessBus
from core_service.service import Core
from tests import core
from tests.core import Party, Person
from tests.services import signer

BOB = "bob@example.org"


def invite(party: Party, key: uuid.UUID | None = None, **fields: Any) -> Invitation:
    invitation_id = key or uuid7()
    command = Invite(event_id=party.id, id=invitation_id, **{"email": BOB, **fields})
    return party.admin.does("invite", command, key=invitation_id, content=str(fields))  # type: ignore[no-any-return]


def token_of(invitation: Invitation) -> str:
    """Return what stands in the letter."""
    return InvitationTokens(core.SECRET_KEY).token_of(invitation.id)


def accept(person: Person, invitation: Invitation, **options: Any) -> Any:
    return person.does("accept_invitation", AcceptInvitation(token_of(invitation)), **options)


def listed(party: Party) -> list[uuid.UUID]:
    found: list[uuid.UUID] = []
    cursor = None
    while True:
        page = party.admin.does("list_invitations", ListInvitations(event_id=party.id, limit=1, cursor=cursor))
        found += [each.id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_who_accepts_becomes_a_new_member_with_the_role(ann: Person, bob: Person) -> None:
    party = Party.of(ann)
    dinner = party.spend(100)
    member = accept(bob, invite(party, role="viewer"))
    assert (member.name, member.role, member.user_id) == ("Bob", "viewer", bob.user_id)
    assert bob.does("get_event", EventOf(event_id=party.id)).my_member_id == member.id
    party.ids["Bob"] = member.id
    assert party.shares(dinner) == {"Ann": 50, "Bob": 50}
    found = ann.does("get_event", EventOf(event_id=party.id)).members
    assert {each.name: each.email for each in found} == {"Ann": None, "Bob": BOB}


def test_who_accepts_becomes_the_member_that_was_meant(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Robert")
    member = accept(bob, invite(party, member_id=party.ids["Robert"], role="admin"))
    assert (member.id, member.name, member.role) == (party.ids["Robert"], "Robert", "admin")
    assert party.by(bob).set(name="Weekend").my_member_id == member.id


def test_a_name_that_is_taken_gets_a_number(ann: Person, bob: Person) -> None:
    assert accept(bob, invite(Party.of(ann, "bob"))).name == "Bob 2"


def test_an_invitation_works_once(ann: Person, bob: Person, stranger: Person) -> None:
    party = Party.of(ann)
    invitation, key = invite(party), uuid7()
    first = accept(bob, invitation, key=key)
    assert accept(bob, invitation, key=key) == first
    with pytest.raises(InvitationOver):
        accept(stranger, invitation)
    assert issubclass(InvitationOver, Gone)
    assert listed(party) == []


def test_a_revoked_invitation_is_over_until_that_is_undone(ann: Person, bob: Person) -> None:
    party = Party.of(ann)
    invitation, other = invite(party), invite(party)
    assert listed(party) == [other.id, invitation.id]
    ann.does("revoke_invitation", InvitationOf(event_id=party.id, invitation_id=invitation.id))
    assert listed(party) == [other.id]
    with pytest.raises(InvitationOver):
        accept(bob, invitation)
    revoked, _, sent, *_ = ann.does("list_activity", ListActivity(event_id=party.id)).items
    with pytest.raises(ChangedSince):
        ann.does("undo_activity", UndoActivity(event_id=party.id, activity_id=sent.id))
    ann.does("undo_activity", UndoActivity(event_id=party.id, activity_id=revoked.id))
    accept(bob, invitation)


def test_the_activity_keeps_no_address(ann: Person) -> None:
    party = Party.of(ann)
    invite(party)
    assert BOB not in str(ann.does("list_activity", ListActivity(event_id=party.id)))


def test_only_admins_invite_list_and_revoke(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    invitation = invite(party)
    editor = ann.guest_by(party.link("editor"))
    for person, refusal in ((editor, RoleTooLow), (stranger, NotFound)):
        for operation, command in (
            ("invite", Invite(event_id=party.id, id=uuid7(), email=BOB)),
            ("list_invitations", ListInvitations(event_id=party.id)),
            ("revoke_invitation", InvitationOf(event_id=party.id, invitation_id=invitation.id)),
        ):
            with pytest.raises(refusal):
                person.does(operation, command)


def test_who_is_meant_must_be_a_member_and_nobody_yet(ann: Person, bob: Person) -> None:
    party, other = Party.of(ann, "Bob"), Party.of(ann)
    with pytest.raises(Invalid) as refusal:
        invite(party, member_id=other.ids["Ann"])
    assert [error.field for error in refusal.value.fields] == ["member_id"]
    with pytest.raises(MemberClaimed):
        invite(party, member_id=party.ids["Ann"])
    invitation = invite(party, member_id=party.ids["Bob"])
    claim = ClaimMember(event_id=party.id, member_id=party.ids["Bob"], link=party.link("editor").token)
    core.user(bob.bus, "Eve").does("claim_member", claim)
    with pytest.raises(MemberClaimed):
        accept(bob, invitation)


def test_who_is_in_the_event_leaves_the_invitation_to_somebody_else(ann: Person, bob: Person) -> None:
    party = Party.of(ann)
    invitation = invite(party)
    with pytest.raises(AlreadyMember):
        accept(ann, invitation)
    accept(bob, invitation)


def test_nobody_comes_into_what_is_archived_or_deleted(ann: Person, bob: Person) -> None:
    party = Party.of(ann)
    invitation = invite(party)
    party.set(archived=True)
    with pytest.raises(EventArchived):
        accept(bob, invitation)
    ann.does("delete_event", DeleteEvent(event_id=party.id))
    with pytest.raises(NotFound):
        accept(bob, invitation)
    with pytest.raises(NotFound):
        bob.does("accept_invitation", AcceptInvitation("made-up"))


def test_inviting_twice_with_one_id_is_one_invitation(ann: Person, bob: Person) -> None:
    party, key = Party.of(ann), uuid7()
    assert invite(party, key) == invite(party, key)
    assert len(listed(party)) == 1
    with pytest.raises(IdTaken):
        invite(party, key, role="admin")


class Clock:
    """Time that passes when a test says so."""

    late_s = 0

    def __call__(self) -> float:
        return time.time() + self.late_s


@pytest.fixture
def clock() -> Clock:
    """The clock of `late_ann`'s service."""
    return Clock()


@pytest.fixture
def late_ann(core_database: Database, clock: Clock) -> Iterator[Person]:
    """A user of a service with a clock of its own."""
    bus = InProcessBus(signer)
    bus.serve(Core(core_database, core.SECRET_KEY, clock))
    yield core.user(bus, "Ann")
    bus.close()


def test_an_invitation_holds_for_seven_days(late_ann: Person, clock: Clock) -> None:
    party = Party.of(late_ann)
    invitation = invite(party)
    clock.late_s = 7 * 24 * 60 * 60 + 5
    with pytest.raises(InvitationOver):
        accept(core.user(late_ann.bus, "Bob"), invitation)
    assert listed(party) == []
    clock.late_s -= 60
    accept(core.user(late_ann.bus, "Bob"), invitation)
