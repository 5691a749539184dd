"""Threads of comments, as newer programs keep them beside the notes of old: what we say is a reply in them.

A thread is a list of messages in a part of its own. The note in its cell (``comments.py``) is a stand-in for programs that know no
threads: those that do show the thread alone, and write the note anew from it. So what is said in the note is said in the thread too.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from xltools.address import parse_a1
from xltools.ooxml.patch import Patch, as_text
from xltools.ooxml.trees import namespace

_THREADS, _PERSONS = (
    f"http://schemas.microsoft.com/office/2017/10/relationships/{kind}" for kind in ("threadedComment", "person")
)
_AUTHOR = "审核"


def _guid(*words: str) -> str:
    return f"{{{uuid5(NAMESPACE_URL, ' '.join(words))}}}".upper()


_OURS = _guid("xltools", _AUTHOR)
"""The number under which we are among the persons of a workbook."""


def reply(patch: Patch, sheet: str, words: Mapping[tuple[int, int], str]) -> None:
    """Says words in the threads of a sheet's cells, in place of what an earlier slip said in them; cells without one are left.

    A thread that was closed is open again, for something is to be done.
    """
    part = _target(patch, sheet, _THREADS)
    root = patch.root(part) if part else None
    if root is None:
        return
    ns = namespace(root)
    for message in [m for m in root if m.get("personId") == _OURS]:
        root.remove(message)
    for first in [m for m in root.iterchildren(f"{ns}threadedComment") if not m.get("parentId")]:
        try:
            said = words.get(parse_a1(first.get("ref", "")))
        except ValueError:
            continue
        if not said or not _known_here(patch):
            continue
        first.attrib.pop("done", None)
        thread, last = first.get("id", ""), first
        for message in root.iterchildren(f"{ns}threadedComment"):
            last = message if message.get("parentId") == thread else last
        # As late as the message before it: the same marks give the same file, whatever the day.
        ours = etree.Element(f"{ns}threadedComment", {
            "ref": first.get("ref", ""), "dT": last.get("dT", "2020-01-01T00:00:00.00"), "personId": _OURS,
            "id": _guid(thread, said), "parentId": thread,
        })  # fmt: skip
        etree.SubElement(ours, f"{ns}text").text = as_text(said)
        last.addnext(ours)


def _known_here(patch: Patch) -> bool:
    """Puts us among the persons of a workbook; False where it has no list of them."""
    part = _target(patch, patch.package.workbook_part, _PERSONS)
    root = patch.root(part) if part else None
    if root is None:
        return False
    if all(person.get("id") != _OURS for person in root):
        names = {"displayName": _AUTHOR, "id": _OURS, "userId": _AUTHOR, "providerId": "None"}
        etree.SubElement(root, f"{namespace(root)}person", names)
    return True


def _target(patch: Patch, owner: str, kind: str) -> str:
    found = (target for type_, target, _ in patch.package.relations(owner) if type_ == kind)
    return next((target for target in found if target in patch.package.names), "")
