"""`python -m bench`: measure Quits beside its peers on this machine."""

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace

from bench import quits_servers, rest, rpc, settlement
from bench.ledgers import SCENARIOS, Product
from bench.peers import ihatemoney
from bench.progress import say

_COMMANDS = ("settlement", "rpc", "http")
_PRODUCTS = ("embedded", "services", "ihatemoney")


def main(arguments: list[str]) -> None:
    """Run the subcommand that `arguments` name, or all one after the other."""
    options = _parser().parse_args(arguments)
    if options.command:
        options.run(options)
    else:
        for command in _COMMANDS:
            main([command, *arguments])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything: to see that it works")
    commands = parser.add_subparsers(dest="command")
    _add_settlement(commands.add_parser("settlement", help="the suggestion of transfers, on the hardest balances"))
    _add_rpc(commands.add_parser("rpc", help="a call that does nothing, beside stock Celery and bare py-amqp"))
    _add_http(commands.add_parser("http", help="adding, balances and lists, beside ihatemoney"))
    return parser


def _add_settlement(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="changes nothing: it takes seconds")
    parser.set_defaults(run=lambda _: settlement.main())


def _add_rpc(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="one number of threads, short rounds")
    parser.add_argument("--threads", type=int, nargs="+", help="numbers of client threads (default 1 4 8)")
    parser.add_argument("--workers", type=int, help="worker processes (default: as many as threads)")
    parser.set_defaults(run=_run_rpc)


def _run_rpc(options: argparse.Namespace) -> None:
    threads = options.threads or ([4] if options.quick else [1, 4, 8])
    rpc.compare(threads, seconds=1 if options.quick else 4, rounds=3 if options.quick else 7, workers=options.workers)


def _add_http(parser: argparse.ArgumentParser) -> None:
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--sizes", type=int, nargs="+", help="how many expenses an event has (10 100 1000 10000)")
    parser.add_argument("--rounds", type=int, help="how often each measurement is repeated")
    parser.add_argument("--quick", action="store_true", help="two sizes, short rounds")
    parser.add_argument("--products", nargs="+", choices=_PRODUCTS, default=list(_PRODUCTS))
    parser.add_argument("--scenarios", nargs="+", choices=names, default=names)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the services' gateway listens")
    parser.add_argument("--pid", type=int, help="services that run already: the process that all theirs descend from")
    parser.add_argument("--databases", default=r"quits\w*", help="pattern of the names of the services' databases")
    parser.set_defaults(run=_run_http)


def _run_http(options: argparse.Namespace) -> None:
    scenarios = [scenario for scenario in SCENARIOS if scenario.name in options.scenarios]
    with ExitStack() as stack:
        products = [_start(name, options, stack) for name in _PRODUCTS if name in options.products]
        rest.compare(products, _plan(options), scenarios)


def _plan(options: argparse.Namespace) -> rest.Plan:
    plan = rest.QUICK if options.quick else rest.FULL
    return replace(plan, sizes=tuple(options.sizes or plan.sizes), rounds=options.rounds or plan.rounds)


def _start(name: str, options: argparse.Namespace, stack: ExitStack) -> Product:
    say(f"starting {name}")
    if name == "ihatemoney":
        return stack.enter_context(ihatemoney.running())
    if name == "embedded":
        return stack.enter_context(quits_servers.embedded())
    if options.pid:
        return quits_servers.attached(options.url, options.pid, options.databases)
    return stack.enter_context(quits_servers.services(options.url, options.databases))


if __name__ == "__main__":
    main(sys.argv[1:])
