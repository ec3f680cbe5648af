"""Whatever a branch is called, the form that starts a pipeline sends it exactly, and what goes wrong loses no input."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.plugins.block_reader import find_field, get_text
from tests.plugins.world import ADA, Json, World

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

    return await world.wait_until(look, f"the form of {branch}")


async def test_a_branch_with_an_odd_name_is_asked_for_exactly(connected_world: World) -> None:
    for branch in (BRANCH, ODD):
        form = await _chosen(connected_world, branch)
        await connected_world.submit(form, **{"image-tag": "it’s “4.8” & more"})

        async def sent(wanted: str = branch) -> Json | None:
            calls = [one for one in await connected_world.list_requests("/pipeline") if one["method"] == "POST"]
            return calls[-1] if calls and wanted in str(calls[-1]["body"]) else None

        body = (await connected_world.wait_until(sent, f"{branch} to be asked for"))["body"]
        assert body["parameters"]["image-tag"] == "it’s “4.8” & more"
        await connected_world.close(await connected_world.form("has no branch"))


async def test_what_circleci_refuses_is_said_at_its_field_and_slack_keeps_the_rest(connected_world: World) -> None:
    form = await _chosen(connected_world, BRANCH)
    filled = {"image-tag": "it’s “4.8” & more", "replicas": "7"}
    await connected_world.submit(form, **filled)
    again = await connected_world.form("has no branch")
    assert [block_id.split("@")[0] for block_id in again["errors"]] == ["branch"]
    asked = [one for one in await connected_world.list_requests("/pipeline") if one["method"] == "POST"]
    assert asked[-1]["body"] == {"branch": BRANCH, "parameters": {"image-tag": "it’s “4.8” & more", "replicas": 7}}


def _holds(form: Json, filled: dict[str, str]) -> None:
    for name, value in filled.items():
        element = find_field(form, name)[1]
        chosen = element.get("initial_options") or [element.get("initial_option") or {}]
        assert value in (element.get("initial_value"), ",".join(one.get("value", "") for one in chosen)), name


async def _circleci_is_down(world: World) -> None:
    await world.control("faults", target="circleci", match="/", status=503, count=1000)


FORMS = {
    "trigger gh/acme/web": ("image-tag", {"image-tag": "it’s “4.8” & more", "replicas": "7"}),
    "schedules add gh/acme/web": (
        "Parameters",
        {"name": "Nightly & “odd”", "on": "MON,TUE", "at": "2", "kind": "branch", "as": "me", "parameters": "a=1"},
    ),
    "env set gh/acme/web": ("The next step asks for its value", {"name": "NPM_TOKEN"}),
}


@pytest.mark.parametrize("line", FORMS)
async def test_with_circleci_down_the_form_stands_there_as_it_was_filled_in(connected_world: World, line: str) -> None:
    says, filled = FORMS[line]
    await connected_world.say(f"/circle {line}")
    form = await connected_world.form(says)
    await _circleci_is_down(connected_world)
    await connected_world.submit(form, **filled)
    for _ in range(2):
        form = await connected_world.form(":warning:")
        assert get_text(form).count(":warning:") == 1, "one error at a time"
        assert form["submit"], "it can be handed in again"
        _holds(form, filled)
        await connected_world.submit(form)


async def test_what_is_typed_stays_when_another_branch_cannot_be_drawn(connected_world: World) -> None:
    form = await _chosen(connected_world, BRANCH)
    await _circleci_is_down(connected_world)
    block, element = find_field(form, "branch")
    option = {"text": {"type": "plain_text", "text": ODD}, "value": ODD}
    tag, typed = find_field(form, "image-tag")
    body = {"view_id": form["id"], "block_id": block["block_id"], "action_id": element["action_id"]}
    state = {tag["block_id"]: {typed["action_id"]: {"type": typed["type"], "value": "4.8.2"}}}
    await connected_world.http.post("/_page/press", json={"as": ADA, **body, "selected_option": option, "state": state})
    again = await connected_world.form(":warning:")
    assert find_field(again, "branch")[1]["initial_option"]["value"] == ODD
    assert find_field(again, "image-tag")[1]["initial_value"] == "4.8.2"
    assert again["submit"], "it is still the form"


async def test_a_token_that_expired_meanwhile_is_replaced_above_the_form(connected_world: World) -> None:
    form = await _chosen(connected_world, BRANCH)
    async with connected_world.app.core.store.begin() as tx:
        account = await tx.accounts.find("T0SANDBOX", ADA)
        assert account is not None
        await tx.accounts.upsert(replace(account, token="CCIPAT_expired"))
    filled = {"image-tag": "it’s “4.8” & more", "replicas": "7"}
    await connected_world.submit(form, **filled)
    again = await connected_world.form("CircleCI no longer accepts your token")
    _holds(again, filled)
    await connected_world.press(again, "Connect CircleCI")
    await connected_world.submit(await connected_world.form("Personal API token"), token="CCIPAT_ada")
    await connected_world.reply("Connected as")
    below = await connected_world.form("image-tag")
    _holds(below, filled)
    await connected_world.submit(below)

    async def started() -> Json | None:
        calls = [one for one in await connected_world.list_requests("/pipeline") if one["method"] == "POST"]
        return calls[-1] if calls else None

    body = (await connected_world.wait_until(started, "the pipeline to be asked for"))["body"]
    assert body["parameters"]["image-tag"] == filled["image-tag"]
