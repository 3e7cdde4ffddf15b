"""`python -m quits`."""

from quits.cli import main

main()
