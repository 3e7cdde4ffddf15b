"""What every refusal looks like."""

import json

from tests.e2e.api import PROBLEM, Answer

MEMBERS = {
    "type": str,
    "title": str,
    "status": int,
    "detail": str,
    "code": str,
    "errors": list,
    "request_id": str,
}


def complaints(answer: Answer, status: int, *fields: str) -> list[str]:
    """Return what is wrong with a refusal that should have this status and name these fields."""
    if answer.status != status or answer.headers["Content-Type"] != PROBLEM:
        return [f"{answer.status} instead of {status}: {answer.content[:300]!r}"]
    problem = answer.document
    found = [f"{name} in {problem}" for name, kind in MEMBERS.items() if type(problem.get(name)) is not kind]
    if problem["status"] != status or problem["request_id"] != answer.headers["X-Request-Id"]:
        found.append(f"status or request id in {problem}")
    found += [f"{field} is not named in {problem['errors']}" for field in fields if field not in answer.fields]
    return found


def assert_refused(answer: Answer, status: int, *fields: str, code: str = "") -> None:
    """Make sure that this is a refusal with this status that names these fields."""
    found = complaints(answer, status, *fields)
    assert not found, "\n".join(found)
    assert code in ("", answer.document["code"]), answer.document


def without_request_id(answer: Answer) -> str:
    """Return a problem as text, but for the request's id."""
    return json.dumps({name: value for name, value in answer.document.items() if name != "request_id"})
