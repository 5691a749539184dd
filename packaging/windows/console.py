"""What xltools.exe does: the command of that name."""

from xltools.cli import main

main()
