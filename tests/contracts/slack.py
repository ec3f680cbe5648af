"""Slack by the tables: its methods, the shapes of its blocks and views, its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema

from tests.contracts.shapes import Shapes, table

Json = Any

_BLOCK_KIT = table("block_kit")
_METHODS = table("methods")
_MANIFEST = table("manifest")

BLOCKS = Shapes(_BLOCK_KIT["shapes"], open_=_BLOCK_KIT["open"])
KINDS: Mapping[str, list[str]] = BLOCKS.kinds("KnownBlock") or {}
"""The names of the shapes that a block of this type may have."""
SURFACES: Mapping[str, list[str]] = {kind: said.split() for kind, said in _BLOCK_KIT["surfaces"].items()}
"""Where a block of this type may stand: message, modal, home."""
LIMITS: Mapping[str, int] = _BLOCK_KIT["limits"]
MANIFEST = Shapes(_MANIFEST["shapes"], open_=_MANIFEST["open"]).validator("Manifest")


def validator(shape: str) -> jsonschema.Draft7Validator:
    """For a shape of Block Kit, or several: `SectionBlock`, `ModalView`."""
    return BLOCKS.validator(shape)


@dataclass(frozen=True)
class Method:
    """A method of the Web API. `tier` is None where its limit is a special one, or not told."""

    tier: int | None
    scopes: frozenset[str]
    need: frozenset[str]
    """What its page says must be there; `sdk` is what only the SDK's signature asks for."""
    sdk: frozenset[str]
    may: frozenset[str]
    errors: frozenset[str]

    @property
    def arguments(self) -> frozenset[str]:
        return self.need | self.sdk | self.may


def _method(row: Json) -> Method:
    words = {name: frozenset(row.get(name, "").split()) for name in ("scopes", "need", "sdk", "may", "errors")}
    everywhere = frozenset(_METHODS["everywhere"].split())
    return Method(tier=row.get("tier"), **words | {"errors": words["errors"] | everywhere})


METHODS: Mapping[str, Method] = {name: _method(row) for name, row in _METHODS["methods"].items()}
