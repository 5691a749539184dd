"""Judges from outside: programs that know nothing of us look at every kind of file we write. ``docs/judges.md`` tells of them.

A judge is a module with

- ``NAME``: what it is called in the table;
- ``lacking()``: what keeps it from judging here, "" where nothing does;
- ``takes(output)``: whether it judges such a file;
- ``complaints(paths)``: for each file what it finds wrong, in words; an empty list for a sound one.
"""

import os
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xltools-ci"
"""Where ``.ci/judges`` puts the tools that come from elsewhere."""
