"""Markdown for the page: markdown-it reads it here, and the page makes DOM of the tree; nothing is sent as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

# Without text_join an escaped character stays a node of its own, so that `\<@U0ADA>` does not become a mention.
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_PARSER.disable("text_join")


def add_markdown_trees(value: Any) -> Any:
    """A copy in which every markdown block, however deep, has its `tree`."""
    if isinstance(value, list):
        return [add_markdown_trees(each) for each in value]
    if not isinstance(value, dict):
        return value
    copied = {key: add_markdown_trees(each) for key, each in value.items()}
    if copied.get("type") == "markdown" and isinstance(copied.get("text"), str):
        copied["tree"] = parse_markdown(copied["text"])
    return copied


def parse_markdown(text: str) -> list[dict[str, Any]]:
    """Nodes such as `{"type": "heading", "tag": "h1", "text": "", "attrs": {}, "children": […]}`."""
    return list(_describe(SyntaxTreeNode(_PARSER.parse(text)).children))


def _describe(nodes: Iterable[SyntaxTreeNode]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if node.type == "inline" or node.hidden:
            yield from _describe(node.children)
        else:
            children = list(_describe(node.children))
            yield {"type": node.type, "tag": node.tag, "text": node.content, "attrs": node.attrs, "children": children}
