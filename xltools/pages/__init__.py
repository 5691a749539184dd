"""Pages for the office's own eyes, in a browser: templates with every word shown as text, no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.characters import visible

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE = "style.css"


def environment(package: str) -> Environment:
    """How templates of a package are filled in: every word escaped, and made visible."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _environment() -> Environment:
    made = environment("xltools.pages")
    style = stylesheet()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    made.globals |= {"style": AsItIs(style), "policy": f"default-src 'none'; style-src 'sha256-{digest}'"}
    return made


def _shown(value: Any) -> Any:
    """What is put into a page: of a text what can be seen, so that nothing in it steers the page; markup of our own as it is."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else visible(value)


class AsItIs(str):
    """Markup of our own, which is not escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@cache
def stylesheet() -> str:
    """The looks that all pages share."""
    return Path(__file__).with_name("templates").joinpath(STYLE).read_text("utf-8").rstrip("\n")


def policy() -> str:
    """What the browser is to allow such a page: its own style, nothing else."""
    return str(_environment().globals["policy"])


def rendered(template: str, **words: Any) -> str:
    """A page or a stretch of one: a template of ``templates/`` with words put in, each escaped."""
    return _environment().get_template(template).render(words)
