"""Holds a file open as Excel does, or more strictly, while a command runs: run by the Python of Windows.

    python lock.py FILE read|nothing COMMAND…

Others may read the file, or not even that. Ends with the command's own status.
"""

import ctypes
import subprocess
import sys
from ctypes import wintypes

READ_WRITE, EXISTING = 0xC0000000, 3
SHARED = {"read": 1, "nothing": 0}


def main() -> int:
    path, shared, *command = sys.argv[1:]
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateFileW.restype = wintypes.HANDLE
    handle = kernel.CreateFileW(path, READ_WRITE, SHARED[shared], None, EXISTING, 0, None)
    if handle == wintypes.HANDLE(-1).value:
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        return subprocess.run([sys.executable, *command]).returncode
    finally:
        kernel.CloseHandle(wintypes.HANDLE(handle))


if __name__ == "__main__":
    sys.exit(main())
