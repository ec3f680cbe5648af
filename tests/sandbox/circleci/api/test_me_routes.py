from __future__ import annotations

from tests.sandbox.circleci.circle import SimulatorClient


async def test_people_are_who_their_tokens_say(circle: SimulatorClient) -> None:
    ada = await circle.get("/me", "ada")
    assert (ada["login"], ada["name"]) == ("ada", "Ada")
    assert await circle.get(f"/user/{ada['id']}", "eve") == ada
    assert (await circle.call("GET", "/user/4b0c7d1e-0000-4000-8000-000000000000")).status_code == 404


async def test_collaborations_are_a_bare_array_of_organisations(circle: SimulatorClient) -> None:
    ada = await circle.get("/me/collaborations", "ada")
    assert [org["slug"] for org in ada] == [
        "gh/ada",
        "gh/acme",
        "bb/acme",
        circle.kiosk.org.slug,
        circle.firmware.org.slug,
    ]
    assert [org["vcs_type"] for org in ada] == ["github", "github", "bitbucket", "circleci", "circleci"]
    assert ada[0]["id"] is None
    assert [org["slug"] for org in await circle.get("/me/collaborations", "eve")] == ["gh/eve", "gh/acme"]


async def test_whoever_pushed_can_be_looked_up(circle: SimulatorClient) -> None:
    pipeline = circle.world.push(circle.world.projects["gh/acme/web"], branch="main", author="noor")
    circle.after(2)
    started_by = (await circle.workflows(pipeline.id))[0]["started_by"]
    assert (await circle.get(f"/user/{started_by}"))["login"] == "noor"
