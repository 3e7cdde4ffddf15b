"""Logs never hold what people wrote."""

from common import log


def test_what_postgresql_tells_of_a_refused_row_is_left_out_of_stacks():
    row = "DETAIL:  Failing row contains (Ann, ann@example.org)."
    stack = f'NotNullViolation: null value in column "name"\n{row}\n\n[SQL: …]'
    shown = log.leave_out_rows(None, "error", {"exception": stack})["exception"]
    assert "ann@example.org" not in shown
    assert 'null value in column "name"' in shown
    assert "[SQL: …]" in shown


def test_a_line_without_a_stack_stays_as_it_is():
    assert log.leave_out_rows(None, "info", {"event": "request"}) == {"event": "request"}
