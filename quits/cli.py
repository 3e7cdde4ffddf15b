"""The command line of Quits: `python -m quits <command>`; what a command needs is imported when it runs."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from common.settings import LAST_PORT, Environment
from quits import configuration
from quits.errors import CannotStart

Parameters = ParamSpec("Parameters")
Service = click.Choice(configuration.SERVICES)
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 -- phones are to reach it
Subscriber = click.Choice([service for service in configuration.SERVICES if service != "gateway"])


def _command(run: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Turn a refusal into one sentence and exit status 1."""

    @wraps(run)
    def refuse(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            run(*args, **kwargs)
        except CannotStart as refusal:
            print(refusal, file=sys.stderr)
            sys.exit(1)

    return refuse


def _say(text: str) -> None:
    print(text, flush=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Share expenses until everybody is quits, and know what you can spend today."""


@main.command()
@click.option("--host", help="Where to listen (QUITS_HOST, else 127.0.0.1, with --tls everywhere).")
@click.option("--port", type=click.IntRange(1, LAST_PORT), help="Where to listen (QUITS_PORT, else 8000).")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where data are kept (QUITS_DATA_DIR, else ./data).")
@click.option("--tls", is_flag=True, help="Serve HTTPS, for the phones at home.")
@click.option("--certificate", type=click.Path(path_type=Path, exists=True), help="A certificate of your own (PEM).")
@click.option("--key", type=click.Path(path_type=Path, exists=True), help="The key of that certificate (PEM).")
@_command
def up(
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    tls: bool,  # noqa: FBT001 -- click passes flags so
    certificate: Path | None,
    key: Path | None,
) -> None:
    """Start the whole product in this one process, with a database of its own."""
    from quits import embedded  # noqa: PLC0415
    from quits.options import Options  # noqa: PLC0415

    is_tls = tls or certificate is not None
    environment = Environment(os.environ)
    options = Options(
        host=host or environment.text("QUITS_HOST", ANY_ADDRESS if is_tls else "127.0.0.1"),
        port=environment.port("QUITS_PORT", 8000) if port is None else port,
        data_folder=data_dir or Path(environment.text("QUITS_DATA_DIR", "data")),
        is_tls=is_tls,
        certificate=certificate,
        key=key,
        database_url=environment.text("QUITS_DATABASE_URL", ""),
        has_rate_limits=environment.switch("QUITS_RATE_LIMITS", default=True),
        public_url=environment.text("QUITS_PUBLIC_URL", "").rstrip("/"),
    )
    if (certificate is None) != (key is None):
        environment.refuse("--certificate and --key go together")
    configuration.check(environment)
    embedded.configure_log()
    embedded.run(options, _say, embedded.stop_on_signals())


@main.command()
@_command
def stack() -> None:
    """Start Quits as services, on the servers that config.env names."""
    from quits import stack as services  # noqa: PLC0415

    services.run(configuration.values(), _say)


@main.command()
@_command
def databases() -> None:
    """Make the roles and databases that config.env names; what is there stays."""
    from quits import databases as made  # noqa: PLC0415

    settings = configuration.values()
    made.ensure(configuration.database_urls(settings), configuration.admin_url(settings), _say)
    _say("All databases are there.")


@main.command()
@click.argument("services", type=Service, nargs=-1)
@_command
def migrate(services: tuple[str, ...]) -> None:
    """Bring the databases that config.env names, all or some, to the newest schema."""
    from quits import databases as made  # noqa: PLC0415

    made.bring_up_to_date(configuration.database_urls(configuration.values(), services or configuration.SERVICES), _say)
    _say("All databases are up to date.")


@main.command()
@click.argument("service", type=Service)
@_command
def relay(service: str) -> None:
    """Send what a service publishes to RabbitMQ, until told to stop."""
    from quits import relay as process  # noqa: PLC0415

    process.run(service, configuration.values())


@main.command()
@_command
def openapi() -> None:
    """Write the OpenAPI document of the REST API."""
    from gateway import openapi as document  # noqa: PLC0415

    document.write(sys.stdout)


@main.command()
@click.option("--url", help="Where Quits runs (else on this machine, at QUITS_PORT).")
@_command
def demo(url: str | None) -> None:
    """Fill a running Quits with a family, a trip and a year of spendings."""
    from quits import demo as stories  # noqa: PLC0415

    stories.fill(url or f"http://127.0.0.1:{os.environ.get('QUITS_PORT') or 8000}", _say)


@main.group()
def dlq() -> None:
    """Look at the messages that a service could not apply, and have them applied again."""


LIMIT = click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="How many, at most.")


@dlq.command("list")
@click.argument("service", type=Subscriber)
@LIMIT
@_command
def list_dead(service: str, limit: int) -> None:
    """List the oldest ones: id, kind, why it was given up, content."""
    from quits import dead_letters  # noqa: PLC0415

    for line in dead_letters.show(service, configuration.values(), limit):
        _say(line)


@dlq.command("replay")
@click.argument("service", type=Subscriber)
@LIMIT
@_command
def replay_dead(service: str, limit: int) -> None:
    """Send the oldest ones to their service again."""
    from quits import dead_letters  # noqa: PLC0415

    replayed = dead_letters.replay(service, configuration.values(), limit)
    for line in replayed:
        _say(line)
    _say(f"Sent {len(replayed)} again.")
