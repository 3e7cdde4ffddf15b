"""The OpenAPI document: fresh, valid, complete, and true to what the schemas on the wire accept and answer."""

import dataclasses
import io
import json
import subprocess
import sys
from datetime import date
from functools import cache
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from common import errors
from common.contracts.core import CoreService
from common.contracts.expenses import Author, Expense, Payer, Share
from common.rpc import wire
from gateway import openapi, specification
from gateway.app import ROUTES
from gateway.endpoint import Access, Endpoint, Routes
from gateway.http import status_of

ROOT = Path(__file__).parents[3]
COMMITTED = ROOT / "docs" / "openapi.json"
ENDPOINTS = [endpoint for routes in ROUTES for endpoint in routes.endpoints]
ANN = "0193a8a0-0000-7000-8000-00000000000a"
BOB = "0193a8a0-0000-7000-8000-00000000000b"
EXPENSE = {
    "description": "Dinner",
    "amount": 9000,
    "date": "2026-11-20",
    "category": "food",
    "payers": [{"member_id": ANN}],
    "split": {
        "type": "percentage",
        "participants": [{"member_id": ANN, "value": "33.34"}, {"member_id": BOB, "value": "66.66"}],
    },
}


def written():
    stream = io.StringIO()
    openapi.write(stream)
    return stream.getvalue()


@cache
def whole():
    return json.loads(written())


def operations():
    return [
        (path, method, operation) for path, methods in whole()["paths"].items() for method, operation in methods.items()
    ]


def operation_of(endpoint: Endpoint):
    path = specification.PATH_PARAMETER.sub(r"{\2}", endpoint.rule)
    return whole()["paths"][path][endpoint.method.lower()]


def by_id(operation_id):
    (found,) = [operation for _, _, operation in operations() if operation["operationId"] == operation_id]
    return found


def resolved(value):
    if "$ref" not in value:
        return value
    found = whole()
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def codes_of(operation, status):
    (media,) = resolved(operation["responses"][str(status.value)])["content"].values()
    return media["schema"]["allOf"][1]["properties"]["code"]["enum"]


def parameter_names(operation):
    return {resolved(parameter)["name"] for parameter in operation["parameters"]}


def accepts(name, value):
    schema = {"$ref": f"#/components/schemas/{name}", "components": whole()["components"]}
    return Draft202012Validator(schema).is_valid(value)


def test_the_committed_document_is_fresh():
    assert COMMITTED.read_text(encoding="utf-8") == written(), "the contracts changed: run `make openapi`"


def test_the_document_is_valid_openapi_3_1():
    assert whole()["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(whole()).validate()


def test_the_document_does_not_depend_on_the_order_of_sets():
    run = subprocess.run(
        [sys.executable, "-c", "import sys; from gateway import openapi; openapi.write(sys.stdout)"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "1", "PYTHONUTF8": "1"},
    )
    assert run.stdout.decode() == written()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.rule}")
def test_every_endpoint_is_described_with_all_errors_that_it_declares(endpoint):
    operation = operation_of(endpoint)
    assert operation["summary"]
    assert operation["responses"][str(endpoint.status.value)]
    for error in (*endpoint.raises, errors.Invalid, errors.TooMany, errors.Unavailable, errors.OutcomeUnknown):
        code = "not_found" if status_of(error) is HTTPStatus.NOT_FOUND else error.code
        assert code in codes_of(operation, status_of(error))


def test_every_operation_has_an_id_of_its_own_and_a_tag_that_is_described():
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(ENDPOINTS)
    assert sorted(set(ids)) == sorted(ids)
    described = {tag["name"] for tag in whole()["tags"]}
    assert {tag for _, _, operation in operations() for tag in operation["tags"]} == described


