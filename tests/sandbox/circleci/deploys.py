"""A walk through all that is told of deploys, and a rollback; and what is told, in short."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.sandbox.circleci.circle import SimulatorClient


async def walk_deploys(circle: SimulatorClient) -> None:
    await ship(circle)
    await ship(circle)
    web = circle.world.projects["gh/acme/web"]
    scope = {"org-id": web.org.id, "page-size": "20"}
    components = (await circle.get("/deploy/components", **scope, **{"project-id": web.id}))["items"]
    environments = (await circle.get("/deploy/environments", **scope))["items"]
    await circle.get(f"/deploy/components/{components[0]['id']}")
    await circle.get(f"/deploy/environments/{environments[0]['id']}")
    await circle.get(f"/deploy/components/{components[0]['id']}/versions")
    await circle.get(f"/deploy/projects/{web.id}/settings")
    await circle.get(f"/deploy/projects/{web.id}/releases")
    assert (await roll_back(circle)).status_code == 202


async def ship(circle: SimulatorClient, branch: str = "ship") -> str:
    """A pipeline that has deployed to staging and waits; its id."""
    pipeline_id = await circle.trigger(branch)
    circle.after(15)
    return pipeline_id


async def list_releases(circle: SimulatorClient) -> list[dict[str, Any]]:
    web = circle.world.projects["gh/acme/web"]
    return list((await circle.get(f"/deploy/projects/{web.id}/releases"))["items"])


async def list_versions(circle: SimulatorClient, environment: str) -> list[dict[str, Any]]:
    web = circle.world.projects["gh/acme/web"]
    component = circle.world.deploys.components[web.id, "web"]
    known = circle.world.deploys.environments[web.org.id, environment]
    query = {"environment-id": known.id}
    return list((await circle.get(f"/deploy/components/{component.id}/versions", **query))["items"])


async def roll_back(circle: SimulatorClient, **changed: str) -> Any:
    """Of staging, from what runs there to what ran before, unless something is `changed`."""
    web = circle.world.projects["gh/acme/web"]
    live, before, *_rest = (one["name"] for one in await list_versions(circle, "staging"))
    body = {
        "component_name": "web",
        "environment_name": "staging",
        "current_version": live,
        "target_version": before,
        "reason": "It is slow",
    }
    return await circle.post(f"/projects/{web.id}/rollback", body | changed)


Show = Callable[[SimulatorClient], Awaitable[httpx.Response]]


def _refuse_rollback(**changed: str) -> Show:
    async def show(circle: SimulatorClient) -> httpx.Response:
        await ship(circle)
        answer: httpx.Response = await roll_back(circle, **changed)
        assert not circle.world.deploys.rollbacks
        return answer

    return show


async def _roll_back_twice(circle: SimulatorClient) -> httpx.Response:
    await ship(circle)
    assert (await roll_back(circle)).json()["rollback_type"] == "PIPELINE"
    answer: httpx.Response = await roll_back(circle)
    return answer


async def _without_rollback_pipeline(circle: SimulatorClient) -> httpx.Response:
    circle.world.projects["gh/acme/web"].designated = {}
    return await _refuse_rollback()(circle)


async def _without_page_size(circle: SimulatorClient) -> httpx.Response:
    return await circle.call("GET", "/deploy/environments")


REFUSED: dict[str, Show] = {
    "PAGE_SIZE": _without_page_size,
    "VERSIONS": _refuse_rollback(current_version="0.9"),
    "NOT_DEPLOYED": _refuse_rollback(environment_name="moon"),
    "UNDER_WAY": _roll_back_twice,
    "NO_ROLLBACK": _without_rollback_pipeline,
}


async def show_validating(circle: SimulatorClient) -> None:
    await circle.trigger("bad-release")
    circle.after(14)
    assert (await list_releases(circle))[0]["status"] == "VALIDATING"


async def show_automatic_rollback(circle: SimulatorClient) -> None:
    (before,) = [one["name"] for one in await list_versions(circle, "production") if one["is_live"]]
    await circle.trigger("bad-release")
    circle.after(60)
    back, failed, *_older = await list_releases(circle)
    assert (failed["status"], failed["failure_reason"][:17]) == ("FAILED", "Validation failed")
    assert (back["status"], back["is_rollback"], back["target_version"]) == ("SUCCESS", True, before)
