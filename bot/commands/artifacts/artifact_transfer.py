"""Artifacts on their way from CircleCI to Slack: sized, downloaded within limits, and packed when they are many.

Everything is held in memory for the while, which is why the limits are what they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import artifact_blocks, status_blocks
from bot.circleci.client import CircleCI
from bot.circleci.download import TooBig
from bot.circleci.models import Artifact
from bot.command import Context, File
from bot.commands.artifacts.zip_files import ZipItem, sanitise_path, zip_files
from bot.errors import HIDDEN, CircleCIError, TargetError
from bot.language import _
from bot.language.formats import format_number
from bot.mrkdwn import as_link, escape
from bot.untrusted import coverage_reports, reader_process

MOST_FILE_BYTES = 20_000_000
"""The largest artifact that is carried to Slack."""
MOST_BYTES = 50_000_000
"""The most that one request carries, before it is packed."""
MOST_FILES = 100
MOST_SINGLE_FILES = 3
"""Up to this many files come one by one, so that Slack shows pictures and text; more come as one zip."""

_AT_ONCE = 4
_SUMMARIES = 4
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


@dataclass(frozen=True, slots=True)
class DownloadedFiles:
    """What was downloaded, and a mrkdwn sentence for each that was not."""

    files: tuple[File, ...]
    skipped: tuple[str, ...]


async def fetch_sizes(circleci: CircleCI, artifacts: Sequence[Artifact]) -> list[int | None]:
    """Bytes of each, asked a few at a time; None where nobody says it (CircleCI's list does not)."""
    few = asyncio.Semaphore(_AT_ONCE)

    async def size(artifact: Artifact) -> int | None:
        async with few:
            try:
                return await circleci.fetch_artifact_size(artifact.url)
            except CircleCIError:
                return None

    return list(await asyncio.gather(*map(size, artifacts)))


async def fetch_coverage(circleci: CircleCI, artifacts: Sequence[Artifact]) -> list[tuple[Artifact, float | None]]:
    """Per cent of the lines covered as a summary of each node says it, of the first few nodes.

    None is for a summary that is too large to read; one that says nothing, or cannot be had, is left out.
    """
    by_node = {one.node_index: one for one in reversed(artifacts) if coverage_reports.is_summary(one.path)}
    summaries = [by_node[node] for node in sorted(by_node)][:_SUMMARIES]
    found = await asyncio.gather(*(_fetch_coverage(circleci, one) for one in summaries))
    return [row for rows in found for row in rows]


async def _fetch_coverage(circleci: CircleCI, artifact: Artifact) -> list[tuple[Artifact, float | None]]:
    try:
        content = await circleci.download(artifact.url, most_bytes=coverage_reports.MOST_BYTES)
    except CircleCIError:
        return []
    if isinstance(content, TooBig):
        return [(artifact, None)]
    try:
        percent, _rest = await reader_process.run_reader(coverage_reports.read_coverage, artifact.path, content)
    except reader_process.TooLarge:
        return [(artifact, None)]
    return [] if percent is None else [(artifact, percent)]


async def download_artifacts(context: Context, artifacts: Sequence[Artifact], *, called: str) -> DownloadedFiles:
    """Download them, one after the other. `called` is plain text that says whose they are.

    Raises TargetError when they are too many, or the CircleCIError of a download that broke.
    """
    if len(artifacts) > MOST_FILES:
        raise TargetError(
            _(
                "Those are {count} files, and I carry {most} at once. Narrow them by a path.",
                count=format_number(len(artifacts)),
                most=MOST_FILES,
            )
        )
    items: list[ZipItem] = []
    left: list[str] = []
    for number, artifact in enumerate(artifacts):
        got = await _download(
            context, artifact, _DownloadProgress(number, len(artifacts), sum(len(one.content) for one in items))
        )
        if isinstance(got, str):
            left.append(got)
        else:
            items.append(ZipItem(artifact.path, artifact.node_index, got))
    return DownloadedFiles(tuple(await _build_files(items, called)), tuple(left))


@dataclass(frozen=True, slots=True)
class _DownloadProgress:
    """Which of how many this is, and how many bytes there are already."""

    number: int
    of: int
    so_far: int

    def format_line(self, path: str, now: int, size: int | None) -> str:
        got = f": {_format_bytes(now, size)}" if now else ""
        return f":arrow_down: {self._format_artifact(escape(path))}{got}…"

    def _format_artifact(self, path: str) -> str:
        if self.of == 1:
            return _("Downloading {path}", path=path)
        return _("Downloading {path}, {number} of {count}", path=path, number=self.number + 1, count=self.of)


def _format_bytes(now: int, size: int | None) -> str:
    got = status_blocks.format_size(now)
    return _("{got} of {size}", got=got, size=status_blocks.format_size(size)) if size else got


async def _download(context: Context, artifact: Artifact, journey: _DownloadProgress) -> bytes | str:
    """The bytes, or a sentence that says why not."""
    most = min(MOST_FILE_BYTES, MOST_BYTES - journey.so_far)

    async def show_progress(now: int, size: int | None) -> None:
        await context.progress(journey.format_line(artifact.path, now, size))

    link = as_link(artifact.url, artifact.path)
    where = _("{artifact} (node {number})", artifact=link, number=artifact.node_index)
    await show_progress(0, None)
    try:
        got = await context.circleci.download(artifact.url, most_bytes=max(most, 0), on_progress=show_progress)
    except HIDDEN as error:
        return f"{where}: {error.message}"
    if isinstance(got, TooBig):
        return f"{_format_too_big(where, got, most)} {_format_limit(most)}"
    return got or _("{artifact} is empty.", artifact=where)


def _format_too_big(artifact: str, got: TooBig, most: int) -> str:
    if got.size:
        return _("{artifact} is {size}.", artifact=artifact, size=status_blocks.format_size(got.size))
    return _("{artifact} is more than {size}.", artifact=artifact, size=status_blocks.format_size(most))


def _format_limit(most: int) -> str:
    if most == MOST_FILE_BYTES:
        return _("I carry {size} a file: open it at CircleCI.", size=status_blocks.format_size(MOST_FILE_BYTES))
    return _("I carry {size} in all: open it at CircleCI.", size=status_blocks.format_size(MOST_BYTES))


async def _build_files(items: Sequence[ZipItem], called: str) -> list[File]:
    if len(items) <= MOST_SINGLE_FILES:
        return [_build_file(item, called, several=len({one.node for one in items}) > 1) for item in items]
    packed = await asyncio.to_thread(zip_files, items)
    return [File("artifacts.zip", artifact_blocks.format_count(len(items), called), packed)]


def _build_file(item: ZipItem, called: str, *, several: bool) -> File:
    name = sanitise_path(item.path).rpartition("/")[2]
    title = _("{artifact} (node {number})", artifact=item.path, number=item.node) if several else item.path
    is_picture = name.lower().endswith(PICTURES)
    alt = _("Picture {path}, an artifact of {job}", path=item.path, job=called) if is_picture else ""
    return File(name, title, item.content, alt)
