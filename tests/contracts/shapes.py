"""The one reader of the tables: a shape, as the tables spell it, becomes a JSON Schema, or an example.

text int number bool uuid time any        a value of this kind; `time` is ISO 8601
nothing none                              null; what is never there
text 1..75   int 0..   number >0..        its length or size, both ends included unless `>`
text /^a+$/                               a pattern, searched
= red | green, int = 0 | 1                one of these words, or numbers
Button | Select                           a shape by its name; several: one of them
PlainTextElement ..75                     a text object whose `text` is that long
[uuid] [uuid, 1..10] [uuid, .., unique]   a list, how many, and whether none comes twice
{id!: uuid, note: text, '*': any}         an object: `!` must be there, `*` is whatever else it holds
{or: [{…}, {…}]}                          one of several
time~                                     … or null
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

Json = Any
FOLDER = Path(__file__).parent
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

PATTERNS = {
    "uuid": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    "time": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
_WORDS: dict[str, Json] = {
    "text": {"type": "string"},
    "int": {"type": "integer"},
    "number": {"type": "number"},
    "bool": {"type": "boolean"},
    **{word: {"type": "string", "pattern": pattern} for word, pattern in PATTERNS.items()},
    "any": {},
    "nothing": {"type": "null"},
    "none": False,
}
_EXAMPLES = {
    "text": "text",
    "int": 25,
    "number": 2.5,
    "bool": True,
    "uuid": "5034460f-c7c4-4c43-9457-de07e2029e7b",
    "time": "2026-11-23T09:00:00.123Z",
    "any": "text",
}
_TERM = re.compile(r"(?P<word>\w+)(?: (?P<range>>?[\d.]*\.\.\d*))?(?: /(?P<pattern>.*)/)?")
_BOUNDS = {"text": ("minLength", "maxLength"), "int": ("minimum", "maximum"), "number": ("minimum", "maximum")}


@cache
def table(name: str) -> Json:
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), LOADER)  # noqa: S506 -- it is a safe one


def bare(key: str) -> str:
    """A property's name without its mark."""
    return key.removesuffix("!")


def members(shape: Json) -> Iterator[tuple[str, Json]]:
    """Names and shapes of an object's properties."""
    yield from ((bare(key), inner) for key, inner in shape.items() if key != "*")


def limits(text: str) -> tuple[float | None, float | None, bool]:
    """Low, high, and whether the low end is left out: `1..75`, `..75`, `>0..`."""
    low, _, high = text.removeprefix(">").partition("..")
    return (float(low) if low else None, float(high) if high else None, text.startswith(">"))


def _find_errors_of_kind(
    validator: jsonschema.Draft7Validator, kinds: Mapping[str, Json], value: Json, _schema: Json
) -> Iterator[jsonschema.ValidationError]:
    """By the schema of its `type` alone. With an `if` for each kind, these took most of the time."""
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind in kinds:
        yield from validator.descend(value, kinds[kind], schema_path=kind)


Validator = jsonschema.validators.extend(jsonschema.Draft7Validator, {"kinds": _find_errors_of_kind})
"""JSON Schema, and our own `kinds`: a schema for each `type` of an object."""


