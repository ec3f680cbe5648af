"""What CircleCI was asked to change in somebody's name, and what it called that: for the record of acts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

_IDS = ("id", "number", "workflow_id")
"""The fields of an answer that name what there is now. Nothing else of it is kept: it may hold values."""

_LONGEST_ID = 100


@dataclass(slots=True)
class AskedChange:
    """One request that is no read. Its body is not kept. `status` is 0 until there is an answer."""

    method: str
    path: str
    status: int = 0
    request_id: str | None = None
    ids: dict[str, str] = field(default_factory=dict)

    def end(self, status: int, request_id: str | None, content: bytes = b"") -> None:
        self.status, self.request_id, self.ids = status, request_id, _find_ids(content)

    def to_json(self) -> dict[str, Any]:
        answered = {"request": self.request_id, "ids": self.ids}
        return {"asked": f"{self.method} /{self.path}", "status": self.status} | {
            k: v for k, v in answered.items() if v
        }


def _find_ids(content: bytes) -> dict[str, str]:
    try:
        said = json.loads(content) if content else {}
    except ValueError:
        return {}
    found = {name: said.get(name) for name in _IDS} if isinstance(said, dict) else {}
    return {name: str(value)[:_LONGEST_ID] for name, value in found.items() if isinstance(value, str | int)}
