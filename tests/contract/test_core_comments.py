"""Comments on an expense: who may say something, who reads it, who takes it back."""

import pytest
from uuid_utils.compat import uuid7

from common.contracts.comments import AddComment, Comment, CommentOf, CommentPage, ListComments, NotYourComment
from common.contracts.events import ClaimMember, EventArchived, EventOf, RoleTooLow
from common.contracts.expenses import Expense
from common.errors import IdTaken, NotFound
from common.paging import CursorRefused
from tests.core import Party, Person


def say(party: Party, expense: Expense, text: str = "Was it good?", key=None) -> Comment:
    comment_id = key or uuid7()
    command = AddComment(event_id=party.id, expense_id=expense.id, id=comment_id, text=text)
    return party.admin.does("add_comment", command, key=comment_id)


def said(party: Party, expense: Expense, **paging) -> CommentPage:
    return party.admin.does("list_comments", ListComments(event_id=party.id, expense_id=expense.id, **paging))


def take_back(party: Party, expense: Expense, comment: Comment) -> None:
    party.admin.does("delete_comment", CommentOf(event_id=party.id, expense_id=expense.id, comment_id=comment.id))


def test_comments_stand_under_their_expense_in_the_order_they_were_made(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    dinner, other = party.spend(), party.spend()
    comments = (say(party, dinner, "Was it good?"), say(party, dinner, "It was."))
    assert said(party, dinner).items == comments
    assert said(party, other).items == ()
    assert [comment.text for comment in comments] == ["Was it good?", "It was."]
    assert (comments[0].created_by.member_id, comments[0].created_by.name) == (party.ids["Ann"], "Ann")


def test_comments_come_in_pages(ann: Person) -> None:
    party = Party.of(ann)
    dinner, other = party.spend(), party.spend()
    comments = [say(party, dinner, str(number)) for number in range(5)]
    first = said(party, dinner, limit=2)
    second = said(party, dinner, limit=2, cursor=first.next_cursor)
    third = said(party, dinner, limit=2, cursor=second.next_cursor)
    assert [*first.items, *second.items, *third.items] == comments
    assert third.next_cursor is None
    with pytest.raises(CursorRefused):
        said(party, other, limit=2, cursor=first.next_cursor)


def test_saying_it_twice_is_once_and_another_text_under_the_id_is_refused(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    dinner = party.spend()
    command = AddComment(event_id=party.id, expense_id=dinner.id, id=uuid7(), text="Good.")
    first, second = (ann.reply("add_comment", command, key=command.id) for _ in range(2))
    assert (first.is_replay, second.is_replay) == (False, True)
    assert first.body == second.body
    assert len(said(party, dinner).items) == 1
    for person, content in ((ann, "another"), (stranger, "the same")):
        with pytest.raises(IdTaken):
            person.does("add_comment", command, key=command.id, content=content)


def test_who_wrote_a_comment_takes_it_back(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob")
    dinner = party.spend()
    link = party.link("editor").token
    bob.does("claim_member", ClaimMember(event_id=party.id, member_id=party.ids["Bob"], link=link))
    comment = say(party.by(bob), dinner)
    take_back(party.by(bob), dinner, comment)
    take_back(party.by(bob), dinner, comment)
    assert said(party, dinner).items == ()


def test_an_admin_takes_back_what_anybody_said_and_nobody_else_does(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob")
    dinner = party.spend()
    link = party.link("editor")
    bob.does("claim_member", ClaimMember(event_id=party.id, member_id=party.ids["Bob"], link=link.token))
    of_ann, of_bob = say(party, dinner), say(party.by(bob), dinner)
    as_ann = ann.guest_by(link, party.ids["Ann"])
    for person, comment in ((bob, of_ann), (ann.guest_by(link), of_bob), (as_ann, of_ann)):
        with pytest.raises(NotYourComment):
            take_back(party.by(person), dinner, comment)
    take_back(party, dinner, of_bob)
    assert said(party, dinner).items == (of_ann,)


def test_a_guest_takes_back_what_the_same_member_said(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    dinner = party.spend()
    link = party.link("editor")
    bob, nobody = (party.by(ann.guest_by(link, member_id)) for member_id in (party.ids["Bob"], None))
    comment, anonymous = say(bob, dinner), say(nobody, dinner)
    for guest in (bob, nobody):
        with pytest.raises(NotYourComment):
            take_back(guest, dinner, anonymous)
    take_back(bob, dinner, comment)
    assert said(party, dinner).items == (anonymous,)


def test_a_repeated_comment_that_was_taken_back_stays_so(ann: Person) -> None:
    party = Party.of(ann)
    dinner, key = party.spend(), uuid7()
    take_back(party, dinner, say(party, dinner, key=key))
    assert say(party, dinner, key=key).deleted_at is not None
    assert said(party, dinner).items == ()


def test_viewers_read_comments_and_strangers_do_not(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    dinner = party.spend()
    comment = say(party, dinner)
    viewer = party.by(ann.guest_by(party.link("viewer")))
    assert said(viewer, dinner).items == (comment,)
    with pytest.raises(RoleTooLow):
        say(viewer, dinner)
    for act in (lambda them: say(them, dinner), lambda them: said(them, dinner)):
        with pytest.raises(NotFound):
            act(party.by(stranger))


def test_a_comment_is_found_under_its_own_expense_and_event_only(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann)
    dinner, lunch = party.spend(), party.spend()
    comment = say(party, dinner)
    for place, expense in ((party, lunch), (other, dinner)):
        with pytest.raises(NotFound):
            take_back(place, expense, comment)
    with pytest.raises(NotFound):
        said(other, dinner)
    with pytest.raises(NotFound):
        say(other, dinner)


def test_nothing_is_said_about_a_deleted_expense_or_in_an_archived_event(ann: Person) -> None:
    party = Party.of(ann)
    dinner, lunch = party.spend(), party.spend()
    comment = say(party, lunch)
    party.delete(dinner)
    with pytest.raises(NotFound):
        say(party, dinner)
    party.set(archived=True)
    for act in (lambda: say(party, lunch), lambda: take_back(party, lunch, comment)):
        with pytest.raises(EventArchived):
            act()
    assert ann.does("get_event", EventOf(event_id=party.id)).archived
