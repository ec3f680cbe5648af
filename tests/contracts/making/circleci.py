"""The body of circleci.yaml, made from CircleCI's OpenAPI document; and that of webhooks.yaml, from its samples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.contracts.making.correcting import Marks, correct, inside, named
from tests.contracts.making.schemas import shape_of

Json = Any
_METHODS = ("get", "post", "put", "patch", "delete")
_MESSAGE = {"message"}


def operations(folder: Path, head: Json) -> tuple[Json, Marks]:
    """Shapes and operations: what may be asked, what must be sent, what is answered."""
    document = json.loads((folder / "circleci-openapi.json").read_text(encoding="utf-8"))
    found = {name: _operation(document, said) for name, said in _chosen(document, head["left_out"])}
    names = {name: _place(found, place) for name, place in head["names"].items()}
    body = {
        "shapes": {name: named(shape, names, is_root=True) for name, shape in names.items()},
        "operations": named(found, names),
    }
    return body, correct(head["corrections"], body)


def _chosen(document: Json, left_out: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    for path, methods in sorted(document["paths"].items()):
        shared = methods.get("parameters", [])
        for method in _METHODS:
            name = f"{method.upper()} {path}"
            if method in methods and not any(re.match(pattern, name) for pattern in left_out):
                yield name, {**methods[method], "parameters": [*methods[method].get("parameters", []), *shared]}


def _operation(document: Json, said: Json) -> Json:
    responses = {status: _resolved(document, one) for status, one in said["responses"].items()}
    for status, one in responses.items():
        assert status[0] == "2" or set(_content(one)["properties"]) == _MESSAGE, status
    errors = [int(status) for status in responses if status.isdigit() and status[0] != "2"]
    found = {
        "query": _queries(document, said["parameters"]),
        "body": _shape(document, _content(_resolved(document, said["requestBody"]))) if "requestBody" in said else {},
        **{int(status): _shape(document, _content(one)) for status, one in responses.items() if status[0] == "2"},
        "errors": " ".join(map(str, errors)),
    }
    return {key: value for key, value in found.items() if value or isinstance(key, int) or _takes(said, key)}


def _takes(said: Json, key: str) -> bool:
    return key == "body" and "requestBody" in said


def _queries(document: Json, parameters: Json) -> Json:
    declared = (_resolved(document, one) for one in parameters)
    queries = {one["name"]: one for one in declared if one["in"] == "query"}
    return {
        f"{name}!" if one.get("required") else name: _shape(document, one["schema"])
        for name, one in sorted(queries.items())
    }


def _shape(document: Json, schema: Json) -> Json:
    return shape_of(schema, lambda ref: _shape(document, _at(document, ref)), open_=True)


def _content(response: Json) -> Json:
    return response["content"]["application/json"]["schema"]


def _resolved(document: Json, node: Json) -> Json:
    return _at(document, node["$ref"]) if "$ref" in node else node


def _at(document: Json, reference: str) -> Json:
    return inside(document, reference.removeprefix("#/").split("/"))


def _place(found: Json, place: str) -> Json:
    """`GET /workflow/{id} 200 items item` in the operations."""
    method, path, status, *steps = place.split()
    return inside(found[f"{method} {path}"][int(status) if status.isdigit() else status], steps)
