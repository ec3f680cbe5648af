"""Many files as one zip whose names harm nobody who unpacks it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.untrusted.invisible_marks import to_one_line

_UNSAFE = str.maketrans(dict.fromkeys([*map(chr, range(0x20)), *'\x7f<>:"|?*'], "_"))
_PIECE = 120
"""Characters of one part of a path; file systems take 255 bytes."""
_DEEP = 16
"""Parts of a path, the last ones; a zip takes names of 65,535 bytes."""


@dataclass(frozen=True, slots=True)
class ZipItem:
    """One file to pack: `node` keeps those apart that have the same path on several nodes."""

    path: str
    node: int
    content: bytes = field(repr=False)


def zip_files(items: Sequence[ZipItem]) -> bytes:
    """The same items make the same bytes. Of several nodes each has a folder of its own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _name_files(items).items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _name_files(items: Sequence[ZipItem]) -> Mapping[str, bytes]:
    several = len({item.node for item in items}) > 1
    named: dict[str, bytes] = {}
    taken: set[str] = set()
    for item in items:
        path = f"node-{item.node}/{sanitise_path(item.path)}" if several else sanitise_path(item.path)
        name = _make_unique(path, taken)
        taken.add(name.casefold())
        named[name] = item.content
    return named


def _make_unique(path: str, taken: set[str]) -> str:
    """The path, or with a number when there is one like it already; many file systems do not tell case apart."""
    name, number = path, 2
    folder, _, last = path.rpartition("/")
    stem, dot, ending = last.rpartition(".") if "." in last[1:] else (last, "", "")
    while name.casefold() in taken:
        name = f"{folder}{'/' if folder else ''}{stem} ({number}){dot}{ending}"
        number += 1
    return name


def sanitise_path(path: str) -> str:
    """A relative path that stays inside its folder, of names that every system takes."""
    seen = to_one_line(path.translate(_UNSAFE)).replace("\\", "/")
    pieces = (piece.strip(" ") for piece in seen.split("/"))
    kept = [piece[-_PIECE:] for piece in pieces if piece not in {"", ".", ".."}][-_DEEP:]
    return "/".join(piece.rstrip(".") or "_" for piece in kept) or "file"
