"""What 年报助手.exe does when it is double-clicked; what went wrong stays on the screen."""

import sys

from xltools.cli import main

sys.argv[1:1] = ["--help"]
try:
    main()
finally:
    if sys.stdin and sys.stdin.isatty():
        input("按回车键关闭……")
