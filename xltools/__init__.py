"""xltools: Excel forms, checks and summaries for China's yearly disclosure return (政府信息公开工作年度报告).

What the commands do, as functions: ``xltools.check``, ``xltools.merge`` and the others (``xltools.api``), found when first asked
for, so that ``import xltools`` costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xltools.api import (
        Season,
        XltoolsError,
        accept_form,
        archive,
        aside,
        blank,
        check,
        check_forms,
        check_roster,
        choose,
        codes,
        combine,
        compare,
        decide,
        diff_forms,
        draft_form,
        export,
        fill,
        forms,
        gather,
        import_report,
        load_form,
        merge,
        new_form,
        pack,
        put_setting,
        read,
        receive,
        report,
        show,
        try_form,
        undecide,
    )

__version__ = "0.1.0"

__all__ = [
    "Season", "XltoolsError", "accept_form", "archive", "aside", "blank", "check", "check_forms", "check_roster", "choose",
    "codes", "combine", "compare", "decide", "diff_forms", "draft_form", "export", "fill", "forms", "gather", "import_report",
    "load_form", "merge", "new_form", "pack", "put_setting", "read", "receive", "report", "show", "try_form", "undecide",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xltools import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
