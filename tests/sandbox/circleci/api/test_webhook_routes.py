from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.circleci.circle import SimulatorClient


def _hook(circle: SimulatorClient, **changes: Any) -> dict[str, Any]:
    return {
        "name": "bot",
        "events": ["workflow-completed"],
        "url": "https://bot.example.com/circleci/webhook",
        "verify-tls": True,
        "signing-secret": "hush",
        "scope": {"id": circle.world.projects["gh/acme/web"].id, "type": "project"},
        **changes,
    }


async def _listed(circle: SimulatorClient) -> list[dict[str, Any]]:
    scope_id = circle.world.projects["gh/acme/web"].id
    return list((await circle.get("/webhook", **{"scope-id": scope_id, "scope-type": "project"}))["items"])


async def test_a_webhook_is_made_read_changed_and_deleted_and_never_tells_its_secret(circle: SimulatorClient) -> None:
    created = await circle.post("/webhook", _hook(circle))
    hook = created.json()
    assert (created.status_code, hook["signing-secret"]) == (201, "****")
    assert await circle.get(f"/webhook/{hook['id']}") == hook
    changed = await circle.call("PUT", f"/webhook/{hook['id']}", json={"name": "renamed", "verify-tls": False})
    assert (changed.json()["name"], changed.json()["verify-tls"], changed.json()["url"]) == (
        "renamed",
        False,
        hook["url"],
    )
    assert [each["name"] for each in await _listed(circle)] == ["renamed"]
    await circle.call("DELETE", f"/webhook/{hook['id']}")
    assert await _listed(circle) == []
    assert (await circle.call("GET", f"/webhook/{hook['id']}")).json() == {"message": "Webhook not found"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": "http://bot.example.com"}, "URL must be https"),
        ({"events": ["workflow-started"]}, "Events must be among"),
        ({"scope": {"id": "x", "type": "organization"}}, "scope-id and scope-type=project are required"),
        ({"scope": None}, "Unexpected request body provided."),
        ({"verify-tls": "yes"}, "Unexpected request body provided."),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused(
    circle: SimulatorClient, changes: dict[str, Any], sentence: str
) -> None:
    answer = await circle.post("/webhook", _hook(circle, **changes))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(sentence)
    assert await _listed(circle) == []


async def test_all_keys_are_required(circle: SimulatorClient) -> None:
    hook = _hook(circle)
    for key in list(hook):
        answer = await circle.post("/webhook", {name: value for name, value in hook.items() if name != key})
        assert answer.status_code == 400, key


async def test_a_project_has_at_most_five_and_a_reader_makes_none(circle: SimulatorClient) -> None:
    assert (await circle.post("/webhook", _hook(circle), by="eve")).status_code == 404
    statuses = [(await circle.post("/webhook", _hook(circle))).status_code for _ in range(6)]
    assert statuses == [201, 201, 201, 201, 201, 400]


async def test_both_query_parameters_are_needed_to_list(circle: SimulatorClient) -> None:
    assert (await circle.call("GET", "/webhook")).status_code == 400
