"""The body of webhooks.yaml, made from CircleCI's documented samples: kinds of values, and none of the values."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.contracts.making.correcting import Marks, correct
from tests.contracts.shapes import PATTERNS

Json = Any
_VECTORS = "signature-vectors"


def webhooks(folder: Path, head: Json) -> tuple[Json, Marks]:
    """A shape for each sample, and the documented signatures."""
    samples = {path.stem: path for path in sorted((folder / "webhooks").glob("*.json"))}
    vectors = json.loads(samples.pop(_VECTORS).read_text(encoding="utf-8"))["vectors"]
    body = {
        "shapes": {name: _event(json.loads(path.read_text(encoding="utf-8"))) for name, path in samples.items()},
        "signatures": [{"body": row["body"], "secret": row["secret"], "header": row["header"]} for row in vectors],
    }
    return body, correct(head["corrections"], body)


def _event(sample: Json) -> Json:
    return {key: f"= {sample['type']}" if key == "type!" else shape for key, shape in _shape(sample).items()}


def _shape(value: Json) -> Json:
    if isinstance(value, dict):
        return {f"{key}!": _shape(inner) for key, inner in value.items()}
    if isinstance(value, int):
        return "int"
    return next((word for word, pattern in PATTERNS.items() if re.search(pattern, value)), "text")
