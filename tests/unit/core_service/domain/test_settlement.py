"""A settlement clears every balance with the fewest transfers, the same ones whenever one asks."""

import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_service.domain.settlement import EXACT_LIMIT, Settlement, Transfer, suggest_transfers

VECTORS = Path(__file__).parents[3] / "vectors" / "ledger.json"
LARGEST = 10**13

law = settings(deadline=None)

Plan = tuple[Transfer, ...]
Balances = dict[UUID, int]


def members(balances: Sequence[int]) -> Balances:
    """Give each of `balances` to a member, ids ascending."""
    return {UUID(int=number): balance for number, balance in enumerate(balances, start=1)}


def transfer(from_number: int, to_number: int, amount: int) -> Transfer:
    """Name the members of a transfer by their place in `members`, from 1."""
    return Transfer(UUID(int=from_number), UUID(int=to_number), amount)


def carry_out(transfers: Sequence[Transfer], balances: Balances) -> Balances:
    after = dict(balances)
    for paid in transfers:
        after[paid.from_member_id] += paid.amount
        after[paid.to_member_id] -= paid.amount
    return after


def all_but(paid: Transfer, settlement: Settlement) -> Plan:
    return tuple(other for other in settlement.transfers if other != paid)


def every_plan(balances: Balances) -> Iterator[Plan]:
    """Yield all plans there are, each sorted, by trying every amount that each debtor can pay to each creditor."""
    debtors = [member_id for member_id, balance in balances.items() if balance < 0]
    creditors = [member_id for member_id, balance in balances.items() if balance > 0]
    if not debtors:
        yield ()
        return
    for payments in every_way_to_pay(-balances[debtors[0]], debtors[0], creditors, balances):
        for rest in every_plan(carry_out(payments, balances)):
            yield payments + rest


def every_way_to_pay(debt: int, debtor: UUID, creditors: Sequence[UUID], balances: Balances) -> Iterator[Plan]:
    if not debt:
        yield ()
    elif creditors:
        yield from every_way_to_pay(debt, debtor, creditors[1:], balances)
        for amount in range(1, min(debt, balances[creditors[0]]) + 1):
            for rest in every_way_to_pay(debt - amount, debtor, creditors[1:], balances):
                yield (Transfer(debtor, creditors[0], amount), *rest)


def most_zero_sum_groups(balances: Sequence[int]) -> int:
    """Count the groups of a finest partition into groups that add up to zero, by trying every group of the first."""
    if not balances:
        return 0
    rest = range(1, len(balances))
    return max(
        1 + most_zero_sum_groups([balances[place] for place in rest if place not in companions])
        for size in range(len(balances))
        for companions in combinations(rest, size)
        if balances[0] + sum(balances[place] for place in companions) == 0
    )


def balances_of(sizes: range, largest: int) -> st.SearchStrategy[list[int]]:
    """Draw balances other than zero that add up to zero: one, anywhere among them, makes up for the others."""
    amounts = st.integers(-largest, largest).filter(bool)
    others = st.lists(amounts, min_size=sizes.start - 1, max_size=sizes.stop - 2).filter(sum)
    return others.map(lambda drawn: [*drawn, -sum(drawn)]).flatmap(st.permutations)


def vectors(section: str) -> list[dict]:
    return json.loads(VECTORS.read_text())[section]


@pytest.mark.parametrize("vector", vectors("settlements"), ids=lambda vector: vector["name"])
def test_settlements_are_as_short_as_in_the_vectors(vector):
    balances = vector.get("balances") or [0, 0, 0]
    for debtor, creditor, amount in vector.get("debts", []):
        balances[debtor] -= amount
        balances[creditor] += amount
    settlement = suggest_transfers(members(balances))
    assert len(settlement.transfers) == vector["minimal"]
    assert settlement.minimal


@pytest.mark.parametrize(
    "vector", [v for v in vectors("balances") if "settlement" in v], ids=lambda vector: vector["name"]
)
def test_settlements_are_those_of_the_vectors(vector):
    ids = {name: UUID(int=number) for number, name in enumerate(vector["members"])}
    settlement = suggest_transfers({ids[name]: balance for name, balance in vector["balances"].items()})
    assert settlement.transfers == tuple(
        sorted(Transfer(ids[debtor], ids[creditor], amount) for debtor, creditor, amount in vector["settlement"])
    )


@pytest.mark.parametrize("balances", [[], [0], [0] * 1000])
def test_members_who_are_quits_have_nothing_to_transfer(balances):
    assert suggest_transfers(members(balances)) == Settlement((), minimal=True)


def test_balances_that_do_not_add_up_to_zero_are_a_mistake():
    with pytest.raises(AssertionError):
        suggest_transfers(members([100, -99]))


def test_balances_beyond_64_bits_are_refused_and_not_wrapped_around():
    with pytest.raises(AssertionError):
        suggest_transfers(members([2**62, 2**62, -(2**63)]))


def test_opposite_balances_are_not_paired_off_where_another_shortest_plan_is_smaller():
    settlement = suggest_transfers(members([-1, -4, -8, 5, 7, 1]))
    assert settlement.transfers == (transfer(1, 4, 1), transfer(2, 4, 4), transfer(3, 5, 7), transfer(3, 6, 1))


def test_a_debtor_pays_the_first_creditor_even_a_part_when_that_costs_no_transfer():
    settlement = suggest_transfers(members([-5, -3, 4, 4]))
    assert settlement.transfers == (transfer(1, 3, 1), transfer(1, 4, 4), transfer(2, 3, 3))


def test_a_debtor_passes_over_a_creditor_who_belongs_to_another_group():
    settlement = suggest_transfers(members([-5, -3, 3, 5]))
    assert settlement.transfers == (transfer(1, 4, 5), transfer(2, 3, 3))


