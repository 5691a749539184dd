"""What stops a command: told to the user in one line, never as a traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "它是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "同名的文件已经存在",
    errno.ENOSPC: "磁盘满了",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "名字太长",
    errno.ELOOP: "链接绕成了圈",
}
_REASONS |= {  # not every system has all of them
    getattr(errno, name): reason
    for name, reason in {
        "EFBIG": "文件太大，超过了这里允许的大小",
        "EDQUOT": "磁盘的配额用完了",
        "EIO": "磁盘或网络出错",
        "ENXIO": "设备不在",
        "ENODEV": "设备不在",
        "EBUSY": "正被别的程序占用",
        "ETXTBSY": "正被别的程序占用",
        "EMFILE": "同时打开的文件太多",
        "ENFILE": "同时打开的文件太多",
        "ENOMEM": "内存不够",
        "EINVAL": "这里不能这样读写，或者名字里有不能用的字",
        "EILSEQ": "名字里有不能用的字",
        "EXDEV": "不在同一个磁盘上",
        "EMLINK": "链接太多",
        "ENOTEMPTY": "文件夹不是空的",
        "ESTALE": "网络文件夹断开过，请重新打开",
        "ETIMEDOUT": "等得太久，没有回应",
        "EHOSTDOWN": "网络上的那台电脑没有回应",
        "EHOSTUNREACH": "网络上的那台电脑没有回应",
        "ENOTCONN": "网络断开了",
        "ECONNRESET": "网络断开了",
        "ENOTSUP": "这个磁盘不支持这样做",
        "EPIPE": "接收的一方已经关闭",
        "EAGAIN": "正被别的程序占用",
    }.items()
    if hasattr(errno, name)
}


IN_USE = "它正在 Excel/WPS 里打开，请关闭后再运行"
_IN_USE = (32, 33)
"""Windows' own numbers for a file that another program has open, or has locked in part."""


def why(problem: OSError) -> str:
    """The reason of an operating system's refusal, in Chinese."""
    if _open_elsewhere(problem):
        return IN_USE
    return _REASONS.get(
        problem.errno or 0, f"读写失败（系统的错误号 {problem.errno}）" if problem.errno else "读写失败"
    )


def refused(problem: OSError) -> str:
    """An operating system's refusal in one line: of what, and why."""
    return f"“{problem.filename}”用不了：{why(problem)}" if problem.filename else why(problem)


def _open_elsewhere(problem: OSError) -> bool:
    """Whether Windows refuses a file because another program has it open.

    Where Python passes on no more than EACCES, which it does for nearly every refusal, the file itself is asked.
    """
    if getattr(problem, "winerror", None) in _IN_USE:
        return True
    refused = problem.filename2 or problem.filename
    if problem.errno not in (errno.EACCES, errno.EBUSY) or not isinstance(refused, (str, os.PathLike)):
        return False
    return _asked(os.fspath(refused), replacing=bool(problem.filename2)) in _IN_USE


def _asked(path: str, *, replacing: bool) -> int:
    """The number with which Windows refuses to open a file for reading, or for being replaced; 0 where it does not."""
    if sys.platform != "win32":
        return 0
    import ctypes
    from ctypes import wintypes

    read, delete, share_all, existing = 0x80000000, 0x00010000, 7, 3
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateFileW.restype = wintypes.HANDLE
    handle = kernel.CreateFileW(path, delete if replacing else read, share_all, None, existing, 0, None)
    if handle == wintypes.HANDLE(-1).value:
        return ctypes.get_last_error()
    kernel.CloseHandle(wintypes.HANDLE(handle))
    return 0


class XltoolsError(Exception):
    """A command cannot do what was asked (exit status 2); the text says what is wrong and how to mend it."""

    @property
    def said(self) -> str:
        """The same for who types no commands."""
        return str(self)


class Misused(XltoolsError):
    """A call lacks something that it needs, or was given what does not go together; the text says what."""


class Clashing(XltoolsError):
    """What is to be taken clashes with what is there; how it is taken all the same, whoever asks says."""


class Refused(Exception):
    """A file that is not read: the reason in words, and whether it is its size."""

    def __init__(self, reason: str, *, vast: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.vast = reason, vast


class FormError(XltoolsError):
    """A form definition is wrong: a maintainer's mistake, told with file, key (or cell), reason and, where there is one, remedy."""

    def __init__(self, file: str, key: str, reason: str, remedy: str = "") -> None:
        super().__init__(f"格式定义有误：{file}，{key}：{reason}{f'；{remedy}' if remedy else ''}")
        self.file, self.key, self.reason, self.remedy = file, key, reason, remedy

    @property
    def every(self) -> tuple[FormError, ...]:
        """All mistakes that are told with it, itself the first."""
        return (self,)


class FormErrors(FormError):
    """Several mistakes of one definition; its words are the first one's, and how many more there are."""

    def __init__(self, mistakes: Sequence[FormError]) -> None:
        first = mistakes[0]
        super().__init__(first.file, first.key, first.reason, first.remedy)
        self.mistakes = tuple(mistakes)
        if len(mistakes) > 1:
            self.args = (f"{self.args[0]}（另有 {len(mistakes) - 1} 处，xltools forms check 全部列出）",)

    @property
    def every(self) -> tuple[FormError, ...]:
        return self.mistakes