class Shapes:
    """A table's named shapes. `open_`: an object may hold what is not named, unless its `*` says otherwise."""

    def __init__(self, named: Mapping[str, Json], *, open_: bool) -> None:
        self.named = named
        self.open = open_
        self._definitions = {name: self.schema(shape) for name, shape in named.items()}
        self._validators: dict[str, jsonschema.Draft7Validator] = {}

    def validator(self, shape: Json) -> jsonschema.Draft7Validator:
        """One for each shape: it looks up the names that the shape holds but once."""
        key = repr(shape)
        if key not in self._validators:
            self._validators[key] = Validator({"definitions": self._definitions, "allOf": [self.schema(shape)]})
        return self._validators[key]

    def schema(self, shape: Json) -> Json:
        if isinstance(shape, list):
            return self._list(*shape)
        if isinstance(shape, dict):
            return self._any([self.schema(one) for one in shape["or"]]) if "or" in shape else self._object(shape)
        if shape.endswith("~"):
            return {"anyOf": [self.schema(shape[:-1].rstrip()), {"type": "null"}]}
        kind, is_choice, words = shape.partition("= ")
        if is_choice:
            return {"enum": [int(word) if kind else word for word in words.split(" | ")]}
        return self._one_of(shape.split(" | ")) if " | " in shape else self._term(shape)

    def follow(self, shape: Json) -> Json:
        """What a name stands for; anything else is itself."""
        while isinstance(shape, str) and shape.split(" ")[0] in self.named and " | " not in shape:
            shape = self.named[shape.split(" ")[0]]
        return shape

    def _list(self, item: Json, count: str = "..", *unique: str) -> Json:
        low, high, _ = limits(count)
        size = {key: int(end) for key, end in (("minItems", low), ("maxItems", high)) if end is not None}
        return {"type": "array", "items": self.schema(item), "uniqueItems": bool(unique), **size}

    def _object(self, shape: Json) -> Json:
        rest = self.schema(shape["*"]) if "*" in shape else self.open
        return {
            "type": "object",
            "properties": {name: self.schema(inner) for name, inner in members(shape)},
            "required": [bare(key) for key in shape if key.endswith("!")],
            "additionalProperties": rest,
        }

    def _one_of(self, names: list[str]) -> Json:
        """By its `type` where each has one: quicker than to try them all, and it says better what is wrong."""
        kinds = self.kinds(" | ".join(names))
        if kinds is None:
            return {"anyOf": [self.schema(name) for name in names]}
        return {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"enum": list(kinds)}},
            "kinds": {kind: self._any([self.schema(one) for one in of]) for kind, of in kinds.items()},
        }

    def kinds(self, shape: str) -> dict[str, list[str]] | None:
        """Alternatives, also those of named ones, by the word of their `type`; None where one has no such word."""
        found: dict[str, list[str]] = {}
        for name in self._alternatives(shape):
            kind = _kind(self.follow(name))
            if kind is None:
                return None
            for word in kind.split(" | "):
                found.setdefault(word, []).append(name)
        return found

    def _alternatives(self, shape: str) -> Iterator[str]:
        for name in shape.split(" | "):
            inner = self.follow(name)
            is_several = isinstance(inner, str) and inner != name and " | " in inner
            yield from self._alternatives(inner) if is_several else [name]

    @staticmethod
    def _any(schemas: list[Json]) -> Json:
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def _term(self, shape: str) -> Json:
        parts = _TERM.fullmatch(shape)
        assert parts, f"{shape!r} is no shape"
        word = parts["word"]
        if word in self.named:
            named = {"$ref": f"#/definitions/{word}"}
            size = _sized("text", parts["range"])
            return {"allOf": [named, {"properties": {"text": size}}]} if size else named
        known = _WORDS[word]
        pattern = {"pattern": parts["pattern"]} if parts["pattern"] else {}
        return known if known is False else {**known, **_sized(word, parts["range"]), **pattern}

    def sample(self, shape: Json, *, full: bool) -> Json:
        """An example: all that it may hold, or (not full) null and missing wherever that is allowed."""
        shape = self.follow(shape)
        if isinstance(shape, list):
            return [self.sample(shape[0], full=full)]
        if isinstance(shape, dict):
            return self.sample(shape["or"][0], full=full) if "or" in shape else self._sample(shape, full=full)
        if shape.endswith("~"):
            return self.sample(shape[:-1].rstrip(), full=True) if full else None
        kind, is_choice, words = shape.partition("= ")
        first = words.split(" | ")[0]
        if is_choice:
            return int(first) if kind else first
        first = shape.split(" | ")[0]
        return self.sample(first, full=full) if first != shape else _EXAMPLES[shape.split(" ")[0]]

    def _sample(self, shape: Json, *, full: bool) -> Json:
        held = {bare(key): inner for key, inner in shape.items() if key.endswith("!") or (full and key != "*")}
        if full and shape.get("*", "none") not in ("none", "any"):
            held["extra"] = shape["*"]
        return {name: self.sample(inner, full=full) for name, inner in held.items()}


def _kind(shape: Json) -> str | None:
    """The words that an object may have for its `type`."""
    first = shape["or"][0] if isinstance(shape, dict) and "or" in shape else shape
    word = str(first.get("type!", "")) if isinstance(first, dict) else ""
    return word.removeprefix("= ") if word.startswith("= ") else None


def _sized(word: str, size: str | None) -> Json:
    if not size:
        return {}
    low, high, is_beyond = limits(size)
    least, most = _BOUNDS[word]
    least = "exclusiveMinimum" if is_beyond else least
    return {key: int(end) for key, end in ((least, low), (most, high)) if end is not None}
