"""The body of manifest.yaml, made from the schema of Slack's app manifest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.contracts.making.correcting import Marks, correct
from tests.contracts.making.schemas import shape_of

Json = Any


def manifest(folder: Path, head: Json) -> tuple[Json, Marks]:
    """One shape: the whole manifest, but for what is left out."""
    document = json.loads((folder / "slack" / "manifest.schema.2.0.0.json").read_text(encoding="utf-8"))
    parts = {f"#/definitions/{name}": one for name, one in document["definitions"].items()}
    left_out = re.compile("|".join(head["left_out"]))

    def look(reference: str) -> Json:
        return shape_of(_without(parts[reference], left_out), look, open_=False)

    body = {"shapes": {"Manifest": shape_of(_without(document, left_out), look, open_=False)}}
    return body, correct(head["corrections"], body)


def _without(schema: Json, left_out: re.Pattern[str]) -> Json:
    """The schema without those properties that refer to what is left out."""
    held = schema.get("properties")
    if held is None:
        return schema
    kept = {name: one for name, one in held.items() if not left_out.search(one.get("$ref", ""))}
    return {**schema, "properties": kept}
