"""Secret links: who may make, see and end them, and what becomes of those who came by one."""

import uuid
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from common.contracts.events import (
    AddMember,
    ClaimMember,
    DeleteEvent,
    EventArchived,
    EventOf,
    LinkEnded,
    LinkOf,
    LinkRevoked,
    ListMembers,
    MemberClaimed,
    MemberOf,
    OpenLink,
    RevokeLink,
    RoleTooLow,
)
from common.contracts.expenses import FindExpense
from common.errors import Gone, Invalid, NotFound, Unauthenticated
from tests.core import Party, Person

ROLES = ["admin", "editor", "viewer"]


@pytest.mark.parametrize("role", ROLES)
def test_a_link_leads_into_its_event_with_its_role(ann: Person, role: str) -> None:
    party = Party.of(ann, "Bob")
    opened = ann.does("open_link", OpenLink(party.link(role).token))
    assert (opened.event_id, opened.role, opened.member_id) == (party.id, role, None)
    event = ann.guest_by(party.link(role)).does("get_event", EventOf(event_id=party.id))
    assert (event.role, event.my_member_id) == (role, None)


def test_a_guest_may_say_which_member_they_are(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    guest = ann.guest_by(party.link("editor"), party.ids["Bob"])
    expense = party.by(guest).spend()
    assert (expense.created_by.member_id, expense.created_by.name) == (party.ids["Bob"], "Bob")
    assert guest.does("get_event", EventOf(event_id=party.id)).my_member_id == party.ids["Bob"]


def test_what_a_guest_records_is_by_a_guest(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    author = party.by(ann.guest_by(party.link("editor"))).spend().created_by
    assert (author.member_id, author.name) == (None, "Guest")


def test_a_guest_cannot_be_a_member_of_another_event(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann)
    with pytest.raises(Invalid) as refusal:
        ann.guest_by(party.link("viewer"), other.ids["Ann"])
    assert [error.field for error in refusal.value.fields] == ["member_id"]


def test_a_viewer_reads_and_does_nothing_else(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    dinner = party.spend()
    seen = party.by(ann.guest_by(party.link("viewer")))
    assert seen.balances() == party.balances()
    assert seen.admin.does("find_expense", FindExpense(expense_id=dinner.id)) == dinner
    for write in (
        seen.spend,
        lambda: seen.pay("Bob", "Ann", 1),
        lambda: seen.edit(dinner, amount=1),
        lambda: seen.delete(dinner),
        lambda: seen.restore(dinner),
        lambda: seen.join("Cleo"),
        lambda: seen.change("Bob", name="Robert"),
        lambda: seen.set(name="Mine"),
        lambda: seen.link("viewer"),
    ):
        with pytest.raises(RoleTooLow):
            write()


def test_an_editor_keeps_expenses_and_members_but_gives_no_roles(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    dinner = party.spend()
    seen = party.by(ann.guest_by(party.link("editor")))
    seen.spend()
    seen.pay("Bob", "Ann", 1)
    seen.edit(dinner, amount=1)
    seen.delete(dinner)
    seen.restore(dinner)
    seen.join("Cleo")
    seen.change("Bob", name="Robert")
    for write in (lambda: seen.change("Bob", role="admin"), lambda: seen.join("Dan", role="viewer")):
        with pytest.raises(RoleTooLow):
            write()


def test_viewers_see_no_addresses(ann: Person) -> None:
    party = Party.of(ann)
    party.join("Bob", email="bob@example.org")
    seen = {}
    for role in ROLES:
        guest = ann.guest_by(party.link(role))
        event = guest.does("get_event", EventOf(event_id=party.id))
        page = guest.does("list_members", ListMembers(event_id=party.id))
        names = guest.does("list_member_names", EventOf(event_id=party.id))
        one = guest.does("get_member", MemberOf(event_id=party.id, member_id=party.ids["Bob"]))
        people = (*event.members, *page.items, *names.items, one)
        seen[role] = {member.email for member in people if member.name == "Bob"}
    assert seen == {"admin": {"bob@example.org"}, "editor": {"bob@example.org"}, "viewer": {None}}


def test_a_guest_is_nobody_in_another_event(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann)
    guest = ann.guest_by(party.link("admin"))
    with pytest.raises(NotFound):
        guest.does("get_event", EventOf(event_id=other.id))
    with pytest.raises(NotFound):
        guest.does("find_expense", FindExpense(expense_id=other.spend().id))


def test_rotating_ends_the_former_link_and_those_who_came_by_it(ann: Person) -> None:
    party = Party.of(ann)
    former, viewers = party.link("editor"), party.link("viewer")
    guest, viewer = ann.guest_by(former), ann.guest_by(viewers)
    party.link("editor")
    with pytest.raises(LinkEnded) as ended:
        guest.does("get_event", EventOf(event_id=party.id))
    assert isinstance(ended.value, Unauthenticated)
    with pytest.raises(LinkRevoked) as revoked:
        ann.guest_by(former)
    assert isinstance(revoked.value, Gone)
    assert viewer.does("get_event", EventOf(event_id=party.id)).id == party.id


def test_a_link_that_never_was_is_not_found(ann: Person) -> None:
    with pytest.raises(NotFound):
        ann.does("open_link", OpenLink("x" * 43))


def test_the_link_of_a_deleted_event_is_not_found(ann: Person) -> None:
    party = Party.of(ann)
    link = party.link("viewer")
    ann.does("delete_event", DeleteEvent(event_id=party.id))
    with pytest.raises(NotFound):
        ann.guest_by(link)


def shown(person: Person, party: Party, role: Any) -> str:
    token: str = person.does("show_link", LinkOf(event_id=party.id, role=role)).token
    return token


def test_a_link_is_shown_again_to_those_who_may_see_it(ann: Person) -> None:
    party = Party.of(ann)
    links = {role: party.link(role) for role in ROLES}
    editor, viewer = ann.guest_by(links["editor"]), ann.guest_by(links["viewer"])
    assert [shown(ann, party, role) for role in ROLES] == [links[role].token for role in ROLES]
    assert [shown(editor, party, role) for role in ("editor", "viewer")] == [
        links["editor"].token,
        links["viewer"].token,
    ]
    with pytest.raises(RoleTooLow):
        shown(editor, party, "admin")
    with pytest.raises(RoleTooLow):
        shown(viewer, party, "viewer")


def test_a_link_that_was_not_made_is_not_found(ann: Person) -> None:
    with pytest.raises(NotFound):
        shown(ann, Party.of(ann), "viewer")


@pytest.mark.parametrize("operation", ["rotate_link", "revoke_link"])
def test_only_admins_make_and_end_links(ann: Person, operation: str) -> None:
    party = Party.of(ann)
    command = {"rotate_link": LinkOf, "revoke_link": RevokeLink}[operation](event_id=party.id, role="viewer")
    for role in ("editor", "viewer"):
        with pytest.raises(RoleTooLow):
            ann.guest_by(party.link(role)).does(operation, command)


def test_revoking_one_role_spares_the_others(ann: Person) -> None:
    party = Party.of(ann)
    links = {role: party.link(role) for role in ROLES}
    ann.does("revoke_link", RevokeLink(event_id=party.id, role="editor"))
    with pytest.raises(LinkRevoked):
        ann.guest_by(links["editor"])
    ann.guest_by(links["viewer"])
    ann.guest_by(links["admin"])


def test_revoking_without_a_role_spares_the_admins(ann: Person) -> None:
    party = Party.of(ann)
    links = {role: party.link(role) for role in ROLES}
    ann.does("revoke_link", RevokeLink(event_id=party.id))
    for role in ("editor", "viewer"):
        with pytest.raises(LinkRevoked):
            ann.guest_by(links[role])
    ann.guest_by(links["admin"])


def claim(person: Person, party: Party, name: str, link: str | None = None) -> Any:
    command = ClaimMember(event_id=party.id, member_id=party.ids[name], link=link)
    return person.does("claim_member", command)


def test_who_shows_a_link_claims_a_member_with_the_role_of_the_link(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob")
    member = claim(bob, party, "Bob", party.link("viewer").token)
    assert (member.user_id, member.role) == (bob.user_id, "viewer")
    assert bob.does("get_event", EventOf(event_id=party.id)).my_member_id == party.ids["Bob"]
    with pytest.raises(RoleTooLow):
        party.by(bob).spend()


def test_nobody_claims_a_member_without_a_link(ann: Person, stranger: Person) -> None:
    party, other = Party.of(ann, "Bob"), Party.of(ann)
    with pytest.raises(NotFound):
        claim(stranger, party, "Bob")
    with pytest.raises(NotFound):
        claim(stranger, party, "Bob", other.link("admin").token)
    revoked = party.link("editor").token
    party.link("editor")
    with pytest.raises(LinkRevoked):
        claim(stranger, party, "Bob", revoked)


def test_a_member_belongs_to_one_user_and_a_user_is_one_member(ann: Person, bob: Person, stranger: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    link = party.link("editor").token
    claim(bob, party, "Bob", link)
    assert claim(bob, party, "Bob").user_id == bob.user_id
    with pytest.raises(MemberClaimed):
        claim(stranger, party, "Bob", link)
    with pytest.raises(MemberClaimed):
        claim(bob, party, "Cleo", link)


def test_nobody_claims_a_member_of_an_archived_event(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob")
    link = party.link("editor").token
    party.set(archived=True)
    with pytest.raises(EventArchived):
        claim(bob, party, "Bob", link)


def test_a_deleted_member_cannot_be_claimed(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob")
    ann.does("remove_member", MemberOf(event_id=party.id, member_id=party.ids["Bob"]))
    with pytest.raises(NotFound):
        claim(bob, party, "Bob", party.link("editor").token)


def test_a_member_is_added_with_the_role_that_an_admin_gives(ann: Person) -> None:
    party = Party.of(ann)
    command = AddMember(event_id=party.id, id=uuid7(), name="Bob", role="viewer")
    assert ann.does("add_member", command).role == "viewer"
    assert isinstance(command.id, uuid.UUID)