def test_every_schema_is_described_and_referred_to():
    schemas = whole()["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema["description"]] == []
    text = written()
    assert [name for name in schemas if f'"#/components/schemas/{name}"' not in text] == []


def test_only_calls_with_a_body_answer_that_a_body_is_wrong():
    for _, _, operation in operations():
        assert ("requestBody" in operation) == ("415" in operation["responses"])
        assert ("requestBody" in operation) == ("413" in operation["responses"])


def test_a_call_says_who_may_make_it():
    assert by_id("signIn")["security"] == []
    assert by_id("createEvent")["security"] == [{}, {"bearer": []}]
    assert by_id("getEvent")["security"] == [{"bearer": []}]
    assert "token_expired" in codes_of(by_id("getEvent"), HTTPStatus.UNAUTHORIZED)
    assert "401" not in by_id("register")["responses"]


def test_an_edit_takes_if_match_and_a_key_but_no_version_and_no_ids_in_its_body():
    edit = by_id("editExpense")
    assert parameter_names(edit) == {"event_id", "expense_id", "expand", "If-Match", "Idempotency-Key"}
    assert accepts("EditExpense", {"amount": 1})
    assert accepts("EditExpense", {})
    assert not accepts("EditExpense", {"if_version": 3})
    assert not accepts("EditExpense", {"event_id": ANN})
    assert not accepts("EditExpense", {"amount": None})
    assert edit["requestBody"]["required"] is False
    assert set(edit["responses"]["200"]["headers"]) == {"X-Request-Id", "ETag", "Idempotency-Replayed"}


def test_a_creation_answers_201_or_200_when_it_is_repeated():
    responses = by_id("recordExpense")["responses"]
    assert "Idempotency-Replayed" in responses["200"]["headers"]
    assert "Idempotency-Replayed" not in responses["201"]["headers"]
    assert responses["200"]["content"] == responses["201"]["content"]


def test_a_list_takes_its_filters_as_parameters_that_are_never_null():
    parameters = {each["name"]: each for each in map(resolved, by_id("listExpenses")["parameters"])}
    assert parameters["limit"]["schema"] == {
        "type": "integer",
        "format": "int64",
        "default": 50,
        "minimum": 1,
        "maximum": 100,
    }
    assert parameters["kind"]["schema"]["enum"] == ["expense", "income", "payment"]
    assert parameters["sort"]["schema"]["default"] == "-date"
    assert parameters["event_id"]["required"]
    assert "null" not in json.dumps(list(parameters.values()))


def test_a_new_expense_is_accepted_as_documented_and_its_id_is_optional():
    assert accepts("RecordExpense", EXPENSE)
    assert accepts("RecordExpense", EXPENSE | {"id": ANN, "split": {"participants": "everyone"}, "currency": None})
    assert accepts("RecordExpense", {"amount": 1, "payers": [{"member_id": ANN, "amount": 1}]})


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 90.5},
        {"amount": "9000"},
        {"amount": 0},
        {"amount": None},
        {"rate": "1e3"},
        {"rate": 1.1},
        {"currency": "eur"},
        {"kind": "gift"},
        {"split": {"participants": "nobody"}},
        {"split": {"participants": []}},
        {"split": {"participants": [{"member_id": ANN, "value": 0.5}]}},
        {"payers": None},
        {"nonsense": 1},
        {"description": "x" * 501},
    ],
    ids=json.dumps,
)
def test_what_the_gateway_refuses_by_its_shape_the_document_refuses_too(change):
    assert not accepts("RecordExpense", EXPENSE | change)
    command = EXPENSE | {"id": ANN, "event_id": BOB} | change
    with pytest.raises(errors.Invalid):
        wire.read_command(CoreService.record_expense.operation.command, command)


@pytest.mark.parametrize("weight", ["0.5", "2", 2, "1000"])
def test_a_weight_is_a_decimal_string_or_an_integer(weight):
    assert accepts("NewMember", {"name": "Ann", "weight": weight})


@pytest.mark.parametrize("weight", ["0", 0, 0.5, "-1", "1,5", True, None])
def test_a_weight_is_nothing_else(weight):
    assert not accepts("NewMember", {"name": "Ann", "weight": weight})


def an_expense():
    ann, bob = UUID(ANN), UUID(BOB)
    return Expense(
        id=ann,
        event_id=bob,
        kind="expense",
        description="Dinner",
        category=None,
        note="",
        amount=9000,
        currency="EUR",
        rate="1",
        event_amount=9000,
        date=date(2026, 11, 20),
        payers=(Payer(ann, 9000),),
        split={"type": "equal", "participants": [{"member_id": ANN}, {"member_id": BOB}]},
        shares=(Share(ann, 4500), Share(bob, 4500)),
        created_by=Author(None, "Guest"),
        created_at=1_795_132_800,
        updated_at=1_795_132_800,
        version=1,
        deleted_at=None,
        recurring_expense_id=None,
    )


def test_an_expense_as_it_travels_is_what_the_document_says():
    document = json.loads(wire.dump(an_expense()))
    assert accepts("Expense", document)
    assert not accepts("Expense", document | {"amount": "9000"})
    for name in document:
        assert not accepts("Expense", {key: value for key, value in document.items() if key != name}), name


def test_an_expanded_expense_has_members_beside_their_ids():
    document = json.loads(wire.dump(an_expense()))
    document["payers"][0]["member"] = {"id": ANN, "name": "Ann", "email": None}
    document["split"]["participants"][0]["member"] = {"id": ANN, "name": "Ann", "email": None}
    assert accepts("Expense", document)
    document["payers"][0]["member"] = "Ann"
    assert not accepts("Expense", document)
    assert not accepts("ParticipantInput", {"member_id": ANN, "member": {"id": ANN, "name": "Ann", "email": None}})


def same_name(base, kind):
    return dataclasses.make_dataclass(base.__name__, [("text", kind)], frozen=True)


def answering(*results):
    routes = Routes("examples", "/examples")
    command = dataclasses.make_dataclass("Ask", [], frozen=True)
    for number, result in enumerate(results):

        def handler(services, context, command):
            """Answer."""

        handler.__name__ = f"answer_{number}"
        routes.local("GET", f"/{number}", command, result, handler, access=Access.OPEN)
    return routes.endpoints


def test_two_classes_of_one_name_are_refused():
    with pytest.raises(AssertionError, match="two classes are called Share"):
        specification.document(answering(Share, same_name(Share, str)))


def test_one_command_as_two_different_bodies_is_refused():
    routes = Routes("examples", "/examples")
    routes.remote("PATCH", "/<uuid:event_id>/<uuid:expense_id>", CoreService.edit_expense)
    routes.remote("PATCH", "/<uuid:expense_id>", CoreService.edit_expense)
    with pytest.raises(AssertionError, match="EditExpense"):
        specification.document(routes.endpoints)
