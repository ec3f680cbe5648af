"""GitHub OAuth, GitHub App, Bitbucket and GitLab: a channel hears of each, by a name that people know."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.world import World

CALLED = {
    "web": "acme/web",
    "legacy": "bb/acme/legacy",
    "kiosk": "Acme/kiosk",
    "firmware": "Acme-Labs/firmware",
}


@pytest.mark.parametrize("project", CALLED)
async def test_a_push_is_heard_of_and_run_again_whatever_the_integration(socket_world: World, project: str) -> None:
    called = CALLED[project]
    slug = await _slug_of(socket_world, project)
    await socket_world.connect()
    await socket_world.say(f"/circle subscribe {project}")
    mark = "*" if slug.startswith("circleci/") else "`"
    made = get_text(await socket_world.message(f"subscribed this channel to {mark}{called}"))
    assert called == slug or slug not in made
    await socket_world.control("push", project=slug, branch="broken", subject="Break it")
    card = await socket_world.card("*failed*")
    assert called in get_text(card)
    assert "Break it" in get_text(card)
    assert called == slug or slug not in _shown(get_text(card))
    why = await socket_world.thread(card, "2 failed tests")
    assert called in get_text(why)
    await socket_world.pick(card, "Rerun from failed")
    await socket_world.card("<@U0ADA> reran")
    for line in ("status", "recent", "pipeline", "project"):
        await socket_world.say(f"/circle {line} {project}")
        assert "broken" in get_text(await socket_world.reply(called)) or line == "project"


def _shown(text: str) -> str:
    """Without the addresses of links."""
    return "".join(part.partition("|")[2] if part.startswith("http") else part for part in text.split("<"))


async def _slug_of(world: World, name: str) -> str:
    projects = (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
    return next(str(one["slug"]) for one in projects if one["name"] == name)
