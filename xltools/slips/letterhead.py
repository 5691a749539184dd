"""What stands under every letter of the office: until when to answer, whom to ask, who signs."""

from __future__ import annotations

from datetime import date

from xltools.classes import dataclass

_NO_DAY, _NO_WORD = "________ 年 ____ 月 ____ 日", "__________________"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The office's own words for its letters; what is "" is left to be filled in by hand.

    ``deadline`` is a date (2026-01-20), or the words for one.
    """

    deadline: str = ""
    contact: str = ""
    phone: str = ""
    signature: str = ""

    @property
    def until(self) -> str:
        """The deadline as it is printed."""
        try:
            day = date.fromisoformat(self.deadline)
        except ValueError:
            return self.deadline
        return f"{day.year} 年 {day.month} 月 {day.day} 日"

    @property
    def asked(self) -> str:
        """Until when it is to come back, and whom to ask, for a text or a page: only what is known."""
        until = f"请于{self.until}以前报回" if self.deadline else ""
        who = "，".join(words for words in (self.contact, self.phone) if words)
        return "；".join(words for words in (until, f"有问题请联系{who}" if who else "") if words)

    @property
    def sending(self) -> str:
        """By when, to whom a form goes once it is filled in, and whom to ask: only what is known."""
        until = f"于{self.until}以前" if self.deadline else ""
        words = f"请{until}报给{self.signature}" if self.signature else f"请{until}报回" if until else ""
        who = "，".join(words for words in (self.contact, self.phone) if words)
        return "；".join(part for part in (words, f"有问题请联系{who}" if who else "") if part)

    def closing(self) -> tuple[str, str]:
        """The two lines that close a letter, with room for what is not known."""
        return (
            f"请于 {self.until or _NO_DAY} 以前改好报回。",
            f"联系人：{self.contact or _NO_WORD}　联系电话：{self.phone or _NO_WORD}",
        )


BLANK = Letterhead()
"""Of an office that has settled nothing."""
