"""How a person in the sandbox's Slack acts, and fills in a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.slack.block_kit.element_types import list_options

Json = dict[str, Any]


@dataclass
class FormFilling:
    """`http` asks the sandbox, which is at `url`."""

    url: str
    http: httpx.AsyncClient

    async def _post_action(self, what: str, as_: str, **body: Any) -> Json:
        answer = await self.http.post(
            f"/_page/{what}", json={"as": as_, **{k: v for k, v in body.items() if v is not None}}
        )
        assert answer.is_success, f"{what}: {answer.text}"
        return answer.json() if answer.content else {}

    async def _fill_form(self, view: Json, values: dict[str, str], as_: str) -> Json:
        """The state of its inputs."""
        state: Json = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                name = next(
                    (one for one in values if block["block_id"] == one or block["block_id"].startswith(f"{one}@")), None
                )
                filled = await self._fill_field(view, block, values.get(name) if name else None, as_)
                state[block["block_id"]] = {block["element"]["action_id"]: filled}
        return state

    async def _fill_field(self, view: Json, block: Json, value: str | None, as_: str) -> Json:
        element = block["element"]
        kind = element["type"]
        if kind == "multi_users_select":
            return {"type": kind, "selected_users": value.split(",") if value else element.get("initial_users", [])}
        if kind.startswith("multi_") or kind == "checkboxes":
            if value is None:
                return {"type": kind, "selected_options": element.get("initial_options", [])}
            chosen = [await self._get_option(view, element, block, one, as_) for one in value.split(",") if one]
            return {"type": kind, "selected_options": chosen}
        if "select" in kind or kind == "radio_buttons":
            return {"type": kind, **await self._choose_one(view, block, value, as_)}
        return {"type": kind, "value": value if value is not None else element.get("initial_value")}

    async def _choose_one(self, view: Json, block: Json, value: str | None, as_: str) -> Json:
        element = block["element"]
        if element["type"] == "conversations_select":
            return {"selected_conversation": value or element.get("initial_conversation")}
        if value is None:
            return {"selected_option": element.get("initial_option")}
        return {"selected_option": await self._get_option(view, element, block, value, as_)}

    async def _get_option(self, view: Json, element: Json, block: Json, value: str, as_: str) -> Json:
        options = list_options(element)
        if element["type"].endswith("external_select"):
            answer = await self._post_action(
                "suggest",
                as_,
                view_id=view["id"],
                block_id=block["block_id"],
                action_id=element["action_id"],
                value=value,
            )
            options = answer["options"]
        found = [one for one in options if value in (one["value"], one["text"]["text"])]
        assert found, f"{value!r} is not offered: {[one['value'] for one in options]}"
        option: Json = found[0]
        return option
