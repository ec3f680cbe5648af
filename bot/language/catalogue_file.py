"""A catalogue as translators write it (`de.po`), made into what Python's gettext reads."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO

_PART = re.compile(r'^(?:(msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?(".*")\s*$', re.MULTILINE)
"""A keyword with its string, or a further line of the string before."""
_MAGIC, _HEAD = 0x950412DE, 28


def read_catalogue(text: str, plural: str) -> GNUTranslations:
    """Of a file without a header; `plural` says which form a number takes, as gettext's `Plural-Forms` does."""
    header = f"Content-Type: text/plain; charset=utf-8\nPlural-Forms: {plural}\n"
    return GNUTranslations(BytesIO(_pack({"": header, **dict(_list_translated(text))})))


def _list_translated(text: str) -> Iterator[tuple[str, str]]:
    """What is asked for and what is answered, its forms joined by NUL; nothing where a form is missing."""
    for entry in _read_entries(text):
        told = [value for keyword, value in sorted(entry.items()) if keyword.startswith("msgstr")]
        if entry["msgid"] and all(told):
            asked = [entry[keyword] for keyword in ("msgid", "msgid_plural") if keyword in entry]
            yield "\0".join(asked), "\0".join(told)


def _read_entries(text: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = []
    keyword = ""
    for found, quoted in _PART.findall(text):
        keyword = found or keyword
        if found == "msgid":
            entries.append({})
        entries[-1][keyword] = entries[-1].get(keyword, "") + json.loads(quoted)
    return entries


def _pack(messages: dict[str, str]) -> bytes:
    """The binary form (.mo): a head, where each text is, and the texts, sorted by what is asked for."""
    columns = zip(*sorted((asked.encode(), told.encode()) for asked, told in messages.items()), strict=True)
    table, texts, count = b"", b"", len(messages)
    for text in (text for column in columns for text in column):
        table += struct.pack("<2I", len(text), _HEAD + 16 * count + len(texts))
        texts += text + b"\0"
    return struct.pack("<7I", _MAGIC, 0, count, _HEAD, _HEAD + 8 * count, 0, 0) + table + texts
