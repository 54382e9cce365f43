"""Files sent in that must not lie on a disk in plain: kept in memory, and no more of them than may be read."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from kvarter.tables.limits import LARGEST


class InMemory(FileUploadHandler):
    """Keeps a file in memory. Of one that is larger than may be read its size is kept alone."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._held, self._size = io.BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size <= LARGEST:
            self._held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        held = self._held if self._size <= LARGEST else io.BytesIO()
        held.seek(0)
        return InMemoryUploadedFile(
            held, self.field_name, self.file_name or "", self.content_type, file_size, self.charset, None
        )


def in_memory(request: HttpRequest) -> None:
    """Let files of this request be kept in memory. Call before anything looks at what was sent."""
    if request.method == "POST":
        request.upload_handlers = [InMemory(request)]
