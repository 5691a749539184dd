"""What a double-click does: the desk, over the folder that was dropped on the program, or the one in 文档 where seasons lie."""

import sys

from platformdirs import user_documents_path

from xltools.cli import main

SEASONS = user_documents_path() / "年报助手"
if len(sys.argv) == 1:
    SEASONS.mkdir(parents=True, exist_ok=True)
    sys.argv.append(str(SEASONS))
sys.argv.insert(1, "desk")
try:
    main()
except SystemExit as end:
    if end.code and sys.stdin and sys.stdin.isatty():  # what went wrong stays on the screen
        input("按回车键关闭……")
    raise
