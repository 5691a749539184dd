"""A received workbook altered part by part: whatever is not touched stays to the byte, nothing is lost that we do not know."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from xltools.expressions import expression
from xltools.ooxml import custom_properties
from xltools.ooxml.package import Package
from xltools.ooxml.trees import namespace, sheet_entries

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PROPERTY_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
TYPES = "[Content_Types].xml"


_NO_TEXT = expression(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_text(words: str) -> str:
    """Words from a file, without the characters that an XML part cannot hold."""
    return _NO_TEXT.sub("", words)


def element(tag: str, values: dict[str, str] | None = None, **prefixes: str) -> Any:
    """A new element in a namespace without a prefix; ``prefixes`` name the others it needs.

    Whatever is not named here gets a prefix that another library may have registered, or ns0, which ExcelJS and SheetJS cannot read.
    """
    here = etree.QName(tag).namespace
    known: dict[Any, str] = {None: here} if here else {}
    return etree.Element(tag, values, {**known, **prefixes})


class Patch:
    """A file's parts under alteration. Unreadable where a part is too large, or broken."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content)
        self._roots: dict[str, Any] = {}

    def root(self, part: str, mend: Callable[[bytes], bytes] | None = None) -> Any:
        """A part's root element, to be altered in place; None where there is no such part. ``mend`` as ``Package.xml`` takes it."""
        if part not in self._roots:
            self._roots[part] = self.package.xml(part, mend)
        return self._roots[part]

    def put(self, part: str, root: Any) -> None:
        """Puts another content into a part that is named already."""
        self._roots[part] = root

    def bytes(self, note: bytes = b"") -> bytes:
        """The file as altered; ``note`` as ``Package.replaced`` takes it."""
        made = {name: _written(root) for name, root in self._roots.items() if root is not None}
        return self.package.replaced(made, note)

    # ── parts and what ties them together ────────────────────────────────────

    @property
    def office(self) -> str:
        """How the types of the file's own relations begin."""
        kinds = (kind for kind, *_ in self.package.relations(self.package.workbook_part))
        return next((k.rpartition("/")[0] for k in kinds if k.endswith("/worksheet")), _OFFICE)

    def sheets(self) -> dict[str, str]:
        """The parts of the sheets by name."""
        book = self.package.workbook_part
        targets = {id_: target for _, target, id_ in self.package.relations(book)}
        return {
            s.get("name", ""): targets.get(next((v for k, v in s.attrib.items() if k.endswith("}id")), ""), "")
            for s in sheet_entries(self.package.xml(book))
        }

    def related(self, part: str, *kinds: str) -> str:
        """The part that another names as its comments, its styles …; "" where it names none."""
        found = (t for kind, t, _ in self.package.relations(part) if kind.rpartition("/")[2] in kinds)
        return next((target for target in found if target in self.package.names), "")

    def add(self, name: str, ending: str, root: Any, content_type: str, *, owner: str, kind: str) -> str:
        """Adds a part under a free name (``name``, a number, ``ending``), which its owner names; the relation's id."""
        taken = self.package.names | self._roots.keys()
        part = next(p for n in range(1, len(taken) + 2) if (p := f"{name}{n}{ending}") not in taken)
        self._roots[part] = root
        self._declare(part, content_type)
        return self._relate(owner, kind, part)

    def _declare(self, part: str, content_type: str) -> None:
        types = self.root(TYPES)
        if types is None:
            types = self._roots[TYPES] = element(f"{{{_PACKAGE}/content-types}}Types")
        ns = namespace(types)
        if part.endswith(".vml"):  # a kind of file, not a single part, as every program declares it
            if not any((d.get("Extension") or "").lower() == "vml" for d in types.iterfind(f"{ns}Default")):
                types.insert(0, types.makeelement(f"{ns}Default", {"Extension": "vml", "ContentType": content_type}))
            return
        etree.SubElement(types, f"{ns}Override", {"PartName": f"/{part}", "ContentType": content_type})

    def _relate(self, owner: str, kind: str, part: str) -> str:
        folder, base = posixpath.split(owner)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        root = self.root(name)
        if root is None:
            root = self._roots[name] = element(f"{{{_PACKAGE}/relationships}}Relationships")
        taken = {item.get("Id") for item in root}
        id_ = next(i for n in range(1, len(taken) + 2) if (i := f"rId{n}") not in taken)
        values = {"Id": id_, "Type": f"{self.office}/{kind}", "Target": posixpath.relpath(f"/{part}", f"/{folder}")}
        etree.SubElement(root, f"{namespace(root)}Relationship", values)
        return id_

    # ── document properties ──────────────────────────────────────────────────

    def set_properties(self, values: Mapping[str, str], *, instead_of: tuple[str, ...]) -> None:
        """Keeps document properties, in place of all those whose names begin so."""
        part = self.related("", *custom_properties.KINDS)
        root = self.root(part) if part else None
        if root is None:
            if not values:
                return
            root = element(f"{{{custom_properties.NAMESPACE}}}Properties")
            self.add(
                custom_properties.NAME, ".xml", root, custom_properties.TYPE, owner="", kind=custom_properties.KINDS[0]
            )
        ns = namespace(root)
        for item in [p for p in root if p.get("name", "").startswith(instead_of)]:
            root.remove(item)
        types = f"{ns.strip('{}').rpartition('/')[0]}/docPropsVTypes"
        last = max((int(n) for p in root if (n := p.get("pid", "")).isdecimal()), default=1)
        for number, (name, value) in enumerate(values.items(), last + 1):
            item = etree.SubElement(root, f"{ns}property", {"fmtid": _PROPERTY_SET, "pid": str(number), "name": name})
            etree.SubElement(item, f"{{{types}}}lpwstr", nsmap={"vt": types}).text = as_text(value)


def _written(root: Any) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
