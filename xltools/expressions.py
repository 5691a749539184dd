"""Regular expressions that are compiled when they are first used.

``re.compile`` takes longer than importing the module in which it stands, and one check of one file uses a third of them. To a type
checker it is ``re.compile``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    expression = re.compile
else:

    class expression:
        """As ``re.compile``, but for when."""

        def __init__(self, *given: Any) -> None:
            self._given = given

        def __getattr__(self, name: str) -> Any:
            found = getattr(re.compile(*self._given), name)
            setattr(self, name, found)  # from then on it is had without coming here
            return found
