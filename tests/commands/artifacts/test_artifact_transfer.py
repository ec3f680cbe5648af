from __future__ import annotations

import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest

from bot.circleci.download import TooBig
from bot.circleci.models import Artifact
from bot.commands.artifacts.artifact_transfer import (
    MOST_BYTES,
    MOST_FILE_BYTES,
    MOST_FILES,
    DownloadedFiles,
    download_artifacts,
)
from bot.errors import TargetError


class FakeDownloads:
    """CircleCI's side: so many bytes at each path, handed out as the client does it."""

    def __init__(self, **sizes: int) -> None:
        self.sizes = sizes

    async def download(self, url: str, *, most_bytes: int, on_progress: Any) -> bytes | TooBig:
        size = self.sizes[url]
        await on_progress(size, size)
        return b"x" * size if size <= most_bytes else TooBig(size)

    async def carried(self) -> DownloadedFiles:
        said: list[str] = []

        async def progress(text: str) -> None:
            said.append(text)

        context: Any = SimpleNamespace(circleci=self, progress=progress)
        wanted = [Artifact(path=name, node_index=0, url=name) for name in self.sizes]
        return await download_artifacts(context, wanted, called="the job test")


async def test_a_request_carries_so_much_in_all_and_says_what_it_left() -> None:
    carried = await FakeDownloads(a=MOST_FILE_BYTES, b=MOST_FILE_BYTES, c=MOST_FILE_BYTES, d=1_000_000).carried()
    assert [len(file.content) for file in carried.files] == [MOST_FILE_BYTES, MOST_FILE_BYTES, 1_000_000]
    (left,) = carried.skipped
    assert "c (node 0) is 20\u00a0MB. I carry 50\u00a0MB in all: open it at CircleCI." in left
    assert sum(len(file.content) for file in carried.files) <= MOST_BYTES


async def test_an_empty_artifact_is_said_so_since_slack_takes_none() -> None:
    carried = await FakeDownloads(a=0, b=5).carried()
    assert [file.name for file in carried.files] == ["b"]
    assert carried.skipped == ("a (node 0) is empty.",)


async def test_many_come_as_one_archive() -> None:
    (file,) = (await FakeDownloads(a=1, b=2, c=3, d=4).carried()).files
    assert zipfile.ZipFile(io.BytesIO(file.content)).namelist() == ["a", "b", "c", "d"]


async def test_too_many_are_refused_before_anything_is_downloaded() -> None:
    with pytest.raises(TargetError, match=f"I carry {MOST_FILES} at once"):
        await FakeDownloads(**{f"f{number}": 1 for number in range(MOST_FILES + 1)}).carried()
