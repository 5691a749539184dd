"""What stops a command: told to the user in one line, never as a traceback."""


class XltoolsError(Exception):
    """A command cannot do what was asked (exit status 2); the text says what is wrong and how to mend it."""


class FormError(XltoolsError):
    """A form definition (TOML) is wrong: a maintainer's mistake, told with file, key and reason."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"格式定义有误：{file}，{key}：{reason}")
        self.file, self.key, self.reason = file, key, reason
