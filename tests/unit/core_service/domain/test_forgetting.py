"""What is left of a person who left for good."""

from core_service.domain import forgetting, search

ANN, BEN = "0190b2c8-0000-7000-8000-000000000001", "0190b2c8-0000-7000-8000-000000000002"


def test_the_first_to_leave_is_former_member_and_the_next_ones_are_numbered():
    taken = {search.name_key(name) for name in ("Ann", "FORMER MEMBER", "former member 2")}
    assert forgetting.former_name({"ann"}) == "Former member"
    assert forgetting.former_name(taken) == "Former member 3"


def test_a_member_is_forgotten_wherever_a_document_carries_the_id():
    event = {
        "name": "Porto",
        "members": [
            {"id": ANN, "name": "Ann", "email": "ann@example.org", "user_id": BEN, "role": "admin"},
            {"id": BEN, "name": "Ben", "email": "ben@example.org", "user_id": None, "role": "viewer"},
        ],
    }
    forgotten = forgetting.without_person(event, ANN, "Former member")
    assert forgotten["members"][0] == {
        "id": ANN,
        "name": "Former member",
        "email": None,
        "user_id": None,
        "role": "admin",
    }
    assert forgotten["members"][1] == event["members"][1]
    assert forgotten["name"] == "Porto"


def test_amounts_stay_and_nothing_is_added():
    expense = {
        "description": "Ann's dinner",
        "payers": [{"member_id": ANN, "amount": 9000}],
        "created_by": {"member_id": ANN, "name": "Ann"},
    }
    assert forgetting.without_person(expense, ANN, "Former member") == {
        "description": "Ann's dinner",
        "payers": [{"member_id": ANN, "amount": 9000}],
        "created_by": {"member_id": ANN, "name": "Former member"},
    }


def test_there_may_be_no_document_at_all():
    assert forgetting.without_person(None, ANN, "Former member") is None
