"""What stops a command: told to the user in one line, never as a traceback."""

import errno

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


def why(problem: OSError) -> str:
    """The reason of an operating system's refusal, in Chinese."""
    return _REASONS.get(problem.errno or 0, problem.strerror or "读写失败")


class XltoolsError(Exception):
    """A command cannot do what was asked (exit status 2); the text says what is wrong and how to mend it."""


class FormError(XltoolsError):
    """A form definition (TOML) is wrong: a maintainer's mistake, told with file, key and reason."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"格式定义有误：{file}，{key}：{reason}")
        self.file, self.key, self.reason = file, key, reason
