"""Importing expenses: what was exported comes back to the cent, twice is once, and broken rows are told by number."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from common.contracts.events import EventArchived, EventFull, RoleTooLow
from common.contracts.exchange import ExportEvent, ImportFile, ImportOutcome, ImportReport, Job, JobOf
from common.contracts.expenses import ListExpenses
from common.database import Database
from common.errors import Invalid, NotFound
from common.messages import ImportRequested
from core_service import jobs
from tests.core import DAY, Party, Person

SPLITWISE = """Date,Description,Category,Cost,Currency,Ann,Bob,Cleo
2026-01-05,Dinner,Dining out,90.00,EUR,60.00,-30.00,-30.00

2026-01-06,Hotel,Hotel,100.00,EUR,20.00,30.00,-50.00
2026-01-07,Bob paid Ann,Payment,30.00,EUR,-30.00,30.00,0.00
2026-01-08,Total balance, , ,EUR,50.00,30.00,-80.00
"""


def export(party: Party, file_format: str = "json") -> str:
    return party.admin.does("export_event", ExportEvent(event_id=party.id, format=file_format)).text


def outcome(party: Party, file: str, file_format: str = "json", **options) -> ImportOutcome:
    command = ImportFile(event_id=party.id, file=file, format=file_format, **options)
    return party.admin.does("import_file", command)


def load(party: Party, file: str, file_format: str = "json", **options) -> ImportReport:
    report = outcome(party, file, file_format, **options).report
    assert report is not None
    return report


def balances(party: Party) -> dict[str, int]:
    return {member.name: member.balance for member in party.get_balances().balances}


def listed(party: Party):
    return party.admin.does("list_expenses", ListExpenses(event_id=party.id, limit=100)).items


def told(party: Party) -> list[tuple]:
    names = {member.member_id: member.name for member in party.get_balances().balances}
    return sorted(
        (
            each.kind,
            each.description,
            each.note,
            each.category,
            each.amount,
            each.currency,
            each.event_amount,
            each.date,
            sorted((names[payer.member_id], payer.amount) for payer in each.payers),
            sorted((names[share.member_id], share.amount) for share in each.shares),
        )
        for each in listed(party)
    )


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20) | st.sampled_from(
    ["=1+1", "'=1", "-2", "@x", 'a,b;"c"\r\nd', "Café"]
)
EXPENSES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["expense", "income"]),
        "description": TEXTS,
        "note": TEXTS,
        "parts": st.lists(st.integers(0, 1000), min_size=3, max_size=3).filter(any),
        "paid": st.lists(st.integers(1, 1000), min_size=1, max_size=3),
        "foreign": st.booleans(),
    }
)


def record(party: Party, each: dict) -> None:
    names = ("Ann", "=Bob", "Cleo: 1.00; Dan")
    payers = dict(zip(names, each["paid"], strict=False))
    foreign = {"currency": "JPY", "rate": "0.0061"} if each["foreign"] else {}
    parts = {name: str(part) for name, part in zip(names, each["parts"], strict=True) if part}
    party.spend(
        sum(payers.values()) * 1000,
        payers=party.payers(**{name: amount * 1000 for name, amount in payers.items()}),
        split=party.split(type="shares", **parts),
        kind=each["kind"],
        description=each["description"],
        note=each["note"],
        **foreign,
    )


@pytest.mark.parametrize("file_format", ["json", "csv"])
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(expenses=st.lists(EXPENSES, min_size=1, max_size=4))
def test_what_was_exported_comes_back_equal(ann: Person, file_format: str, expenses: list[dict]) -> None:
    source = Party.of(ann, "=Bob", "Cleo: 1.00; Dan")
    for each in expenses:
        record(source, each)
    source.pay("Ann", "=Bob", 100)
    copy = Party.of(ann)
    report = load(copy, export(source, file_format), file_format)
    assert (report.good, report.broken) == (len(expenses) + 1, ())
    assert balances(copy) == balances(source)
    if file_format == "json":
        assert told(copy) == told(source)


def test_weights_splits_and_everyone_come_back_from_json(ann: Person) -> None:
    source = Party.of(ann, "Bob", weights={"Bob": "2.5"})
    source.spend(1000)
    source.spend(1000, split=source.split(Ann="33.34", Bob="66.66", type="percentage"))
    source.change("Bob", weight="1", weight_from=DAY.replace(year=2020))
    copy = Party.of(ann)
    load(copy, export(source))
    assert told(copy) == told(source)
    assert sorted(each.split["type"] for each in listed(copy)) == ["equal", "percentage"]
    assert any(each.split["participants"] == "everyone" for each in listed(copy))


def test_importing_twice_adds_nothing(ann: Person) -> None:
    source = Party.of(ann, "Bob")
    source.spend(1000)
    copy = Party.of(ann)
    first, second = load(copy, export(source)), load(copy, export(source))
    assert (first.good, first.known) == (1, 0)
    assert (second.good, second.known, second.new_members) == (0, 1, ())
    assert len(listed(copy)) == 1


@pytest.mark.parametrize("file_format", ["json", "csv"])
def test_an_event_that_takes_its_own_export_stays_as_it_is(ann: Person, file_format: str) -> None:
    party = Party.of(ann, "Bob")
    party.spend(1000)
    assert load(party, export(party, file_format), file_format).known == 1
    assert len(listed(party)) == 1


def test_equal_rows_of_one_file_are_two_expenses(ann: Person) -> None:
    party = Party.of(ann)
    row = "2026-01-05,Bread,Groceries,2.00,EUR,1.00,-1.00\n"
    file = f"Date,Description,Category,Cost,Currency,Ann,Bob\n{row}{row}"
    assert load(party, file, "csv").good == 2
    assert load(party, file, "csv").known == 2
    assert balances(party) == {"Ann": 200, "Bob": -200}


def test_splitwise_rows_become_expenses_and_payments_but_the_total_does_not(ann: Person) -> None:
    party = Party.of(ann)
    report = load(party, SPLITWISE, "csv")
    assert (report.source, report.good, report.broken) == ("splitwise_csv", 3, ())
    assert report.new_members == ("Bob", "Cleo")
    assert balances(party) == {"Ann": 5000, "Bob": 3000, "Cleo": -8000}
    kinds = {each.description: (each.kind, each.category) for each in listed(party)}
    assert kinds == {
        "Dinner": ("expense", "food"),
        "Hotel": ("expense", "lodging"),
        "Bob paid Ann": ("payment", None),
    }


def test_a_broken_row_is_named_and_the_good_ones_are_imported(ann: Person) -> None:
    party = Party.of(ann)
    file = SPLITWISE.replace("90.00", "ninety").replace("2026-01-06", "yesterday")
    report = load(party, file, "csv", dry_run=True)
    assert [broken.row for broken in report.broken] == [2, 4]
    assert "Cost: ninety is no number" in report.broken[0].reason
    assert "date" in report.broken[1].reason
    assert [each.description for each in report.expenses] == ["Bob paid Ann"]
    assert load(party, file, "csv").good == 1


@pytest.mark.parametrize(
    ("wrong", "right", "reason"),
    [
        ("60.00,-30.00,-30.00", "60.00,-30.00,-20.00", "do not add up to 0"),
        ("60.00,-30.00,-30.00", "0.00,0.00,0.00", "does not tell who paid"),
        ("60.00,-30.00,-30.00", "160.00,-80.00,-80.00", "come to more than the amount"),
        ("90.00,EUR", "90.00,USD", "Is in USD"),
        ("90.00,EUR", "-90.00,EUR", "not above 0"),
        ("90.00,EUR", "90.001,EUR", "decimals"),
        ("60.00,-30.00,-30.00", "60.00,-30.00,-30.00,5", "more columns"),
    ],
)
def test_each_broken_row_says_why(ann: Person, wrong: str, right: str, reason: str) -> None:
    report = load(Party.of(ann), SPLITWISE.replace(wrong, right), "csv", dry_run=True)
    assert [broken.row for broken in report.broken] == [2]
    assert reason in report.broken[0].reason


def test_a_dry_run_changes_nothing(ann: Person) -> None:
    party = Party.of(ann)
    report = load(party, SPLITWISE, "csv", dry_run=True)
    assert (report.dry_run, report.good, report.new_members) == (True, 3, ("Bob", "Cleo"))
    assert balances(party) == {"Ann": 0}
    assert listed(party) == ()


@pytest.mark.parametrize(
    ("file", "file_format"),
    [("{", "json"), ("[]", "json"), ('{"quits": 2}', "json"), ('{"quits":1,"members":3}', "json"), ("a,b\n1,2", "csv")],
)
def test_a_file_that_is_something_else_is_refused(ann: Person, file: str, file_format: str) -> None:
    with pytest.raises(Invalid) as refusal:
        load(Party.of(ann), file, file_format)
    assert refusal.value.fields[0].field == "file"


def test_too_many_people_do_not_fit(ann: Person) -> None:
    names = ",".join(f"P{number}" for number in range(1001))
    with pytest.raises(EventFull):
        load(Party.of(ann), f"Date,Description,Category,Cost,Currency,{names}\n", "csv")


def test_only_who_may_write_imports(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    viewer = ann.guest_by(party.link("viewer"))
    with pytest.raises(RoleTooLow):
        load(party.by(viewer), SPLITWISE, "csv", dry_run=True)
    with pytest.raises(NotFound):
        load(party.by(stranger), SPLITWISE, "csv")
    party.set(archived=True)
    with pytest.raises(EventArchived):
        load(party, SPLITWISE, "csv")


def large(rows: int) -> str:
    lines = [f"2026-01-05,Row {number},General,2.00,EUR,1.00,-1.00" for number in range(rows)]
    return "\n".join(["Date,Description,Category,Cost,Currency,Ann,Bob", *lines, "2026-01-05,x,General,y,EUR,1,-1"])


def test_a_file_with_too_many_rows_is_refused_before_it_becomes_a_job(ann: Person) -> None:
    with pytest.raises(Invalid) as refusal:
        outcome(Party.of(ann), large(25_001), "csv")
    assert "more than 25,000 rows" in refusal.value.fields[0].message


def job_of(party: Party, rows: int) -> Job:
    job = outcome(party, large(rows), "csv").job
    assert job is not None
    return job


def run(database: Database, job: Job) -> None:
    with database.transaction() as session:
        jobs.importer(database)(session, ImportRequested(subject_id=job.id, version=1, occurred_at=0))


def seen(party: Party, job: Job) -> Job:
    return party.admin.does("get_job", JobOf(job.id))


def test_a_large_file_is_imported_by_a_job(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    job = job_of(party, 1001)
    assert (job.state, job.done, job.total) == ("waiting", 0, 1002)
    assert balances(party) == {"Ann": 0}
    run(core_database, job)
    done = seen(party, job)
    assert (done.state, done.done) == ("done", 1002)
    assert done.report is not None
    assert (done.report.good, done.report.broken[0].row, done.report.rows) == (1001, 1003, 1002)
    assert balances(party) == {"Ann": 100100, "Bob": -100100}


def test_a_job_that_was_interrupted_goes_on_where_it_was(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    job = job_of(party, 1001)
    sheet = jobs.read(core_database, job.id)
    assert sheet is not None
    assert jobs.import_some(core_database, job.id, sheet, 1_800_000_000)
    assert (seen(party, job).state, seen(party, job).done) == ("running", 500)
    run(core_database, job)
    run(core_database, job)
    done = seen(party, job)
    assert done.report is not None
    assert (done.state, done.report.good, done.report.known) == ("done", 1001, 0)
    assert balances(party) == {"Ann": 100100, "Bob": -100100}


def test_a_job_whose_event_is_archived_meanwhile_fails_and_says_why(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    job = job_of(party, 1001)
    party.set(archived=True)
    run(core_database, job)
    assert (seen(party, job).state, seen(party, job).reason) == ("failed", EventArchived.message)


def test_the_same_request_for_a_job_gives_the_same_job(ann: Person) -> None:
    party, key = Party.of(ann), uuid7()
    command = ImportFile(event_id=party.id, file=large(1001), format="csv")
    first, second = (ann.does("import_file", command, key=key) for _ in range(2))
    assert first.job == second.job


def test_strangers_do_not_see_a_job(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    job = job_of(party, 1001)
    with pytest.raises(NotFound):
        seen(party.by(stranger), job)
