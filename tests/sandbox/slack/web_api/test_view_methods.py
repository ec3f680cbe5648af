from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.slack.workspace import ADA, EVE, PageClient

Json = dict[str, Any]


def modal(title: str = "Form", **more: Any) -> Json:
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": [], **more}


def home(text: str = "Welcome") -> Json:
    return {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


def trigger(workspace: PageClient, person: str = ADA) -> str:
    return workspace.sandbox.slack.triggers.issue(person)


def titles(workspace: PageClient, person: str = ADA) -> list[str]:
    return [view.as_page()["title"] for view in workspace.sandbox.slack.views.get_stack(person)]


async def test_a_modal_opens_for_the_person_of_the_trigger(workspace: PageClient) -> None:
    opened = await workspace.web.views_open(trigger_id=trigger(workspace, EVE), view=modal())
    assert opened["view"]["id"].startswith("V")
    assert opened["view"]["root_view_id"] == opened["view"]["id"]
    assert (titles(workspace, EVE), titles(workspace)) == (["Form"], [])


async def test_a_trigger_works_once(workspace: PageClient) -> None:
    trigger_id = trigger(workspace)
    await workspace.web.views_open(trigger_id=trigger_id, view=modal())
    again = workspace.web.views_open(trigger_id=trigger_id, view=modal())
    assert (await workspace.refusal(again))["error"] == "exchanged_trigger_id"


async def test_a_trigger_lives_three_seconds(workspace: PageClient) -> None:
    in_time, too_late = trigger(workspace), trigger(workspace)
    workspace.clock.advance(2.9)
    assert (await workspace.web.views_open(trigger_id=in_time, view=modal()))["ok"]
    workspace.clock.advance(0.2)
    refused = await workspace.refusal(workspace.web.views_open(trigger_id=too_late, view=modal()))
    assert refused["error"] == "expired_trigger_id"


async def test_a_made_up_trigger_is_invalid(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.views_open(trigger_id="1.2.abc", view=modal()))
    assert refused["error"] == "invalid_trigger_id"


async def test_a_bad_view_is_refused_with_its_pointer_and_costs_no_trigger(workspace: PageClient) -> None:
    trigger_id = trigger(workspace)
    refused = await workspace.refusal(workspace.web.views_open(trigger_id=trigger_id, view=modal("x" * 25)))
    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ]
    assert (await workspace.web.views_open(trigger_id=trigger_id, view=modal()))["ok"]


async def test_a_home_tab_is_no_modal(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.views_open(trigger_id=trigger(workspace), view=home()))
    assert refused["response_metadata"]["messages"] == ["[ERROR] must be modal [json-pointer:/view/type]"]


async def test_a_view_of_more_than_250_kilobytes_is_too_large(workspace: PageClient) -> None:
    pictures = [
        {"type": "image", "image_url": f"https://example.com/{'x' * 2900}", "alt_text": str(number)}
        for number in range(90)
    ]
    refused = await workspace.refusal(
        workspace.web.views_open(trigger_id=trigger(workspace), view=modal(blocks=pictures)),
    )
    assert refused["error"] == "view_too_large"


async def test_three_modals_stack_and_no_fourth(workspace: PageClient) -> None:
    await workspace.web.views_open(trigger_id=trigger(workspace), view=modal("one"))
    for title in ("two", "three"):
        await workspace.web.views_push(trigger_id=trigger(workspace), view=modal(title))
    assert titles(workspace) == ["one", "two", "three"]
    refused = await workspace.refusal(workspace.web.views_push(trigger_id=trigger(workspace), view=modal("four")))
    assert refused["error"] == "push_limit_reached"


async def test_a_pushed_modal_knows_the_one_below(workspace: PageClient) -> None:
    first = (await workspace.web.views_open(trigger_id=trigger(workspace), view=modal()))["view"]["id"]
    pushed = (await workspace.web.views_push(trigger_id=trigger(workspace), view=modal()))["view"]
    assert (pushed["previous_view_id"], pushed["root_view_id"]) == (first, first)


async def test_nothing_is_pushed_where_nothing_is_open(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.views_push(trigger_id=trigger(workspace), view=modal()))
    assert refused["error"] == "not_found"


