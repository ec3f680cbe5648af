"""CircleCI's own OpenAPI document: which operation a request is, whether it is allowed, and what it may answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[2] / "../shared/specs/circleci-openapi.json"

Json = dict[str, Any]


@cache
def document() -> Json:
    found: Json = json.loads(DOCUMENT.read_text())
    return found


def resolved(node: Any) -> Any:
    """The node with its references followed."""
    if isinstance(node, list):
        return [resolved(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return resolved(target)
    return {key: resolved(value) for key, value in node.items()}


@dataclass(frozen=True)
class Operation:
    method: str
    template: str

    @property
    def _said(self) -> Json:
        said: Json = document()["paths"][self.template][self.method.lower()]
        return said

    @property
    def queries(self) -> dict[str, Json]:
        """Declared query parameters by name."""
        above = document()["paths"][self.template].get("parameters", [])
        declared = resolved(self._said.get("parameters", []) + above)
        return {one["name"]: one for one in declared if one["in"] == "query"}

    @property
    def body(self) -> Json | None:
        """The schema of the request's JSON; None where there is to be no body."""
        content = resolved(self._said.get("requestBody", {})).get("content", {})
        return content["application/json"]["schema"] if content else None

    def answers(self) -> dict[int, Json]:
        """The schemas of the answers that mean success, by status."""
        found = {int(status): resolved(one) for status, one in self._said["responses"].items() if status[0] == "2"}
        return {status: one["content"]["application/json"]["schema"] for status, one in found.items()}


def operation(method: str, path: str) -> Operation | None:
    """The operation that a path below /api/v2 belongs to, the most literal one where several fit."""
    fitting = [
        template
        for template, methods in document()["paths"].items()
        if method.lower() in methods and re.fullmatch(_pattern(template), path)
    ]
    best = min(fitting, key=lambda template: template.count("{"), default=None)
    return Operation(method, best) if best else None


_SEGMENTS = {"{project-slug}": 3, "{org-slug}": 2}


def _pattern(template: str) -> str:
    """Slugs stand for several segments, each encoded by itself; the other names for one."""
    parts = re.split(r"(\{[^}]+\})", template)
    return "".join(
        "/".join([r"[^/]+"] * _SEGMENTS.get(part, 1)) if part.startswith("{") else re.escape(part) for part in parts
    )


def sample(schema: Json, *, full: bool) -> Any:
    """An answer of this schema: all that it may hold, or (not full) null and missing wherever that is allowed."""
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            return sample(schema[key][0], full=full)
    if schema.get("type") == "array":
        return [sample(schema["items"], full=full)]
    if schema.get("type") == "object" or "properties" in schema:
        return _object(schema, full=full)
    return _scalar(schema)


def _object(schema: Json, *, full: bool) -> Json:
    required = schema.get("required", [])
    found = {}
    for name, inner in schema.get("properties", {}).items():
        nullable = inner.get("x-nullable") or inner.get("nullable")
        if full or name in required:
            found[name] = None if nullable and not full else sample(inner, full=full)
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict) and full:
        found["extra"] = sample(extra, full=full)
    return found


def _scalar(schema: Json) -> Any:
    if schema.get("format") == "uuid":
        return "5034460f-c7c4-4c43-9457-de07e2029e7b"
    if schema.get("format") == "date-time":
        return "2026-11-23T09:00:00.123Z"
    return {"integer": 25, "number": 2.5, "boolean": True}.get(schema.get("type", ""), schema.get("example", "text"))


def properties(schema: Json) -> set[str]:
    """Names of an object's, or of a list's objects', properties."""
    if schema.get("type") == "array":
        return properties(schema["items"])
    return set(schema.get("properties", {}))
