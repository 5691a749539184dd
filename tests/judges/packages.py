"""The package itself: every part has a type and is named by another, nothing is named that is not there, nothing is outside."""

import posixpath
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from judges.outputs import Output

NAME = "package"
TYPES = "[Content_Types].xml"


def lacking() -> str:
    return ""


def takes(output: Output) -> bool:
    return True


def complaints(paths: Sequence[Path]) -> dict[Path, list[str]]:
    return {path: judged(Package(path)) for path in paths}


class Package:
    """The parts of a file by name, and what each names: by relation id, the kind and the part."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            self.listed = package.namelist()
            self.parts = {name: package.read(name) for name in self.listed}
        self.relations: dict[str, dict[str, tuple[str, str]]] = {}
        self.faults: list[str] = []
        for name in self.listed:
            if name.endswith(".rels"):
                self._read_relations(name)

    def _read_relations(self, name: str) -> None:
        folder = posixpath.dirname(posixpath.dirname(name))
        owner = posixpath.join(folder, posixpath.basename(name).removesuffix(".rels"))
        known = self.relations.setdefault(owner, {})
        for item in self.root(name):
            id_, kind, target = (item.get(key, "") for key in ("Id", "Type", "Target"))
            if id_ in known:
                self.faults.append(f"{name}: {id_} twice")
            if item.get("TargetMode") == "External":
                self.faults.append(f"{name}: {target} is outside")
                continue
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            known[id_] = (kind.rpartition("/")[2], part)

    def root(self, part: str) -> etree._Element:
        return etree.fromstring(self.parts[part])

    def named(self, owner: str, kind: str) -> list[str]:
        """The parts of a kind that another names."""
        return [part for known, part in self.relations.get(owner, {}).values() if known == kind and part in self.parts]


def judged(package: Package) -> list[str]:
    found = list(package.faults)
    found += [f"{name} twice" for name in package.parts if package.listed.count(name) > 1]
    types = package.root(TYPES)
    single = {item.get("PartName", "").lstrip("/") for item in types if item.tag.endswith("Override")}
    endings = {
        item.get("Extension", "").lower(): item.get("ContentType") for item in types if item.tag.endswith("Default")
    }
    found += [f"{TYPES}: {name} is not there" for name in sorted(single - package.parts.keys())]
    targets = {part for known in package.relations.values() for _, part in known.values()}
    found += [f"{part} is named and not there" for part in sorted(targets - package.parts.keys())]
    for name, content in package.parts.items():
        if name == TYPES:
            continue
        if name not in single and endings.get(name.rpartition(".")[2].lower(), "application/xml") == "application/xml":
            found.append(f"{name} has no content type, or one that says nothing")
        if not name.endswith(".rels") and name not in targets:
            found.append(f"{name} is named by nothing")
        if name.endswith((".xml", ".rels", ".vml")) and b"<!DOCTYPE" in content:
            found.append(f"{name} has a DOCTYPE")
    return found
