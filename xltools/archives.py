"""Zip archives that files are sent in: what lies in them under names that people can read. Nothing is ever unpacked to disk.

An archive is hostile until read: its entries are counted and their sizes bounded before any is unpacked, and a name leads nowhere
but to its entry.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from xltools.errors import Refused, why
from xltools.expressions import expression

ARCHIVE_LIMIT = 100 * 2**20
"""Bytes of an archive: more than the returns of a thousand agencies take."""

_ENTRIES_LIMIT, _UNPACKED_LIMIT = 5000, 2 * 2**30
"""Entries of an archive, and the bytes of all of them unpacked."""

_ENDING = ".zip"
_UTF8_FLAG, _ENCRYPTED = 0x800, 0x1
_PLACE = expression(r"[\\/]+")
_DRIVE = expression(r"[A-Za-z]:")
_KINDS = ((b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gzip"))
_PACKED = {".rar": "RAR", ".7z": "7z", ".gz": "gzip", ".tar": "tar", ".tgz": "gzip", ".bz2": "bzip2", ".xz": "xz",
           ".zipx": "zipx", ".cab": "cab", ".zst": "zstd", ".lzh": "lzh", ".arj": "arj", ".wim": "wim"}  # fmt: skip
_VOLUME = expression(r"\.(?:[zr][0-9]{2}|[0-9]{3})")
"""How the parts end into which programs cut an archive."""


class Archive:
    """A zip archive; Refused, with the reason in words, where it is none, is too large, or may be a trap."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
            kind = next((name for magic, name in _KINDS if content.startswith(magic)), "")
            raise Refused(
                f"它其实是 {kind} 压缩包，请先解压" if kind else "压缩包不完整，请重新压缩或重新发送"
            ) from None
        entries = self._zip.infolist()
        if len(entries) > _ENTRIES_LIMIT or sum(entry.file_size for entry in entries) > _UNPACKED_LIMIT:
            raise Refused("压缩包解压后大得不合理", vast=True)

    @cached_property
    def files(self) -> dict[PurePosixPath, zipfile.ZipInfo]:
        """Its files by the path in it, in order of the paths; a second one of the same path has a number."""
        found: dict[PurePosixPath, zipfile.ZipInfo] = {}
        for entry in self._zip.infolist():
            parts = _parts(_name(entry))
            folder = _name(entry).endswith(("/", "\\")) and not entry.file_size
            if not parts or folder or _is_link(entry):
                continue
            if parts[-1] == ".DS_Store" or (parts[-1].startswith("._") and self._is_shadow(entry)):
                continue
            path = PurePosixPath(*parts)
            found[next(p for p in _numbered(path) if p not in found)] = entry
        return dict(sorted(found.items(), key=lambda item: item[0].parts))

    def _is_shadow(self, entry: zipfile.ZipInfo) -> bool:
        """Whether an entry is what a Mac puts beside a file; a workbook under such a name is none, wherever it lies."""
        try:
            with self._zip.open(entry) as stream:
                start = stream.read(4)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
            return True
        return start not in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

    @property
    def links(self) -> list[PurePosixPath]:
        """What in it is no file, but a link to one that may be elsewhere. They are not followed."""
        return sorted(
            PurePosixPath(*parts) for e in self._zip.infolist() if _is_link(e) and (parts := _parts(_name(e)))
        )

    @property
    def is_workbook(self) -> bool:
        """Whether it is itself what a workbook is packed in."""
        return "[Content_Types].xml" in self._zip.NameToInfo

    def read(self, path: PurePosixPath, limit: int) -> bytes:
        """A file's content; Refused where it is not there, cannot be unpacked, or is larger than so many bytes."""
        entry = self.files.get(path)
        if entry is None:
            raise Refused("压缩包里没有这个文件")
        if entry.flag_bits & _ENCRYPTED:
            raise Refused("它在压缩包里加了密码，请解密后重新报送")
        try:
            with self._zip.open(entry) as stream:
                content = stream.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
            raise Refused("它在压缩包里坏了，或者压缩的方法不认识；请先解压") from None
        if len(content) > limit:
            raise Refused("文件大得不合理", vast=True)
        return content


def packed(members: Mapping[str, bytes]) -> bytes:
    """An archive of files by name, the same to the byte whenever and wherever it is made."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr, entry.compress_type = 0, 0, zipfile.ZIP_DEFLATED
            out.writestr(entry, data)
    return content.getvalue()


def archive_over(path: Path) -> Path | None:
    """The zip archive that a path leads into; None where it leads into none."""
    return next((p for p in path.parents if p.suffix.lower() == _ENDING and p.is_file()), None)


def is_archive(path: Path) -> bool:
    """Whether a file is called a zip archive."""
    return path.suffix.lower() == _ENDING


def packed_as(path: Path | PurePosixPath) -> str:
    """What kind of archive a file is called that is not read; "" for none."""
    ending = path.suffix.lower()
    return "分卷" if _VOLUME.fullmatch(ending) else _PACKED.get(ending, "")


def opened(path: Path) -> Archive:
    """An archive to be read; Refused where it cannot be. The last one stays open, for its files come one after the other."""
    try:
        there = path.stat()
    except OSError as problem:
        raise Refused(why(problem)) from None
    if there.st_size > ARCHIVE_LIMIT:
        raise Refused("压缩包大得不合理", vast=True)
    return _opened(path, there.st_mtime_ns, there.st_size, there.st_ino)


@lru_cache(maxsize=1)
def _opened(path: Path, *_: int) -> Archive:
    try:
        with path.open("rb") as stream:
            return Archive(stream.read(ARCHIVE_LIMIT))
    except OSError as problem:
        raise Refused(why(problem)) from None


def _name(entry: zipfile.ZipInfo) -> str:
    """An entry's name. Without a word on its encoding it is UTF-8 where it can be that, else what Chinese Windows writes."""
    name = entry.orig_filename
    if entry.flag_bits & _UTF8_FLAG:
        return name
    raw = name.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _parts(name: str) -> list[str]:
    """A name's folders and its own, without what would lead elsewhere, or on Windows to another drive."""
    name = name.partition("\0")[0]
    if _DRIVE.match(name):
        name = name[2:]
    return [part.replace(":", "_") for part in _PLACE.split(name) if part.strip(" .")]


def _numbered(path: PurePosixPath) -> Iterator[PurePosixPath]:
    yield path
    for number in range(2, _ENTRIES_LIMIT + 2):
        yield path.with_name(f"{path.stem}（{number}）{path.suffix}")
