from __future__ import annotations

from typing import Any

from tests.sandbox.slack.workspace import ADA, DEPLOYS, PageClient

READER = {"recipient_user_id": ADA, "recipient_team_id": "T0SANDBOX"}
TASK = {"type": "task_update", "id": "1", "title": "Look at the log", "status": "in_progress"}


async def begun(workspace: PageClient, **more: Any) -> str:
    """The ts of a message that is being written in a thread of #deploys."""
    thread = (await workspace.say("what happened?"))["ts"]
    return str((await workspace.web.chat_startStream(channel=DEPLOYS, thread_ts=thread, **READER, **more))["ts"])


async def blocks_of(workspace: PageClient, ts: str) -> list[dict[str, Any]]:
    message = workspace.sandbox.slack.messages.find(DEPLOYS, ts)
    assert message
    return [{name: part for name, part in block.items() if name != "block_id"} for block in message.content.blocks]


async def test_a_stream_of_the_sdk_is_read_as_one_message(workspace: PageClient) -> None:
    thread = (await workspace.say("what happened?"))["ts"]
    stream = await workspace.web.chat_stream(channel=DEPLOYS, thread_ts=thread, buffer_size=1, **READER)
    await stream.append(markdown_text="It **fai")
    await stream.append(markdown_text="led**.")
    ended = await stream.stop(
        markdown_text=" Again.", blocks=[{"type": "divider"}], metadata={"event_type": "told", "event_payload": {}}
    )
    assert (ended["message"]["text"], ended["message"]["metadata"]["event_type"]) == ("It **failed**. Again.", "told")
    assert ended["message"]["thread_ts"] == thread
    assert await blocks_of(workspace, ended["ts"]) == [
        {"type": "markdown", "text": "It **failed**. Again."},
        {"type": "divider"},
    ]


async def test_tasks_are_kept_current_and_their_details_appended(workspace: PageClient) -> None:
    ts = await begun(workspace, chunks=[TASK | {"details": "one "}])
    more = [TASK | {"status": "complete", "details": "two"}, {"type": "plan_update", "title": "Not in a timeline"}]
    await workspace.web.chat_appendStream(channel=DEPLOYS, ts=ts, chunks=more)
    [task] = await blocks_of(workspace, ts)
    assert (task["type"], task["status"]) == ("task_card", "complete")
    assert [each["text"] for each in task["details"]["elements"][0]["elements"]] == ["one ", "two"]


async def test_a_plan_holds_its_tasks(workspace: PageClient) -> None:
    ts = await begun(workspace, task_display_mode="plan", chunks=[TASK, {"type": "plan_update", "title": "To do"}])
    [plan] = await blocks_of(workspace, ts)
    assert (plan["type"], plan["title"], [each["task_id"] for each in plan["tasks"]]) == ("plan", "To do", ["1"])


async def test_what_is_being_written_is_changed_by_its_stream_alone_and_ends_once(workspace: PageClient) -> None:
    ts = await begun(workspace)
    update = workspace.web.chat_update(channel=DEPLOYS, ts=ts, text="no")
    assert (await workspace.refusal(update))["error"] == "streaming_state_conflict"
    await workspace.web.chat_stopStream(channel=DEPLOYS, ts=ts, markdown_text="Done.")
    await workspace.web.chat_update(channel=DEPLOYS, ts=ts, text="Changed.")
    for late in (workspace.web.chat_appendStream, workspace.web.chat_stopStream):
        refused = await workspace.refusal(late(channel=DEPLOYS, ts=ts, markdown_text="more"))
        assert refused["error"] == "message_not_in_streaming_state"


async def test_a_refused_chunk_leaves_what_was_written(workspace: PageClient) -> None:
    ts = await begun(workspace, markdown_text="So far")
    for chunks, error in (
        ([], "no_text"),
        ([{"type": "picture"}], "invalid_chunks"),
        ([{"type": "markdown_text", "text": "…"}, {"type": "blocks", "blocks": [{"type": "alert"}]}], "invalid_blocks"),
        ([TASK | {"title": "x" * 257}], "invalid_chunks"),
        ([{"type": "blocks", "blocks": [{"type": "divider"}] * 51}], "invalid_chunks"),
        ([{"type": "markdown_text", "text": "x" * 11_999}], "msg_too_long"),
    ):
        append = workspace.web.chat_appendStream(channel=DEPLOYS, ts=ts, chunks=chunks)
        assert (await workspace.refusal(append))["error"] == error
    assert await blocks_of(workspace, ts) == [{"type": "markdown", "text": "So far"}]
    theirs = (await workspace.say("mine"))["ts"]
    append = workspace.web.chat_appendStream(channel=DEPLOYS, ts=theirs, markdown_text="x")
    assert (await workspace.refusal(append))["error"] == "message_not_owned_by_app"


async def test_in_a_channel_slack_wants_to_know_for_whom_it_is_written(workspace: PageClient) -> None:
    thread = (await workspace.say("what happened?"))["ts"]
    for wrong, error in (
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_user_id": "U0NOBODY"}, "user_not_found"),
        ({"recipient_team_id": "T0OTHER"}, "team_not_found"),
        ({"task_display_mode": "carousel"}, "invalid_arguments"),
    ):
        start = workspace.web.chat_startStream(channel=DEPLOYS, thread_ts=thread, **{**READER, **wrong})
        assert (await workspace.refusal(start))["error"] == error
    asked = (await workspace.say("hello", channel="D0ADA"))["ts"]
    assert (await workspace.web.chat_startStream(channel="D0ADA", thread_ts=asked, markdown_text="Hello"))["ts"]
