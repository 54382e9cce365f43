"""What a file that cannot be read is told."""

from __future__ import annotations


class ReadingError(Exception):
    """The file is not an agreement that can be read. The message says what is wrong and how to mend it."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line
