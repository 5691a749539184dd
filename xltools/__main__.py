"""``python -m xltools`` is the command ``xltools``."""

from xltools.cli import main

main()
