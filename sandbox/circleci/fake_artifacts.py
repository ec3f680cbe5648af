"""The artifacts that a job stores: reports, coverage, logs, a picture, and a dump that nobody wants in a chat."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.circleci import hostile_content
from sandbox.circleci.entities import FakeJob

DUMP_BYTES = 24_000_000
"""More than anybody should carry through a chat."""

_LINES = 480
"""Lines of the made-up program; what of them the tests of a node reach, `_count_covered_lines` says."""


@dataclass(frozen=True)
class FakeArtifact:
    """One file from one parallel run. One that `has_moved` lies in a store of its own, at a presigned address."""

    job: FakeJob
    node: int
    path: str

    @property
    def media_type(self) -> str:
        return _TYPES.get(self.path.rpartition(".")[2], "application/octet-stream")

    @property
    def has_moved(self) -> bool:
        return self.path.startswith("dumps/")

    @property
    def content(self) -> bytes:
        return _CONTENTS.get(self.path, _plain)(self)


_TYPES = {
    "html": "text/html",
    "json": "application/json",
    "log": "text/plain",
    "png": "image/png",
    "txt": "text/plain",
    "xml": "application/xml",
}


def list_artifacts(job: FakeJob) -> list[FakeArtifact]:
    """By node, in the order of their steps; there are none before the job ended."""
    if job.status not in {"success", "failed"}:
        return []
    return [FakeArtifact(job, node, path) for node in range(job.plan.parallelism) for path in job.plan.artifacts]


def _plain(artifact: FakeArtifact) -> bytes:
    return f"{artifact.path} of {artifact.job.name} #{artifact.job.number} on node {artifact.node}\n".encode()


def _count_covered_lines(artifact: FakeArtifact) -> int:
    return 419 - 7 * artifact.node


def _cobertura(artifact: FakeArtifact) -> bytes:
    rate = _count_covered_lines(artifact) / _LINES
    return (
        '<?xml version="1.0" ?>\n'
        f'<coverage version="7.6.1" lines-valid="{_LINES}" lines-covered="{_count_covered_lines(artifact)}" '
        f'line-rate="{rate:.4f}" branch-rate="0.7812" complexity="0">\n'
        '  <packages><package name="shop" line-rate="0.9"/></packages>\n</coverage>\n'
    ).encode()


def _summary(artifact: FakeArtifact) -> bytes:
    percent = round(100 * _count_covered_lines(artifact) / _LINES, 2)
    lines = {"total": _LINES, "covered": _count_covered_lines(artifact), "skipped": 0, "pct": percent}
    return json.dumps({"total": {"lines": lines, "statements": lines}}).encode()


def _lcov(artifact: FakeArtifact) -> bytes:
    rest = _count_covered_lines(artifact) - 200
    records = (("cart", 210, 200), ("checkout", _LINES - 210, rest))
    return "".join(f"TN:\nSF:shop/{name}.py\nLF:{of}\nLH:{hit}\nend_of_record\n" for name, of, hit in records).encode()


def _report(artifact: FakeArtifact) -> bytes:
    percent = 100 * _count_covered_lines(artifact) / _LINES
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Coverage report</title></head>'
        f"<body><h1>Coverage report: {percent:.0f}%</h1>"
        f"<p>{_plain(artifact).decode().strip()}</p></body></html>\n"
    ).encode()


def _log(artifact: FakeArtifact) -> bytes:
    lines = (
        f"10:00:{second:02} shop[{artifact.node}] {'POST /checkout 422' if second % 7 == 6 else 'GET /cart 200'}"
        for second in range(60)
    )
    return ("\n".join(lines) + "\n").encode()


def _junit(artifact: FakeArtifact) -> bytes:
    count = 40 // artifact.job.plan.parallelism
    return f'<testsuites><testsuite name="pytest" tests="{count}" hostname="{artifact.node}"/></testsuites>\n'.encode()


def _dump(_artifact: FakeArtifact) -> bytes:
    return bytes(DUMP_BYTES)


def _screenshot(artifact: FakeArtifact) -> bytes:
    """A shop's page as a browser test may have seen it: a bar, four goods, a button; each node another colour."""
    accent = ((52, 120, 246), (109, 59, 191), (8, 122, 61))[artifact.node % 3]
    rows = [bytes(each for x in range(320) for each in _pixel(x, y, accent)) for y in range(200)]
    return _png(320, 200, rows)


def _pixel(x: int, y: int, accent: tuple[int, int, int]) -> tuple[int, int, int]:
    if y < 28 or (160 <= y < 184 and 216 <= x < 300):
        return accent
    if 48 <= y < 140 and 20 <= x < 300 and (x - 20) % 72 < 60:
        return (208, 214, 224) if y < 112 else (120, 128, 140) if y % 10 < 4 else (250, 250, 250)
    return (250, 250, 250)


def _png(width: int, height: int, rows: list[bytes]) -> bytes:
    """Rows of RGB bytes as a picture (PNG specification, sections 5 and 11)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


_CONTENTS: dict[str, Callable[[FakeArtifact], bytes]] = {
    "coverage/index.html": _report,
    "coverage/coverage.xml": _cobertura,
    "coverage/coverage-summary.json": _summary,
    "coverage/lcov.info": _lcov,
    "test-results/junit.xml": _junit,
    "logs/server.log": _log,
    "screenshots/checkout.png": _screenshot,
    "dumps/heap.bin": _dump,
    "hostile/coverage.xml": lambda _artifact: hostile_content.build_coverage(),
    "hostile/jacoco.xml": lambda _artifact: hostile_content.build_jacoco(),
}
