"""Turns, ratios within a round, and percentiles."""

import pytest

from bench import measure


def contender(name, values, log):
    remaining = iter(values)

    def run():
        log.append(name)
        return {"cpu_ms": next(remaining)}

    return measure.Contender(name, run)


def test_contenders_take_turns_and_warm_ups_do_not_count():
    log = []
    pair = [contender("a", [99, 1, 2], log), contender("b", [99, 3, 4], log)]
    outcome = measure.take_turns("title", pair, rounds=2, warmups=1)
    assert log == ["a", "b"] * 3
    assert outcome.spread("a", "cpu_ms") == measure.Spread(1.5, 1, 2)
    assert outcome.spread("b", "cpu_ms") == measure.Spread(3.5, 3, 4)


def test_a_ratio_is_taken_within_each_round_so_that_drift_cancels():
    rounds = {"a": [{"x": 2.0}, {"x": 20.0}, {"x": 200.0}], "b": [{"x": 1.0}, {"x": 10.0}, {"x": 100.0}]}
    assert measure.Outcome("title", rounds).ratio("a", "b", "x") == measure.Spread(2, 2, 2)


def test_a_ratio_to_nothing_is_infinite():
    assert measure.Outcome("title", {"a": [{"x": 1.0}], "b": [{"x": 0.0}]}).ratio("a", "b", "x").median == float("inf")


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 2), (0.51, 3), (0.95, 4), (1.0, 4)])
def test_a_percentile_is_the_smallest_value_that_covers_the_share(share, expected):
    assert measure.percentile([1, 2, 3, 4], share) == expected
