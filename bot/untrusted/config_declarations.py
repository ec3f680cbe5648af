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
MOST_NODES = 50_000
"""Nodes: a scalar, a list or a mapping is one."""
MOST_DECLARED = 1_000
"""CircleCI takes 100 of them at a time."""
MOST_OUTPUT_CHARS = 2_000_000
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


class UnreadableConfig(Exception):
    """No YAML of one document, or more than anybody may ask us to read."""


@dataclass(slots=True, eq=False)
class YamlNode:
    """A scalar has `text`, a list `items`, a mapping keys and values in turn as `items`. `merge` is the key `<<`.

    What is `plain`, neither quoted nor tagged, may mean something else than its text.
    """

    kind: Literal["scalar", "merge", "list", "mapping"]
    text: str = ""
    plain: bool = False
    items: list[YamlNode] = field(default_factory=list)


def read_declarations(_asked: Any, text: bytes) -> tuple[Any, bytes]:
    """A reader. `[name, type, default, choices, description]` of each, in order; None if unreadable.

    A default is None where there is none, and of the declared type where it is a scalar of it in YAML 1.1: `010` is 8
    as an integer, and `on` is true as a boolean. As a string both stay what they look like.
    """
    try:
        top = _ParameterCollector().collect(text)
        return list(_DeclarationReader().list_declarations(top)), b""
    except (UnreadableConfig, yaml.YAMLError, ValueError):
        return None, b""


class _ParameterCollector:
    """Goes through the events once, and keeps what is wanted."""

    def __init__(self) -> None:
        self._top = YamlNode("mapping")
        self._anchors: dict[str, YamlNode] = {}
        self._around: list[YamlNode | None] = []
        """The collections around what comes next, None for one that is not kept; the first is the top."""
        self._key: YamlNode | None = None
        """The top-level key whose value comes next."""
        self._left = MOST_NODES

    def collect(self, text: bytes) -> YamlNode:
        """The top-level mapping with what is wanted of it. Raises Unreadable and yaml.YAMLError."""
        if len(text) > MOST_BYTES:
            raise UnreadableConfig
        documents = 0
        for event in yaml.parse(text.decode("utf-8", "replace"), Loader=_LOADER):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1 or len(self._around) > MOST_DEPTH:
                raise UnreadableConfig
            if isinstance(event, _CLOSING):
                self._around.pop()
            elif isinstance(event, yaml.NodeEvent):
                self._handle_event(event)
        return self._top

    def _handle_event(self, event: yaml.NodeEvent) -> None:
        node: YamlNode | None
        if not self._around:
            node = self._open_top(event)
        elif len(self._around) == 1:
            node = self._handle_top_level(event)
        else:
            inside = self._around[-1]
            node = self._make_node(event) if inside or event.anchor else None
            if inside and node:
                inside.items.append(node)
        if isinstance(event, _OPENING):
            self._around.append(node)

    def _open_top(self, event: yaml.NodeEvent) -> YamlNode:
        """The top itself."""
        if not isinstance(event, yaml.MappingStartEvent):
            raise UnreadableConfig
        if event.anchor:
            self._anchors[event.anchor] = self._top
        return self._top

    def _handle_top_level(self, event: yaml.NodeEvent) -> YamlNode | None:
        """Keys and values in turn."""
        key = self._key
        if key is None:
            self._key = self._make_node(event)
            return self._key
        self._key = None
        wanted = key.kind == "merge" or (key.kind == "scalar" and key.text == _PARAMETERS)
        node = self._make_node(event) if wanted or event.anchor else None
        if wanted and node:
            self._top.items += [key, node]
        return node

    def _make_node(self, event: yaml.NodeEvent) -> YamlNode:
        """The node, or the one that an alias means. Raises Unreadable."""
        if isinstance(event, yaml.AliasEvent):
            return self._resolve_alias(event.anchor)
        self._left -= 1
        if self._left < 0:
            raise UnreadableConfig
        node = _build_node(event)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _resolve_alias(self, anchor: str | None) -> YamlNode:
        if anchor not in self._anchors:
            raise UnreadableConfig
        return self._anchors[anchor]


def _build_node(event: yaml.NodeEvent) -> YamlNode:
    if isinstance(event, yaml.ScalarEvent):
        merges = event.tag == _MERGE or (event.value == "<<" and event.implicit[0])
        return YamlNode("merge" if merges else "scalar", event.value[:MOST_CHARS], plain=event.implicit[0])
    return YamlNode("mapping" if isinstance(event, yaml.MappingStartEvent) else "list")


class _DeclarationReader:
    """What the kept nodes declare, with a limit on what aliases and merges may make of them."""

    def __init__(self) -> None:
        self._left = MOST_OUTPUT_CHARS

    def list_declarations(self, top: YamlNode) -> Iterator[tuple[str, str, Default, list[str], str]]:
        """Raises Unreadable."""
        declared = self._merge_entries(self._merge_entries(top).get(_PARAMETERS))
        if len(declared) > MOST_DECLARED:
            raise UnreadableConfig
        for name, node in declared.items():
            said = self._merge_entries(node)
            listed = said.get("enum")
            choices = [self._get_text(item) for item in listed.items] if listed and listed.kind == "list" else []
            kind = self._get_text(said.get("type")) or "string"
            default = self._parse_default(kind, said["default"]) if "default" in said else None
            yield name, kind, default, choices, self._get_text(said.get("description"))

    def _parse_default(self, kind: str, node: YamlNode) -> Default:
        text = self._get_text(node)
        if not node.plain or len(text) == MOST_CHARS:
            return text
        if yaml_scalars.is_null(text):
            return ""
        meant = {"boolean": yaml_scalars.parse_boolean, "integer": yaml_scalars.parse_integer}.get(
            kind, lambda _text: None
        )(text)
        return text if meant is None or abs(meant) > MOST_INTEGER else meant

    def _merge_entries(self, node: YamlNode | None, depth: int = 0) -> dict[str, YamlNode]:
        """By key; those merged in by `<<` come first and give way. Merges are followed three deep, ten wide."""
        if node is None or node.kind != "mapping":
            return {}
        own: dict[str, YamlNode] = {}
        merged: dict[str, YamlNode] = {}
        for key, value in zip(node.items[::2], node.items[1::2], strict=False):
            self._spend(key.text)
            if key.kind == "merge" and depth < _MERGES_DEEP:
                for source in value.items[:_MERGES_WIDE] if value.kind == "list" else [value]:
                    merged = self._merge_entries(source, depth + 1) | merged
            elif key.kind == "scalar":
                own[key.text] = value
        return merged | own

    def _get_text(self, node: YamlNode | None) -> str:
        text = node.text if node and node.kind in {"scalar", "merge"} else ""
        self._spend(text)
        return text

    def _spend(self, text: str) -> None:
        self._left -= _AN_ENTRY + len(text)
        if self._left < 0:
            raise UnreadableConfig
