"""Times the suggestion of transfers on the balances that are hardest for it: python -m bench.settlement."""

import random
import statistics
import time
from collections.abc import Iterator, Mapping
from uuid import UUID

from core_service.domain.settlement import EXACT_LIMIT, suggest_transfers

ROUNDS = 9
LARGEST = 10**13


def balanced(balances: list[int]) -> list[int]:
    """Let the last member make up for all others."""
    return [*balances, -sum(balances)]


def scattered(members: int, largest: int) -> list[int]:
    """Return balances of either sign up to `largest`, the same ones in every run."""
    source = random.Random(members * largest)
    return balanced([source.choice((-1, 1)) * source.randint(1, largest) for _ in range(members - 1)])


def partial_payments(members: int) -> list[int]:
    """Return balances of which one debtor pays many creditors a part each, so that nobody is out for long."""
    powers = [3**exponent for exponent in range((members - 2) // 2)]
    return balanced([1 - sum(powers), *(2 * power for power in powers), *(-power for power in powers)])


def cases() -> Iterator[tuple[str, list[int]]]:
    """Yield what to settle, with a name for each."""
    for members in (10, 16, EXACT_LIMIT):
        yield f"{members} members, pairs of 1 and -1", [1, -1] * (members // 2)
        yield f"{members} members, no group but all", balanced([1 << place for place in range(members - 1)])
        yield f"{members} members, up to 5", scattered(members, 5)
        yield f"{members} members, up to 1,000", scattered(members, 1_000)
        yield f"{members} members, up to 10^13", scattered(members, LARGEST)
        yield f"{members} members, many partial payments", partial_payments(members)
    yield "1,000 members, up to 10^13", scattered(1_000, LARGEST)
    yield "1,000 members, one paid for all", balanced([-1] * 999)


def timed(balances: Mapping[UUID, int]) -> tuple[int, list[float]]:
    """Return how many transfers `balances` take, and the seconds that each round took to find them."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        settlement = suggest_transfers(balances)
        seconds.append(time.perf_counter() - start)
    return len(settlement.transfers), seconds


def main() -> None:
    """Print the median and the slowest of the rounds of each case."""
    print(f"{'':44}{'transfers':>10}{'median ms':>11}{'slowest ms':>12}")
    for name, balances in cases():
        transfers, seconds = timed({UUID(int=number): balance for number, balance in enumerate(balances)})
        print(f"{name:44}{transfers:10}{1e3 * statistics.median(seconds):11.2f}{1e3 * max(seconds):12.2f}")


if __name__ == "__main__":
    main()
