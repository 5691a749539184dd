"""What a double-click does; what was said stays on the screen."""

import sys

from xltools.cli import main

sys.argv[1:] = ["--help"]
try:
    main()
finally:
    if sys.stdin and sys.stdin.isatty():
        input("按回车键关闭……")
