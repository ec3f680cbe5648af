"""A JSON Schema, as documents have them, becomes a shape of ours: kinds, what is required, choices and limits alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Json = Any
Look = Callable[[str], Json]

_FIRST = ("type", "id", "name")
_WORDS = {"string": "text", "integer": "int", "number": "number", "boolean": "bool"}
_FORMATS = {"uuid": "uuid", "date-time": "time"}
_ENDS = {"text": ("minLength", "maxLength"), "int": ("minimum", "maximum"), "number": ("minimum", "maximum")}


def shape_of(schema: Json, look: Look, *, open_: bool) -> Json:
    """`look` gives the shape of what a reference names; `open_` is what the table takes for granted of objects."""
    shape = _shape_of(schema, look, open_=open_)
    is_null = schema.get("x-nullable") is True or schema.get("nullable") is True
    if not is_null:
        return shape
    return f"{shape}{' ' if '= ' in shape else ''}~" if isinstance(shape, str) else {"or": [shape, "nothing"]}


def _shape_of(schema: Json, look: Look, *, open_: bool) -> Json:
    def inner(one: Json) -> Json:
        return shape_of(one, look, open_=open_)

    if "$ref" in schema:
        return look(schema["$ref"])
    if "allOf" in schema:
        return inner({key: value for one in schema["allOf"] for key, value in one.items()})
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return _one_of([inner(one) for one in several])
    if "items" in schema:
        unique = ["unique"] if schema.get("uniqueItems") else []
        count = _range(schema, "minItems", "maxItems") or (".." if unique else "")
        return [inner(schema["items"]), *([count] if count else []), *unique]
    if "properties" in schema or schema.get("type") == "object":
        return _object(schema, inner, open_=open_)
    return _scalar(schema)


def _one_of(shapes: list[Json]) -> Json:
    if len(shapes) == 1:
        return shapes[0]
    is_plain = all(isinstance(one, str) and "= " not in one and "~" not in one for one in shapes)
    return " | ".join(shapes) if is_plain else {"or": shapes}


def _choice(words: list[Any]) -> str:
    if all(isinstance(word, bool) for word in words):
        return "bool"
    if isinstance(words[0], int):
        return f"int = {' | '.join(map(str, words))}"
    return f"= {' | '.join(sorted(words))}"


def _object(schema: Json, inner: Callable[[Json], Json], *, open_: bool) -> Json:
    required = schema.get("required", [])

    def rank(name: str) -> tuple[bool, int, str]:
        return name not in required, _FIRST.index(name) if name in _FIRST else len(_FIRST), name

    held = schema.get("properties", {})
    found = {f"{name}!" if name in required else name: inner(held[name]) for name in sorted(held, key=rank)}
    more = {f"{name}!": "any" for name in required if name not in held}
    return found | more | _rest(schema, inner, open_=open_)


def _rest(schema: Json, inner: Callable[[Json], Json], *, open_: bool) -> Json:
    patterns: Mapping[str, Json] = schema.get("patternProperties", {})
    rest = next(iter(patterns.values()), schema.get("additionalProperties", True))
    if isinstance(rest, bool):
        return {} if rest is open_ else {"*": "any" if rest else "none"}
    return {"*": inner(rest)}


def _scalar(schema: Json) -> str:
    if "const" in schema or "enum" in schema:
        return _choice(schema.get("enum") or [schema["const"]])
    if "type" not in schema:
        return "any"
    word = _FORMATS.get(schema.get("format", ""), _WORDS[schema["type"]])
    size = _range(schema, *_ENDS[word]) if word in _ENDS else ""
    pattern = f" /{schema['pattern']}/" if "pattern" in schema else ""
    return word + (f" {size}" if size else "") + pattern


def _range(schema: Json, least: str, most: str) -> str:
    if least not in schema and most not in schema:
        return ""
    return f"{schema.get(least, '')}..{schema.get(most, '')}"
