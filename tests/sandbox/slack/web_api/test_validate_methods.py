from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.slack.workspace import PageClient

DIVIDER = {"type": "divider"}
HOME = {"type": "home", "blocks": [DIVIDER]}


async def validated(workspace: PageClient, **asked: Any) -> dict[str, Any]:
    """The answer to somebody without a token."""
    answer = await workspace.http.post("/slack/api/blocks.validate", json=asked)
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("asked", [{"blocks": [DIVIDER]}, {"message": {"blocks": [DIVIDER]}}, {"view": HOME}])
async def test_blocks_are_looked_at_for_whoever_asks(workspace: PageClient, asked: dict[str, Any]) -> None:
    assert await validated(workspace, **asked) == {"ok": True}
    typed = {name: json.dumps(value) for name, value in asked.items()}
    assert (await workspace.http.post("/slack/api/blocks.validate", data=typed)).json() == {"ok": True}


async def test_what_is_wrong_is_told_with_its_pointer_and_a_code(workspace: PageClient) -> None:
    refused = await validated(workspace, message={"blocks": [DIVIDER, {"type": "section", "txt": "?"}]})
    assert refused["error"] == "invalid_blocks"
    assert {"code": "unknown_field", "message": "invalid additional property: txt", "pointer": "/message/blocks/1"} in (
        refused["errors"]
    )
    home = await validated(workspace, view=HOME | {"blocks": [{"type": "alert"}]})
    assert [(each["code"], each["pointer"]) for each in home["errors"]] == [("unsupported_type", "/view/blocks/0/type")]
    assert (await validated(workspace, view="[1]"))["errors"][0]["pointer"] == "/view"


@pytest.mark.parametrize("asked", [{}, {"blocks": [DIVIDER], "view": HOME}])
async def test_exactly_one_thing_is_looked_at(workspace: PageClient, asked: dict[str, Any]) -> None:
    assert (await validated(workspace, **asked))["error"] == "invalid_arguments"
