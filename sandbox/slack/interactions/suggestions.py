"""Typeahead: block_suggestion and the options that the app answers with (slack docs: external data selects)."""

from __future__ import annotations

from typing import Any

from sandbox.slack.block_kit.texts import OPTION, OPTION_GROUP
from sandbox.slack.block_kit.validators import many, record
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.interactions.interaction_payload import build_interaction
from sandbox.slack.interactions.surfaces import ElementGone, Surface, get_element
from sandbox.slack.workspace_users import FakeSlackUser

_ANSWER = record({"options": many(OPTION, 100, least=0), "option_groups": many(OPTION_GROUP, 100, least=0)})
NOTHING: dict[str, Any] = {"options": []}


async def suggest_options(
    slack: FakeSlack, person: FakeSlackUser, surface: Surface, done: dict[str, Any]
) -> dict[str, Any]:
    """The app's options for what was typed; none when it is too short, too late, or the answer breaks a limit.

    Raises ElementGone when the element is gone or takes no suggestions.
    """
    block, element = get_element(surface, str(done.get("block_id")), str(done.get("action_id")))
    if not element["type"].endswith("external_select"):
        raise ElementGone
    typed = str(done.get("value") or "")
    if len(typed) < element.get("min_query_length", 3):
        return NOTHING
    payload = build_interaction(
        "block_suggestion",
        person,
        container=surface.build_container(block["block_id"]),
        action_id=element["action_id"],
        block_id=block["block_id"],
        value=typed,
        **surface.build_context(),
    )
    ack = await slack.deliveries.deliver("interactive", payload)
    answer = ack.body if ack.ok and isinstance(ack.body, dict) else NOTHING
    return NOTHING if any(_ANSWER(answer, "")) else answer
