from __future__ import annotations

from typing import Any

from tests.sandbox.slack.workspace import PageClient, SocketModeApp


def outcomes(workspace: PageClient) -> list[tuple[str, int, str]]:
    return [(each["outcome"], each["retry"], each["reason"]) for each in workspace.sandbox.slack.deliveries.records]


async def test_an_event_in_time_is_delivered_once_with_all_that_slack_says(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    ts = (await workspace.say("hello <@U0CIRCLEBOT>"))["ts"]
    [payload] = await workspace.until(lambda: the_app.payloads("app_mention"))
    assert (payload["type"], payload["team_id"], payload["api_app_id"]) == (
        "event_callback",
        "T0SANDBOX",
        "A0CIRCLEBOT",
    )
    assert payload["event_id"].startswith("Ev")
    assert isinstance(payload["event_time"], int)
    assert payload["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": "T0SANDBOX",
            "user_id": "U0CIRCLEBOT",
            "is_bot": True,
            "is_enterprise_install": False,
        },
    ]
    assert payload["is_ext_shared_channel"] is False
    assert payload["event_context"]
    event = payload["event"]
    assert (event["type"], event["user"], event["ts"], event["event_ts"]) == ("app_mention", "U0ADA", ts, ts)
    await workspace.until(lambda: outcomes(workspace) == [("acked", 0, "")])


async def test_an_event_without_an_ack_comes_three_times_more(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.silent = True
    await workspace.say("hello <@U0CIRCLEBOT>")
    for number, wait_s in enumerate((0, 0, 60, 300)):
        if wait_s:
            assert len(the_app.heard) == number
            workspace.clock.advance(wait_s)
        await workspace.until(lambda number=number: len(the_app.heard) == number + 1)  # type: ignore[misc] # bound now
        workspace.clock.advance(3)
        await workspace.until(lambda number=number: len(outcomes(workspace)) == number + 1)  # type: ignore[misc] # same
    assert outcomes(workspace) == [("late", 0, "timeout"), *[("late", n, "timeout") for n in (1, 2, 3)]]
    assert [(each.retry_attempt, each.retry_reason) for each in the_app.heard] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({each.payload["event_id"] for each in the_app.heard}) == 1


async def test_a_redelivery_that_is_acked_is_the_last(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.silent = True
    await workspace.say("hello <@U0CIRCLEBOT>")
    await workspace.until(lambda: the_app.heard)
    the_app.silent = False
    workspace.clock.advance(3)
    await workspace.until(lambda: len(outcomes(workspace)) == 2)
    workspace.clock.advance(600)
    assert outcomes(workspace) == [("late", 0, "timeout"), ("acked", 1, "")]


async def test_an_event_waits_for_an_app_that_comes_back(workspace: PageClient) -> None:
    await workspace.say("hello <@U0CIRCLEBOT>")
    await workspace.until(lambda: len(outcomes(workspace)) == 2)
    assert {outcome for outcome, _, _ in outcomes(workspace)} == {"unreachable"}


async def test_commands_and_clicks_come_once_alone(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.silent = True
    await workspace.say("/circle help")
    await workspace.until(lambda: the_app.heard)
    workspace.clock.advance(3)
    await workspace.until(lambda: outcomes(workspace) == [("late", 0, "timeout")])
    workspace.clock.advance(600)
    assert len(the_app.heard) == 1


async def test_each_delivery_is_recorded_with_the_time_to_its_ack(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    the_app.silent = True
    await workspace.say("/circle help me")
    await workspace.until(lambda: the_app.heard)
    workspace.clock.advance(1.5)
    await the_app.client.send_message(f'{{"envelope_id": "{the_app.heard[0].envelope_id}"}}')
    await workspace.until(lambda: outcomes(workspace))
    [record] = (await workspace.state())["acks"]
    wanted: dict[str, Any] = {"kind": "slash_commands", "type": "/circle help me", "outcome": "acked", "ack_s": 1.5}
    assert record.items() >= wanted.items()
