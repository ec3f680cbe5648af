"""Whatever a branch is called, the form that starts a pipeline sends it exactly, and what goes wrong loses no input."""

from __future__ import annotations

from tests.plugins.reading import find_field, text_of
from tests.plugins.world import Json, World

BRANCH = "feature/ABC-1-don’t-crash"
ODD = "R&amp;D — “x” --force"


async def _chosen(world: World, branch: str) -> Json:
    """The form for this branch, as it is drawn when somebody has typed it whole."""
    await world.say("/circle trigger gh/acme/web")
    view = await world.form("image-tag")
    await world.choose(view, "branch", branch)

    async def look() -> Json | None:
        form = await world.form("image-tag")
        chosen = find_field(form, "branch")[1].get("initial_option")
        return form if chosen and chosen["text"]["text"][:30] == branch[:30] else None

    return await world.until(look, f"the form of {branch}")


async def test_a_branch_with_an_odd_name_is_asked_for_exactly(socket_world: World) -> None:
    await socket_world.connect()
    for branch in (BRANCH, ODD):
        form = await _chosen(socket_world, branch)
        await socket_world.submit(form, **{"image-tag": "it’s “4.8” & more"})

        async def sent(wanted: str = branch) -> Json | None:
            calls = [one for one in await socket_world.requests("/pipeline") if one["method"] == "POST"]
            return calls[-1] if calls and wanted in str(calls[-1]["body"]) else None

        body = (await socket_world.until(sent, f"{branch} to be asked for"))["body"]
        assert body["parameters"]["image-tag"] == "it’s “4.8” & more"


async def test_what_circleci_refuses_stands_in_the_form_again(socket_world: World) -> None:
    await socket_world.connect()
    form = await _chosen(socket_world, BRANCH)
    refusal = {"target": "circleci", "match": "/pipeline", "method": "POST", "status": 400, "count": 1}
    await socket_world.control("faults", **refusal)
    await socket_world.submit(form, **{"image-tag": "it’s “4.8” & more", "replicas": "7"})
    again = await socket_world.form(":warning:")
    assert "image-tag" in text_of(again), "not a bare error"
    assert find_field(again, "image-tag")[1]["initial_value"] == "it’s “4.8” & more"
    assert find_field(again, "replicas")[1]["initial_value"] == "7"
    assert find_field(again, "branch")[1]["initial_option"]["value"] == BRANCH
