#!/bin/sh
# Finds a Python to begin with and leaves the rest to install.py: sh deploy/install.sh LOCK_FILE
set -eu
lacks_venv=
# The newest first that every locked package has a build for; a plain python3 may be newer still.
for candidate in .venv/bin/python python3.14 python3.13 python3.12 python3.11 python3 python; do
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])
sys.exit(sys.version_info < (3, 11))' 2>/dev/null) || continue
    if [ "$candidate" != .venv/bin/python ] && ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        lacks_venv=${lacks_venv:-$version}
        continue
    fi
    exec "$candidate" deploy/install.py "$@"
done
if [ -n "$lacks_venv" ]; then
    echo "Python $lacks_venv lacks its venv module: install it first (Debian, Ubuntu: apt install python$lacks_venv-venv)." >&2
else
    echo "Quits needs Python 3.11 or newer and found none: install it from your system's packages or python.org." >&2
fi
exit 1