@law
@given(balances_of(range(2, 8), largest=5))
def test_the_plan_is_the_smallest_of_all_shortest_plans(balances):
    smallest = min(every_plan(members(balances)), key=lambda plan: (len(plan), plan))
    assert suggest_transfers(members(balances)) == Settlement(smallest, minimal=True)


@law
@given(balances_of(range(8, 12), largest=9))
def test_there_are_as_few_transfers_as_zero_sum_groups_allow(balances):
    settlement = suggest_transfers(members(balances))
    assert len(settlement.transfers) == len(balances) - most_zero_sum_groups(balances)


@law
@given(balances_of(range(2, EXACT_LIMIT + 20), largest=LARGEST))
def test_a_settlement_clears_every_balance_by_payments_from_debtors_to_creditors(drawn):
    balances = members(drawn)
    transfers = suggest_transfers(balances).transfers
    assert not any(carry_out(transfers, balances).values())
    assert all(balances[t.from_member_id] < 0 < t.amount and balances[t.to_member_id] > 0 for t in transfers)
    assert transfers == tuple(sorted(transfers))
    assert len(transfers) < len(balances)


@law
@given(balances_of(range(2, EXACT_LIMIT + 20), largest=20), st.data())
def test_the_order_in_which_balances_arrive_and_members_who_are_quits_change_nothing(drawn, data):
    balances = members(drawn)
    rearranged = data.draw(st.permutations([*balances.items(), (UUID(int=10**6), 0)]))
    assert suggest_transfers(dict(rearranged)) == suggest_transfers(balances)


@law
@given(balances_of(range(2, 15), largest=12) | balances_of(range(15, EXACT_LIMIT + 1), largest=LARGEST), st.data())
def test_carrying_out_any_of_the_fewest_transfers_leaves_the_others_as_they_were(drawn, data):
    balances = members(drawn)
    settlement = suggest_transfers(balances)
    paid = data.draw(st.sampled_from(settlement.transfers))
    assert suggest_transfers(carry_out([paid], balances)).transfers == all_but(paid, settlement)


@law
@given(balances_of(range(EXACT_LIMIT + 3, 60), largest=30), st.data())
def test_carrying_out_any_transfer_among_many_members_leaves_the_others_as_they_were(drawn, data):
    balances = members(drawn)
    settlement = suggest_transfers(balances)
    paid = data.draw(st.sampled_from(settlement.transfers))
    assert suggest_transfers(carry_out([paid], balances)).transfers == all_but(paid, settlement)


@law
@given(balances_of(range(EXACT_LIMIT + 1, EXACT_LIMIT + 3), largest=6), st.data())
def test_a_payment_that_makes_an_exact_plan_possible_never_lengthens_the_rest(drawn, data):
    balances = members(drawn)
    settlement = suggest_transfers(balances)
    paid = data.draw(st.sampled_from(settlement.transfers))
    assert len(suggest_transfers(carry_out([paid], balances)).transfers) < len(settlement.transfers)


@law
@given(balances_of(range(2, 12), largest=12), st.randoms(use_true_random=False))
def test_paying_what_is_suggested_in_any_order_makes_everybody_quits(drawn, random):
    balances = members(drawn)
    for left in range(len(suggest_transfers(balances).transfers), 0, -1):
        suggested = suggest_transfers(balances).transfers
        assert len(suggested) == left
        balances = carry_out([random.choice(suggested)], balances)
    assert not any(balances.values())


def test_sixteen_members_at_least_are_settled_with_the_fewest_transfers():
    assert EXACT_LIMIT >= 16


def test_up_to_the_limit_pairs_are_found_whatever_the_order_of_their_ids():
    pairs = range(1, EXACT_LIMIT // 2 + 1)
    settlement = suggest_transfers(members([*(-size for size in pairs), *reversed(pairs)]))
    assert settlement == Settlement(tuple(transfer(size, EXACT_LIMIT + 1 - size, size) for size in pairs), minimal=True)


def test_the_largest_amounts_are_added_exactly():
    debts = [-LARGEST + place for place in range(EXACT_LIMIT - 1)]
    settlement = suggest_transfers(members([*debts, -sum(debts)]))
    assert [t.amount for t in settlement.transfers] == [-debt for debt in debts]


def test_beyond_the_limit_each_debtor_pays_the_first_creditor_who_still_gets():
    count = EXACT_LIMIT // 2 + 1
    settlement = suggest_transfers(members([-3, -1, *[-2] * (count - 2), *[2] * count]))
    assert settlement.transfers[:4] == (
        transfer(1, count + 1, 2),
        transfer(1, count + 2, 1),
        transfer(2, count + 2, 1),
        transfer(3, count + 3, 2),
    )


def test_beyond_the_limit_a_plan_that_may_be_too_long_is_not_called_minimal():
    pairs = range(1, EXACT_LIMIT // 2 + 2)
    settlement = suggest_transfers(members([*(-size for size in pairs), *reversed(pairs)]))
    assert len(settlement.transfers) > len(pairs)
    assert not settlement.minimal


@pytest.mark.parametrize("sign", [1, -1])
def test_beyond_the_limit_one_transfer_for_each_member_but_one_is_minimal_when_that_one_faces_all_others(sign):
    settlement = suggest_transfers(members([sign * 999, *[-sign] * 999]))
    assert len(settlement.transfers) == 999
    assert settlement.minimal


def test_beyond_the_limit_pairs_in_the_order_of_their_ids_are_minimal():
    settlement = suggest_transfers(members([-7, 7] * EXACT_LIMIT))
    assert len(settlement.transfers) == EXACT_LIMIT
    assert settlement.minimal
