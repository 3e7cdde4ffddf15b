"""The REST comparison: Quits embedded, Quits as services and ihatemoney, on events that grow."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench import load, measure, report
from bench.ledgers import SCENARIOS, Ledger, Product, Scenario
from bench.progress import say, show

MEMBERS = 10
MANY_PARTICIPANTS = 1000
_GROUPS = ("app", "postgres", "broker", "redis")
FIGURES = ("per_s", "p50_ms", "p95_ms", "cpu_ms", *(f"cpu_ms.{group}" for group in _GROUPS), "elsewhere")


@dataclass(frozen=True)
class Plan:
    """How much is measured; `adds` bounds the expenses of one measurement so that a ledger at most doubles."""

    sizes: Sequence[int]
    clients: int
    seconds: float
    rounds: int
    warmups: int
    adds: int

    def ledgers(self, size: int) -> int:
        """Return how many ledgers of `size` expenses take all the adding without more than doubling."""
        total = self.adds * (self.rounds + self.warmups)
        return max(2, math.ceil(total / size))


FULL = Plan(sizes=(10, 100, 1000, 10000), clients=4, seconds=3, rounds=5, warmups=1, adds=400)
QUICK = Plan(sizes=(10, 1000), clients=4, seconds=1, rounds=3, warmups=1, adds=100)


def compare(products: Sequence[Product], plan: Plan, scenarios: Sequence[Scenario] = SCENARIOS) -> None:
    """Measure every scenario with every product at every size, in turns; print tables and save all rounds."""
    ledgers = {(product.name, size): _fill(product, plan, size) for size in plan.sizes for product in products}
    outcomes = [_measure_scenario(scenario, products, plan, ledgers) for scenario in scenarios]
    outcomes.append(_measure_many_participants(products, plan))
    for outcome in outcomes:
        show(report.table(outcome, FIGURES) + "\n")
    for outcome in outcomes[:-1]:
        show(ratios(outcome, products, plan.sizes) + "\n")
    conditions = {"sizes": list(plan.sizes), "clients": plan.clients, "seconds": plan.seconds, "rounds": plan.rounds}
    say(f"saved {report.save('http', outcomes, conditions)}")


def _fill(product: Product, plan: Plan, size: int) -> list[Ledger]:
    count = plan.ledgers(size)
    say(f"filling {product.name}: {count} events with {size} expenses")
    product.renew()
    return product.fill(count, MEMBERS, size)


def _measure_scenario(
    scenario: Scenario, products: Sequence[Product], plan: Plan, ledgers: dict[tuple[str, int], list[Ledger]]
) -> measure.Outcome:
    contenders = [
        _contender(scenario, product, ledgers[product.name, size], plan, label(product, size))
        for size in plan.sizes
        for product in products
    ]
    return measure.take_turns(scenario.name, contenders, plan.rounds, plan.warmups)


def label(product: Product, size: int) -> str:
    """Return the contender's name of a product with events of `size` expenses."""
    return f"{product.name} {size}"


def _contender(
    scenario: Scenario, product: Product, ledgers: Sequence[Ledger], plan: Plan, name: str
) -> measure.Contender:
    def run() -> dict[str, float]:
        product.renew()
        step = scenario.step(product, ledgers)
        return load.run(ledgers[0].server, step, plan.clients, plan.seconds, plan.adds if scenario.writes else None)

    return measure.Contender(name, run)


def _measure_many_participants(products: Sequence[Product], plan: Plan) -> measure.Outcome:
    adding = next(scenario for scenario in SCENARIOS if scenario.writes)
    # One client: what is asked is how long one such expense takes.
    alone = Plan(plan.sizes, 1, plan.seconds, plan.rounds, plan.warmups, max(10, plan.adds // 20))
    contenders = []
    for product in products:
        say(f"filling {product.name}: an event with {MANY_PARTICIPANTS} members")
        product.renew()
        contenders.append(_contender(adding, product, product.fill(1, MANY_PARTICIPANTS, 0), alone, product.name))
    return measure.take_turns(f"add, {MANY_PARTICIPANTS} participants", contenders, plan.rounds, plan.warmups)


def ratios(outcome: measure.Outcome, products: Sequence[Product], sizes: Sequence[int]) -> str:
    """Return what the largest size costs beside the smallest, and the products beside the last one, as lines."""
    lines = [f"{outcome.title}: ratios of processor time, round by round"]
    for product in products:
        growth = outcome.ratio(label(product, sizes[-1]), label(product, sizes[0]), "cpu_ms")
        lines.append(f"  {product.name}: {sizes[-1]} expenses / {sizes[0]} expenses: {report.spread_text(growth)}")
    *others, baseline = products
    for product in others:
        for size in sizes:
            beside = outcome.ratio(label(product, size), label(baseline, size), "cpu_ms")
            lines.append(f"  {label(product, size)} / {baseline.name}: {report.spread_text(beside)}")
    return "\n".join(lines)
