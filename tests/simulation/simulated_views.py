"""Forms at the simulated Slack: opened by a trigger_id, filled later, handed in by a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_TRIGGER_S = 3.0
"""How long a trigger_id opens a form, once."""


@dataclass
class Views:
    """By the trigger_id that opened each. A trigger_id begins with the second in which Slack gave it."""

    opened: dict[str, Json] = field(default_factory=dict)

    def open(self, said: Json, now_s: float) -> Json:
        trigger = said["trigger_id"]
        if trigger in self.opened:
            return {"error": "exchanged_trigger_id"}
        if now_s - float(trigger.partition(" ")[0]) > _TRIGGER_S:
            return {"error": "expired_trigger_id"}
        self.opened[trigger] = said["view"] | {"id": f"V{len(self.opened)}"}
        return {"view": self.opened[trigger]}

    def update(self, said: Json) -> Json:
        for trigger, view in self.opened.items():
            if view["id"] == said["view_id"]:
                self.opened[trigger] = said["view"] | {"id": view["id"]}
                return {"view": self.opened[trigger]}
        return {"error": "not_found"}

    def find_form(self, trigger: str) -> Json | None:
        """One that can be handed in."""
        view = self.opened.get(trigger)
        return view if view and "submit" in view else None


def read_sections(view: Json) -> str:
    """What it says, but for its small print."""
    return " ".join(str(block["text"]["text"]) for block in view["blocks"] if block["type"] == "section")
