from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.sandbox.slack.workspace import ADA, DEPLOYS, EVE, GENERAL, PageClient, SocketModeApp

Json = dict[str, Any]


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": words(block_id), "element": element, **more}


def form(title: str = "Form", *fields: Json, **more: Any) -> Json:
    return {"type": "modal", "title": words(title), "submit": words("Go"), "blocks": list(fields), **more}


NAME = field("name", {"type": "plain_text_input", "action_id": "text", "max_length": 5})
OPTIONS = [{"text": words(word), "value": word} for word in ("staging", "production")]
TARGET = field("target", {"type": "static_select", "action_id": "pick", "options": OPTIONS}, optional=True)
FILLED = {"name": {"text": {"type": "plain_text_input", "value": "Ada"}}}


def titles(workspace: PageClient, person: str = ADA) -> list[str]:
    return [view.as_page()["title"] for view in workspace.sandbox.slack.views.get_stack(person)]


async def test_a_submission_carries_what_slack_sends(workspace: PageClient, the_app: SocketModeApp) -> None:
    view = await workspace.opened(form("Form", NAME, TARGET, callback_id="trigger", private_metadata="{}"))
    values = {**FILLED, "target": {"pick": {"selected_option": {"value": "staging"}}}}
    assert await workspace.do("submit", view_id=view["id"], values=values) == {}
    [payload] = the_app.payloads("view_submission")
    assert (payload["user"]["id"], payload["team"]["id"]) == (ADA, "T0SANDBOX")
    assert payload["response_urls"] == []
    assert payload["trigger_id"]
    sent = payload["view"]
    assert (sent["id"], sent["callback_id"], sent["private_metadata"]) == (view["id"], "trigger", "{}")
    assert sent["hash"] == view["hash"]
    assert sent["state"]["values"] == {
        "name": {"text": {"type": "plain_text_input", "value": "Ada"}},
        "target": {"pick": {"type": "static_select", "selected_option": OPTIONS[0]}},
    }
    assert "channel" not in payload
    assert titles(workspace) == []


