"""files.*: the two calls around an upload (slack docs: files.getUploadURLExternal)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_files import FakeFile
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments
from sandbox.slack.ids import BOT_USER
from sandbox.slack.message_content import MessageContent, parse_content
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall

_KINDS: Mapping[str, Callable[[str], bool]] = {
    "all": lambda _type: True,
    "images": lambda type_: type_.startswith("image/"),
    "snippets": lambda type_: type_.startswith("text/"),
    "pdfs": lambda type_: type_ == "application/pdf",
    "zips": lambda type_: type_ == "application/zip",
    "spaces": lambda _type: False,
    "gdocs": lambda _type: False,
}
"""Slack's kinds of files; nobody here writes posts or documents of Google's."""


async def get_upload_url(call: WebApiCall) -> Answer:
    if not call.get_text("filename"):
        raise invalid_arguments("missing required field: filename")
    length = call.get_number("length", 0, "invalid_arguments")
    if length < 1:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    file_id, url = call.slack.files.begin_upload(call.get_text("filename"), length, call.get_text("alt_txt"))
    return {"upload_url": url, "file_id": file_id}


async def complete_upload(call: WebApiCall) -> Answer:
    channels = [_shareable(call, each) for each in [*call.get_words("channel_id"), *call.get_words("channels")]]
    comment = _comment(call)
    listed = _parse_files(call)
    uploaded = [call.slack.files.get_uploaded(str(each["id"])) for each in listed]
    completed = [call.slack.files.complete(*pair) for pair in zip(uploaded, _titles(listed), strict=True)]
    files = [call.slack.files.as_api(file) for file in completed]
    for channel in channels:
        message_changes.post_message(call.slack, _sharing(call, channel, comment, files))
    return {"files": files}


async def list_files(call: WebApiCall) -> Answer:
    """Every file of the app, newest first, a page of `count` at a time (slack docs: files.list)."""
    user = call.get_text("user")
    if user and user not in call.slack.people:
        raise FakeSlackError("user_not_found")
    files = [file for file in call.slack.files.list_completed() if user in {"", BOT_USER} and _is_asked(call, file)]
    count, page = call.get_number("count", 100, "invalid_arguments"), call.get_number("page", 1, "invalid_arguments")
    if count < 1 or page < 1:
        raise invalid_arguments("must be greater than 0 [json-pointer:/count]")
    shown = files[(page - 1) * count : page * count]
    paging = {"count": count, "total": len(files), "page": page, "pages": math.ceil(len(files) / count)}
    return {"files": [call.slack.files.as_api(file) for file in shown], "paging": paging}


def _is_asked(call: WebApiCall, file: FakeFile) -> bool:
    kinds = call.get_words("types") or ["all"]
    if not set(kinds) <= _KINDS.keys():
        raise FakeSlackError("unknown_type")
    since, until = (_time(call, name) for name in ("ts_from", "ts_to"))
    return (
        any(_KINDS[kind](file.mimetype) for kind in kinds)
        and (since is None or file.created >= since)
        and (until is None or file.created <= until)
        and (not call.get_text("channel") or file.id in _shared_in(call, call.get_channel().id))
    )


def _time(call: WebApiCall, name: str) -> float | None:
    try:
        return float(call.get_text(name)) if call.get_text(name) else None
    except ValueError as broken:
        raise invalid_arguments(f"must be a timestamp [json-pointer:/{name}]") from broken


def _shared_in(call: WebApiCall, channel: str) -> set[str]:
    return {str(file["id"]) for message in call.slack.messages.list_in_channel(channel) for file in message.files}


def _parse_files(call: WebApiCall) -> list[dict[str, Any]]:
    files = call.parse_json("files")
    if not isinstance(files, list) or not files or not all(isinstance(each, dict) and "id" in each for each in files):
        raise invalid_arguments("must provide an array of files with ids [json-pointer:/files]")
    return files


def _titles(listed: list[dict[str, Any]]) -> list[str | None]:
    return [each.get("title") for each in listed]


def _shareable(call: WebApiCall, channel_id: str) -> FakeChannel:
    channel = call.slack.channels.get(channel_id)
    if channel is None or channel.is_hidden:
        raise FakeSlackError("channel_not_found")
    if not channel.has_bot:
        raise FakeSlackError("not_in_channel")
    if channel.is_archived:
        raise FakeSlackError("posting_to_channel_denied")
    return channel


def _sharing(
    call: WebApiCall, channel: FakeChannel, comment: MessageContent, files: list[dict[str, Any]]
) -> FakeMessage:
    return FakeMessage(
        ts=call.slack.ids.generate_ts(),
        channel=channel.id,
        user=BOT_USER,
        content=replace(comment),
        subtype="file_share",
        files=files,
        thread_ts=call.get_text("thread_ts") or None,
    )


def _comment(call: WebApiCall) -> MessageContent:
    """`initial_comment`, or without one `blocks` (slack docs: files.completeUploadExternal). Raises FakeSlackError."""
    comment = call.get_text("initial_comment")
    if comment or not call.args.get("blocks"):
        return MessageContent(comment)
    return replace(parse_content({"blocks": call.args["blocks"]}, call.slack.ids), text="")
