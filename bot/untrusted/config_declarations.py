"""What a CircleCI config declares at its top, read off YAML's events: it is never composed or constructed.

Events come from a parser that keeps its own stack, so that no depth harms us. Of what they tell only the top-level
`parameters` is kept, and whatever has an anchor, since an alias in there may mean it. How much is kept, how deep it
lies and how much aliases and merges make of it is limited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from bot.untrusted import yaml_scalars

MOST_BYTES = 2_000_000
MOST_DEPTH = 100
MOST_KEPT = 50_000
"""Nodes: a scalar, a list or a mapping is one."""
MOST_DECLARED = 1_000
"""CircleCI takes 100 of them at a time."""
MOST_TOLD = 2_000_000
"""Characters of what is read, with 20 for each entry on the way: what aliases repeat counts each time."""
MOST_CHARS = 1_000
"""Of one scalar; CircleCI takes values of 512."""
MOST_INTEGER = 2**63 - 1

Default = str | int | bool | None

_AN_ENTRY = 20
_MERGES_DEEP = 3
_MERGES_WIDE = 10
_MERGE = "tag:yaml.org,2002:merge"
_PARAMETERS = "parameters"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class Unreadable(Exception):
    """No YAML of one document, or more than anybody may ask us to read."""


@dataclass(slots=True, eq=False)
class Node:
    """A scalar has `text`, a list `items`, a mapping keys and values in turn as `items`. `merge` is the key `<<`.

    What is `plain`, neither quoted nor tagged, may mean something else than its text.
    """

    kind: Literal["scalar", "merge", "list", "mapping"]
    text: str = ""
    plain: bool = False
    items: list[Node] = field(default_factory=list)


def declarations(_asked: Any, text: bytes) -> tuple[Any, bytes]:
    """A reader. `[name, type, default, choices, description]` of each, in order; None if unreadable.

    A default is None where there is none, and of the declared type where it is a scalar of it in YAML 1.1: `010` is 8
    as an integer, and `on` is true as a boolean. As a string both stay what they look like.
    """
    try:
        top = _Kept().of(text)
        return list(_Telling().declared(top)), b""
    except (Unreadable, yaml.YAMLError, ValueError):
        return None, b""


class _Kept:
    """Goes through the events once, and keeps what is wanted."""

    def __init__(self) -> None:
        self._top = Node("mapping")
        self._anchors: dict[str, Node] = {}
        self._around: list[Node | None] = []
        """The collections around what comes next, None for one that is not kept; the first is the top."""
        self._key: Node | None = None
        """The top-level key whose value comes next."""
        self._left = MOST_KEPT

    def of(self, text: bytes) -> Node:
        """The top-level mapping with what is wanted of it. Raises Unreadable and yaml.YAMLError."""
        if len(text) > MOST_BYTES:
            raise Unreadable
        documents = 0
        for event in yaml.parse(text.decode("utf-8", "replace"), Loader=_LOADER):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1 or len(self._around) > MOST_DEPTH:
                raise Unreadable
            if isinstance(event, _CLOSING):
                self._around.pop()
            elif isinstance(event, yaml.NodeEvent):
                self._meet(event)
        return self._top

    def _meet(self, event: yaml.NodeEvent) -> None:
        node: Node | None
        if not self._around:
            node = self._opened(event)
        elif len(self._around) == 1:
            node = self._met_at_top(event)
        else:
            inside = self._around[-1]
            node = self._made(event) if inside or event.anchor else None
            if inside and node:
                inside.items.append(node)
        if isinstance(event, _OPENING):
            self._around.append(node)

    def _opened(self, event: yaml.NodeEvent) -> Node:
        """The top itself."""
        if not isinstance(event, yaml.MappingStartEvent):
            raise Unreadable
        if event.anchor:
            self._anchors[event.anchor] = self._top
        return self._top

    def _met_at_top(self, event: yaml.NodeEvent) -> Node | None:
        """Keys and values in turn."""
        key = self._key
        if key is None:
            self._key = self._made(event)
            return self._key
        self._key = None
        wanted = key.kind == "merge" or (key.kind == "scalar" and key.text == _PARAMETERS)
        node = self._made(event) if wanted or event.anchor else None
        if wanted and node:
            self._top.items += [key, node]
        return node

    def _made(self, event: yaml.NodeEvent) -> Node:
        """The node, or the one that an alias means. Raises Unreadable."""
        if isinstance(event, yaml.AliasEvent):
            return self._meant(event.anchor)
        self._left -= 1
        if self._left < 0:
            raise Unreadable
        node = _node(event)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _meant(self, anchor: str | None) -> Node:
        if anchor not in self._anchors:
            raise Unreadable
        return self._anchors[anchor]


def _node(event: yaml.NodeEvent) -> Node:
    if isinstance(event, yaml.ScalarEvent):
        merges = event.tag == _MERGE or (event.value == "<<" and event.implicit[0])
        return Node("merge" if merges else "scalar", event.value[:MOST_CHARS], plain=event.implicit[0])
    return Node("mapping" if isinstance(event, yaml.MappingStartEvent) else "list")


class _Telling:
    """What the kept nodes declare, with a limit on what aliases and merges may make of them."""

    def __init__(self) -> None:
        self._left = MOST_TOLD

    def declared(self, top: Node) -> Iterator[tuple[str, str, Default, list[str], str]]:
        """Raises Unreadable."""
        declared = self._entries(self._entries(top).get(_PARAMETERS))
        if len(declared) > MOST_DECLARED:
            raise Unreadable
        for name, node in declared.items():
            said = self._entries(node)
            listed = said.get("enum")
            choices = [self._scalar(item) for item in listed.items] if listed and listed.kind == "list" else []
            kind = self._scalar(said.get("type")) or "string"
            default = self._default(kind, said["default"]) if "default" in said else None
            yield name, kind, default, choices, self._scalar(said.get("description"))

    def _default(self, kind: str, node: Node) -> Default:
        text = self._scalar(node)
        if not node.plain or len(text) == MOST_CHARS:
            return text
        if yaml_scalars.is_null(text):
            return ""
        meant = {"boolean": yaml_scalars.boolean, "integer": yaml_scalars.integer}.get(kind, lambda _text: None)(text)
        return text if meant is None or abs(meant) > MOST_INTEGER else meant

    def _entries(self, node: Node | None, depth: int = 0) -> dict[str, Node]:
        """By key; those merged in by `<<` come first and give way. Merges are followed three deep, ten wide."""
        if node is None or node.kind != "mapping":
            return {}
        own: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for key, value in zip(node.items[::2], node.items[1::2], strict=False):
            self._spend(key.text)
            if key.kind == "merge" and depth < _MERGES_DEEP:
                for source in value.items[:_MERGES_WIDE] if value.kind == "list" else [value]:
                    merged = self._entries(source, depth + 1) | merged
            elif key.kind == "scalar":
                own[key.text] = value
        return merged | own

    def _scalar(self, node: Node | None) -> str:
        text = node.text if node and node.kind in {"scalar", "merge"} else ""
        self._spend(text)
        return text

    def _spend(self, text: str) -> None:
        self._left -= _AN_ENTRY + len(text)
        if self._left < 0:
            raise Unreadable