async def test_an_empty_ack_closes_the_modal_alone(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.opened(form("below", NAME))
    pushed = workspace.sandbox.slack.triggers.issue(ADA)
    view = (await workspace.web.views_push(trigger_id=pushed, view=form("above", NAME)))["view"]
    await workspace.do("submit", view_id=view["id"], values=FILLED)
    assert the_app.payloads("view_submission")
    assert titles(workspace) == ["below"]


async def test_errors_are_shown_at_their_fields(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.answers["view_submission"] = {"response_action": "errors", "errors": {"name": "Taken"}}
    view = await workspace.opened(form("Form", NAME))
    assert await workspace.do("submit", view_id=view["id"], values=FILLED) == {"errors": {"name": "Taken"}}
    assert titles(workspace) == ["Form"]
    top = workspace.sandbox.slack.views.find_top(ADA)
    assert top is not None
    assert top.as_page()["errors"] == {"name": "Taken"}


async def test_an_update_replaces_the_modal_and_keeps_its_id(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.answers["view_submission"] = {"response_action": "update", "view": form("Working")}
    view = await workspace.opened(form("Form", NAME))
    assert await workspace.do("submit", view_id=view["id"], values=FILLED) == {}
    assert titles(workspace) == ["Working"]
    done = await workspace.web.views_update(view_id=view["id"], view=form("Done"))
    assert done["view"]["id"] == view["id"]


async def test_a_push_adds_a_modal_and_clear_closes_all(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.answers["view_submission"] = {"response_action": "push", "view": form("Next", NAME)}
    view = await workspace.opened(form("Form", NAME))
    await workspace.do("submit", view_id=view["id"], values=FILLED)
    assert titles(workspace) == ["Form", "Next"]
    the_app.answers["view_submission"] = {"response_action": "clear"}
    top = workspace.sandbox.slack.views.find_top(ADA)
    assert top is not None
    await workspace.do("submit", view_id=top.id, values=FILLED)
    assert titles(workspace) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "?"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
        {"response_action": "dance"},
    ],
)
async def test_an_answer_that_makes_no_sense_is_trouble(
    workspace: PageClient, the_app: SocketModeApp, answer: Json
) -> None:
    the_app.answers["view_submission"] = answer
    view = await workspace.opened(form("Form", NAME))
    refused = await workspace.refused("submit", view_id=view["id"], values=FILLED)
    assert refused == (424, "We had some trouble connecting. Try again?")
    assert titles(workspace) == ["Form"]


async def test_no_answer_in_three_seconds_is_trouble(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.silent = True
    view = await workspace.opened(form("Form", NAME))
    submitting = asyncio.ensure_future(workspace.refused("submit", view_id=view["id"], values=FILLED))
    await workspace.until(lambda: the_app.heard)
    workspace.clock.advance(3)
    assert await submitting == (424, "We had some trouble connecting. Try again?")
    assert titles(workspace) == ["Form"]


async def test_without_an_app_a_submission_is_trouble_at_once(workspace: PageClient) -> None:
    view = await workspace.opened(form("Form", NAME))
    refused = await workspace.refused("submit", view_id=view["id"], values=FILLED)
    assert refused == (424, "We had some trouble connecting. Try again?")


@pytest.mark.parametrize(
    ("element", "given", "complaint"),
    [
        ({"type": "plain_text_input"}, {"value": ""}, "Please complete this required field."),
        ({"type": "plain_text_input", "min_length": 3}, {"value": "ab"}, "Must be at least 3 characters long."),
        ({"type": "plain_text_input", "max_length": 3}, {"value": "abcd"}, "Must be at most 3 characters long."),
        ({"type": "number_input", "is_decimal_allowed": False}, {"value": "1.5"}, "Please enter a valid number."),
        (
            {"type": "number_input", "is_decimal_allowed": True, "min_value": "2"},
            {"value": "1.5"},
            "Must be 2 or more.",
        ),
        (
            {"type": "number_input", "is_decimal_allowed": False, "max_value": "2"},
            {"value": "3"},
            "Must be 2 or less.",
        ),
        ({"type": "email_text_input"}, {"value": "ada"}, "Please enter a valid email address."),
        ({"type": "url_text_input"}, {"value": "example"}, "Please enter a valid URL."),
        (
            {"type": "static_select", "options": OPTIONS},
            {"selected_option": None},
            "Please complete this required field.",
        ),
        (
            {"type": "multi_users_select", "max_selected_items": 1},
            {"selected_users": [ADA, EVE]},
            "Choose at most 1.",
        ),
    ],
)
async def test_what_the_form_itself_demands_is_checked_before_the_app_hears_of_it(
    workspace: PageClient, the_app: SocketModeApp, element: Json, given: Json, complaint: str
) -> None:
    view = await workspace.opened(form("Form", field("it", {**element, "action_id": "a"})))
    answer = await workspace.do("submit", view_id=view["id"], values={"it": {"a": given}})
    assert answer == {"errors": {"it": complaint}}
    assert the_app.heard == []


async def test_an_option_that_is_not_offered_cannot_be_submitted(workspace: PageClient) -> None:
    view = await workspace.opened(form("Form", TARGET))
    values = {"target": {"pick": {"selected_option": {"value": "moon"}}}}
    assert (await workspace.refused("submit", view_id=view["id"], values=values))[0] == 400


async def test_closing_is_told_only_when_asked_for(workspace: PageClient, the_app: SocketModeApp) -> None:
    quiet = await workspace.opened(form("Quiet", NAME))
    await workspace.do("close", view_id=quiet["id"])
    loud = await workspace.opened(form("Loud", NAME, notify_on_close=True))
    await workspace.do("close", view_id=loud["id"])
    [payload] = await workspace.until(lambda: the_app.payloads("view_closed"))
    assert (payload["view"]["id"], payload["is_cleared"]) == (loud["id"], True)


async def test_only_ones_own_modal_is_submitted(workspace: PageClient) -> None:
    view = await workspace.opened(form("Form", NAME), as_=EVE)
    assert await workspace.refused("submit", view_id=view["id"], values={}) == (409, "this modal is closed")


async def test_a_conversation_select_that_asks_for_it_brings_a_response_url(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    element = {"type": "conversations_select", "action_id": "c", "response_url_enabled": True}
    view = await workspace.opened(form("Form", field("where", element)))
    values = {"where": {"c": {"selected_conversation": GENERAL}}}
    await workspace.do("submit", view_id=view["id"], values=values)
    [given] = the_app.payloads("view_submission")[0]["response_urls"]
    assert (given["block_id"], given["action_id"], given["channel_id"]) == ("where", "c", GENERAL)
    answer = {"text": "hello", "response_type": "in_channel"}
    assert (await workspace.http.post(given["response_url"], json=answer)).text == "ok"
    assert [each["text"] for each in await workspace.messages(GENERAL)] == ["hello"]
    assert await workspace.messages(DEPLOYS) == []


@pytest.mark.parametrize("kind", ["CCIPAT", "CCIPRJ"])
async def test_onlookers_do_not_see_a_token_that_was_typed_into_a_form(
    kind: str, workspace: PageClient, the_app: SocketModeApp
) -> None:
    token = field("token", {"type": "plain_text_input", "action_id": "text"})
    the_app.answers["view_submission"] = {"response_action": "errors", "errors": {"token": "Not that one."}}
    view = await workspace.opened(form("Connect", token))
    typed = {"token": {"text": {"type": "plain_text_input", "value": f" {kind}_secret_1 "}}}
    await workspace.do("submit", view_id=view["id"], values=typed)
    [payload] = the_app.payloads("view_submission")
    assert payload["view"]["state"]["values"] == typed
    [seen] = (await workspace.state())["views"][ADA]
    assert seen["state"]["values"]["token"]["text"]["value"] == f" {kind}_**** "
