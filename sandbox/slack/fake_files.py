"""Uploads in three steps: ask for a URL, post the bytes, complete (slack docs: working with files)."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import Any

from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import BOT_USER, Ids

MOST_BYTES = 1_000_000_000
MOST_ALT = 1000
_PREVIEW_LINES = 5
_TEXTS = {"yml": "yaml", "yaml": "yaml", "log": "text", "txt": "text", "md": "markdown", "diff": "diff"}
"""Endings of text files with Slack's filetype for them (slack docs: file types); the machine may not know them all."""


@dataclass
class FakeFile:
    """A file from the moment its upload was asked for."""

    id: str
    name: str
    length: int
    created: int
    title: str = ""
    alt: str = ""
    data: bytes | None = None
    completed: bool = False

    @property
    def mimetype(self) -> str:
        if self.ending in _TEXTS:
            return "text/plain"
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def ending(self) -> str:
        return self.name.rpartition(".")[2].lower()


class FakeFiles:
    """All files of the workspace."""

    def __init__(self, ids: Ids, public_url: str) -> None:
        self._ids = ids
        self._public_url = public_url
        self._files: dict[str, FakeFile] = {}

    def begin_upload(self, name: str, length: int, alt: str = "") -> tuple[str, str]:
        """The id and the upload URL of a file to come. `alt` describes a picture. Raises FakeSlackError."""
        if length > MOST_BYTES:
            raise FakeSlackError("file_upload_size_restricted")
        if len(alt) > MOST_ALT:
            raise FakeSlackError("alt_txt_too_large")
        file = FakeFile(self._ids.generate_id("F"), name, length, self._ids.now_s(), alt=alt)
        self._files[file.id] = file
        return file.id, f"{self._public_url}/slack/files/upload/{file.id}"

    def get(self, file_id: str) -> FakeFile:
        """Raises FakeSlackError when there is no such file."""
        if file_id not in self._files:
            raise FakeSlackError("file_not_found")
        return self._files[file_id]

    def receive(self, file_id: str, data: bytes) -> None:
        """Store a file's bytes. Raises FakeSlackError when it is complete already, or not of the announced length."""
        file = self.get(file_id)
        if file.completed:
            raise FakeSlackError("file_not_found")
        if len(data) != file.length:
            raise FakeSlackError("length_mismatch", status=400)
        file.data = data

    def get_uploaded(self, file_id: str) -> FakeFile:
        """A file to be completed. Raises FakeSlackError when its bytes never came or it was completed before."""
        file = self.get(file_id)
        if file.data is None or file.completed:
            raise FakeSlackError("file_not_found")
        return file

    def complete(self, file: FakeFile, title: str | None) -> FakeFile:
        """Make an uploaded file real."""
        file.title, file.completed = title or file.name, True
        return file

    def list_completed(self) -> list[FakeFile]:
        """Newest first."""
        return [file for file in reversed(self._files.values()) if file.completed]

    def as_api(self, file: FakeFile) -> dict[str, Any]:
        """A file object (slack docs: file object)."""
        url = f"{self._public_url}/slack/files/{file.id}/{file.name}"
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": _TEXTS.get(file.ending) or file.ending or "text",
            "user": BOT_USER,
            "mode": "hosted",
            "size": len(file.data or b""),
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
            **({"alt_txt": file.alt} if file.alt else {}),
            **_preview(file),
        }


def _preview(file: FakeFile) -> dict[str, Any]:
    if not file.mimetype.startswith("text/"):
        return {}
    lines = (file.data or b"").decode(errors="replace").splitlines()
    return {"preview": "\n".join(lines[:_PREVIEW_LINES]), "lines": len(lines)}
