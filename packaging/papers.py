"""What lies beside the program: the licence of everything in a package (许可.txt), and the list of its parts (CycloneDX)."""

import email
import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from parts import ROOT, called, digest, version

LICENCE = re.compile(r"\.dist-info/(licenses/.*[^/]|(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*)$")
"""Where a wheel keeps the texts of its licences."""


@dataclass(frozen=True)
class Part:
    """A part of a package: its licence in a word and in full; the file of the registry that it comes from, and its digest."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    file: str
    digest: str

    @property
    def purl(self) -> str:
        """What the world calls that file."""
        name, version = called(self.file)
        return f"pkg:pypi/{name.lower()}@{version}?file_name={self.file}"


def part(wheel: Path) -> Part:
    """What a wheel says of itself."""
    name, release = called(wheel.name)
    with zipfile.ZipFile(wheel) as content:
        names = sorted(content.namelist())
        [told] = (n for n in names if n.endswith(".dist-info/METADATA"))
        licence = _in_a_word(email.message_from_bytes(content.read(told)))
        texts = tuple(
            content.read(n).decode("utf-8", "replace").replace("\r\n", "\n") for n in names if LICENCE.search(n)
        )
    return Part(name, release, licence, texts, wheel.name, digest(wheel))


def _in_a_word(told: Message) -> str:
    classes = [line.split(" :: ")[-1] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    return told["License-Expression"] or told["License"] or ", ".join(classes)


def licences(parts: Iterable[Part]) -> str:
    """许可.txt: who may do what with which part, in the words of its makers."""
    own = (ROOT / "LICENSE").read_text("utf-8")
    parts = list(
        {(p.name, p.version): p for p in parts}.values()
    )  # of one version, the wheels for several Pythons say the same
    lines = [f"本程序 xltools {version()}：MIT", *(f"{p.name} {p.version}：{p.licence}" for p in parts)]
    chapters = [f"本程序\n\n{own}", *("\n\n".join([f"{p.name} {p.version}", *p.texts]) for p in parts)]
    return ("\n\n" + "=" * 72 + "\n\n").join(
        ["本程序和随带的各部分，都按下列许可使用。\n\n" + "\n".join(lines), *chapters]
    )


def materials(title: str, parts: Iterable[Part]) -> str:
    """The list of parts, as CycloneDX has it; it says nothing of when or where, so that it stays the same."""
    components = [
        {
            "type": "library",
            "bom-ref": p.purl,
            "name": p.name,
            "version": p.version,
            "licenses": [{"license": {"name": p.licence}}],
            "purl": p.purl,
            "hashes": [{"alg": "SHA-256", "content": p.digest}],
        }
        for p in parts
    ]
    own = {"type": "application", "name": title, "version": version(), "licenses": [{"license": {"id": "MIT"}}]}
    listed = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": own}}
    return json.dumps(listed | {"components": components}, ensure_ascii=False, indent=1)
