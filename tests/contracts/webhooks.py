"""CircleCI's webhooks by the table: a body of each documented kind, and the documented signatures."""

from __future__ import annotations

import json
from typing import Any

from tests.contracts.shapes import Shapes, table

Json = Any

_TABLE = table("webhooks")
SHAPES = Shapes(_TABLE["shapes"], open_=_TABLE["open"])
KINDS = tuple(SHAPES.named)
SIGNATURES: list[dict[str, str]] = _TABLE["signatures"]
"""`body` signed with `secret` has this `header`."""
_SLUGS = {True: "github/acme/web", False: "circleci/DdaVtNusHqi24D4YT3X4eu/6EkDPZoN4ZdMKKZtBkRodt"}


def body(kind: str) -> bytes:
    """The raw body of an event with everything that its documented sample has; slugs are the long ones."""
    event = SHAPES.sample(kind, full=True)
    if "project" in event:
        event["project"]["slug"] = _SLUGS["vcs" in event["pipeline"]]
    return json.dumps(event).encode()


def keys(value: Json) -> Json:
    """The names of an object's properties, and of theirs."""
    return {key: keys(inner) for key, inner in value.items()} if isinstance(value, dict) else None
