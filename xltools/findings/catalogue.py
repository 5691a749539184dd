"""The catalogue of findings, as data (``catalogue.toml``): the one place that owns severity, meaning, words and remedy of a code."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

from xltools.classes import dataclass
from xltools.derived import derived
from xltools.terms import Severity


@dataclass(frozen=True)
class Code:
    """A kind of finding: stable id, default severity, what it means, its message, what to do.

    ``details`` are told with it beside those that its words need. ``desk`` is what to do at the desk, where that is not what is done
    by commands. ``anew`` says that whoever filled in the file cannot put it right:
    what was read of it goes back on this year's form.
    """

    id: str
    severity: Severity
    title: str
    message: str
    remedy: str
    details: tuple[str, ...] = ()
    anew: bool = False
    desk: str = ""

    @property
    def places(self) -> frozenset[str]:
        """The names in its words that are filled in."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.message + self.remedy) if name)


def _read() -> dict[str, Code]:
    import tomllib

    text = Path(__file__).with_name("catalogue.toml").read_text("utf-8")
    return {
        id: Code(
            id,
            said["severity"],
            said["title"],
            said["message"],
            said["remedy"],
            tuple(said.get("details", ())),
            said.get("anew", False),
            said.get("desk", ""),
        )
        for id, said in tomllib.loads(text).items()
    }


CATALOGUE: dict[str, Code] = derived("catalogue", "", _read)
"""Every code by id; kinds of rule may bring codes of their own (``rules.kinds``)."""
