from __future__ import annotations

from tests.sandbox.slack.workspace import BOT, DEPLOYS, GENERAL, PRIVATE, PageClient


async def test_a_message_is_pinned_once_and_unpinned_again(workspace: PageClient) -> None:
    workspace.set_up(None)
    first, second = [(await workspace.say(text))["ts"] for text in ("one", "two")]
    for ts in (first, second):
        await workspace.web.pins_add(channel=DEPLOYS, timestamp=ts)
    items = (await workspace.web.pins_list(channel=DEPLOYS))["items"]
    assert [(each["message"]["text"], each["created_by"]) for each in items] == [("two", BOT), ("one", BOT)]
    assert items[0]["message"]["pinned_to"] == [DEPLOYS]
    again = workspace.web.pins_add(channel=DEPLOYS, timestamp=first)
    assert (await workspace.refusal(again))["error"] == "already_pinned"
    await workspace.web.pins_remove(channel=DEPLOYS, timestamp=first)
    assert len((await workspace.web.pins_list(channel=DEPLOYS))["items"]) == 1
    gone = workspace.web.pins_remove(channel=DEPLOYS, timestamp=first)
    assert (await workspace.refusal(gone))["error"] == "no_pin"


async def test_only_a_message_of_a_channel_that_the_app_is_in_is_pinned(workspace: PageClient) -> None:
    workspace.set_up(None)
    there = (await workspace.say("elsewhere", channel=GENERAL))["ts"]
    for channel, timestamp, error in (
        (DEPLOYS, None, "no_item_specified"),
        (DEPLOYS, "yesterday", "bad_timestamp"),
        (DEPLOYS, "1.000001", "message_not_found"),
        (GENERAL, there, "not_in_channel"),
        (PRIVATE, there, "channel_not_found"),
    ):
        refused = await workspace.refusal(workspace.web.pins_add(channel=channel, timestamp=timestamp))
        assert refused["error"] == error
    assert (await workspace.web.pins_list(channel=GENERAL))["items"] == []