async def test_an_update_with_an_old_hash_conflicts(workspace: PageClient) -> None:
    view = await workspace.opened(modal())
    updated = await workspace.web.views_update(view_id=view["id"], hash=view["hash"], view=modal("Newer"))
    assert updated["view"]["hash"] != view["hash"]
    stale = workspace.web.views_update(view_id=view["id"], hash=view["hash"], view=modal("Stale"))
    assert (await workspace.refusal(stale))["error"] == "hash_conflict"
    assert titles(workspace) == ["Newer"]


async def test_a_closed_modal_cannot_be_updated(workspace: PageClient) -> None:
    view = await workspace.opened(modal())
    await workspace.do("close", view_id=view["id"])
    refused = await workspace.refusal(workspace.web.views_update(view_id=view["id"], view=modal()))
    assert refused["error"] == "not_found"


async def test_an_external_id_names_one_view(workspace: PageClient) -> None:
    await workspace.opened(modal(external_id="wizard"))
    await workspace.web.views_update(external_id="wizard", view=modal("Step 2", external_id="wizard"))
    assert titles(workspace) == ["Step 2"]
    twice = workspace.web.views_open(trigger_id=trigger(workspace, EVE), view=modal(external_id="wizard"))
    assert (await workspace.refusal(twice))["error"] == "duplicate_external_id"


async def test_what_was_typed_survives_an_update_that_keeps_its_ids(workspace: PageClient) -> None:
    def form(block_id: str) -> Json:
        element = {"type": "plain_text_input", "action_id": "name"}
        label = {"type": "plain_text", "text": "Name"}
        field = {"type": "input", "block_id": block_id, "label": label, "element": element, "dispatch_action": True}
        return modal(blocks=[field], submit={"type": "plain_text", "text": "Go"})

    view = await workspace.opened(form("a"))
    await workspace.do("press", view_id=view["id"], block_id="a", action_id="name", value="Ada")
    kept = await workspace.web.views_update(view_id=view["id"], view=form("a"))
    assert kept["view"]["state"]["values"]["a"]["name"]["value"] == "Ada"
    lost = await workspace.web.views_update(view_id=view["id"], view=form("b"))
    assert lost["view"]["state"]["values"] == {"b": {"name": {"type": "plain_text_input", "value": None}}}


async def test_a_home_tab_is_published_and_published_again(workspace: PageClient) -> None:
    first = (await workspace.web.views_publish(user_id=ADA, view=home()))["view"]
    second = (await workspace.web.views_publish(user_id=ADA, view=home("Again"), hash=first["hash"]))["view"]
    assert first["id"] == second["id"]
    stale = workspace.web.views_publish(user_id=ADA, view=home("Stale"), hash=first["hash"])
    assert (await workspace.refusal(stale))["error"] == "hash_conflict"
    shown = (await workspace.state())["homes"][ADA]["blocks"][0]["text"]["text"]
    assert shown == "Again"


async def test_a_home_tab_that_the_manifest_does_not_have_is_not_enabled(workspace: PageClient) -> None:
    workspace.set_up({"features": {"app_home": {"home_tab_enabled": False}}})
    refused = await workspace.refusal(workspace.web.views_publish(user_id=ADA, view=home()))
    assert refused["error"] == "not_enabled"


@pytest.mark.parametrize("method", ["views.open", "views.push", "views.update", "views.publish"])
async def test_every_call_needs_its_view(workspace: PageClient, method: str) -> None:
    refused = await workspace.refusal(workspace.web.api_call(method, json={"user_id": ADA, "trigger_id": "x"}))
    assert "[ERROR] missing required field: view" in refused["response_metadata"]["messages"]


async def test_a_view_that_is_no_json_is_refused(workspace: PageClient) -> None:
    body = {"trigger_id": trigger(workspace), "view": json.dumps(modal())[:-1]}
    refused = await workspace.refusal(workspace.web.api_call("views.open", json=body))
    assert refused["response_metadata"]["messages"] == ["[ERROR] view must be valid JSON [json-pointer:/view]"]
