from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.sandbox.slack.workspace import DEPLOYS, GENERAL, PageClient


async def test_the_sdk_uploads_a_file_in_three_steps(workspace: PageClient) -> None:
    uploaded = await workspace.web.files_upload_v2(
        channel=DEPLOYS,
        filename="log.txt",
        title="The log",
        content="line 1\nline 2",
        initial_comment="Here it is",
    )
    assert uploaded["file"]["title"] == "The log"
    [seen] = await workspace.messages()
    [file] = seen["files"]
    assert (seen["text"], file["name"], file["size"], file["preview"]) == (
        "Here it is",
        "log.txt",
        13,
        "line 1\nline 2",
    )
    assert (await workspace.http.get(file["url_private"])).text == "line 1\nline 2"
    assert [call["method"] for call in (await workspace.state())["calls"]] == [
        "files.getUploadURLExternal",
        "files.upload",
        "files.completeUploadExternal",
    ]


async def test_bytes_may_come_as_a_multipart_field(workspace: PageClient) -> None:
    begun = await workspace.web.files_getUploadURLExternal(filename="a.bin", length=3)
    answer = await workspace.http.post(begun["upload_url"], files={"file": ("a.bin", b"abc")})
    assert answer.text == "OK - 3"
    completed = await workspace.web.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
    assert completed["files"][0]["title"] == "a.bin"


async def test_a_file_without_its_bytes_is_not_found(workspace: PageClient) -> None:
    begun = await workspace.web.files_getUploadURLExternal(filename="a.txt", length=3)
    refused = await workspace.refusal(workspace.web.files_completeUploadExternal(files=[{"id": begun["file_id"]}]))
    assert refused["error"] == "file_not_found"


async def test_a_file_is_shared_where_the_bot_is(workspace: PageClient) -> None:
    begun = await workspace.web.files_getUploadURLExternal(filename="a.txt", length=3)
    await workspace.http.post(begun["upload_url"], content=b"abc")
    sharing = workspace.web.files_completeUploadExternal(files=[{"id": begun["file_id"]}], channel_id=GENERAL)
    assert (await workspace.refusal(sharing))["error"] == "not_in_channel"


async def test_a_file_is_not_for_strangers(workspace: PageClient) -> None:
    uploaded = await workspace.web.files_upload_v2(filename="log.txt", content="secret")
    headers = {"Authorization": "Bearer xoxb-stranger"}
    answer: httpx.Response = await workspace.http.get(uploaded["file"]["url_private"], headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (404, "invalid_auth")


async def test_blocks_stand_above_the_files_unless_there_is_a_comment(workspace: PageClient) -> None:
    blocks = json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": "Above"}}])
    upload = {"channel": DEPLOYS, "filename": "a.txt", "content": "abc", "blocks": blocks}
    await workspace.web.files_upload_v2(**upload)
    await workspace.web.files_upload_v2(**upload, initial_comment="Here it is")
    first, second = await workspace.messages()
    assert (first["text"], first["blocks"][0]["text"]["text"], len(first["files"])) == ("", "Above", 1)
    assert (second["text"], second.get("blocks") or []) == ("Here it is", [])


async def test_blocks_that_slack_would_refuse_share_nothing(workspace: PageClient) -> None:
    blocks = json.dumps([{"type": "section"}])
    sharing = workspace.web.files_upload_v2(channel=DEPLOYS, filename="a.txt", content="abc", blocks=blocks)
    assert (await workspace.refusal(sharing))["error"] == "invalid_blocks"
    assert await workspace.messages() == []


@pytest.mark.parametrize("sent", [b"ab", b"abcd", b""])
async def test_the_bytes_must_be_as_many_as_was_said(workspace: PageClient, sent: bytes) -> None:
    begun = await workspace.web.files_getUploadURLExternal(filename="a.bin", length=3)
    answer = await workspace.http.post(begun["upload_url"], content=sent)
    assert (answer.status_code, answer.text) == (400, "length_mismatch")
    refused = await workspace.refusal(workspace.web.files_completeUploadExternal(files=[{"id": begun["file_id"]}]))
    assert refused["error"] == "file_not_found"


async def test_a_file_is_completed_once_and_takes_no_bytes_after(workspace: PageClient) -> None:
    begun = await workspace.web.files_getUploadURLExternal(filename="a.bin", length=3)
    await workspace.http.post(begun["upload_url"], content=b"abc")
    files = [{"id": begun["file_id"]}]
    await workspace.web.files_completeUploadExternal(files=files)
    assert (await workspace.http.post(begun["upload_url"], content=b"xyz")).status_code == 404
    again = await workspace.refusal(workspace.web.files_completeUploadExternal(files=files))
    assert again["error"] == "file_not_found"


async def test_of_several_files_all_are_completed_or_none(workspace: PageClient) -> None:
    first, second = [await workspace.web.files_getUploadURLExternal(filename=name, length=1) for name in "ab"]
    await workspace.http.post(first["upload_url"], content=b"a")
    both = [{"id": first["file_id"]}, {"id": second["file_id"]}]
    sharing = workspace.web.files_completeUploadExternal(files=both, channel_id=DEPLOYS)
    assert (await workspace.refusal(sharing))["error"] == "file_not_found"
    await workspace.http.post(second["upload_url"], content=b"b")
    await workspace.web.files_completeUploadExternal(files=both, channel_id=DEPLOYS)
    assert [file["name"] for file in (await workspace.messages())[0]["files"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"filename": "a", "length": 0}, "invalid_arguments"),
        ({"filename": "", "length": 1}, "invalid_arguments"),
        ({"filename": "a", "length": 1_000_000_001}, "file_upload_size_restricted"),
        ({"filename": "a", "length": 1, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
async def test_an_upload_that_cannot_be_is_refused_at_once(
    workspace: PageClient, asked: dict[str, Any], error: str
) -> None:
    assert (await workspace.refusal(workspace.web.files_getUploadURLExternal(**asked)))["error"] == error


async def test_files_are_listed_by_kind_and_place_a_page_at_a_time(workspace: PageClient) -> None:
    workspace.set_up(None)
    for name, channel in (("one.log", DEPLOYS), ("two.png", None), ("three.txt", DEPLOYS)):
        await workspace.web.files_upload_v2(filename=name, content="x", channel=channel)

    async def names(**asked: Any) -> list[str]:
        return [each["name"] for each in (await workspace.web.files_list(**asked))["files"]]

    assert await names() == ["three.txt", "two.png", "one.log"]
    assert await names(types="images,pdfs") == ["two.png"]
    assert await names(channel=DEPLOYS) == ["three.txt", "one.log"]
    assert (await names(user="U0ADA"), await names(ts_to="1")) == ([], [])
    paged = await workspace.web.files_list(count=2, page=2)
    assert paged["paging"] == {"count": 2, "total": 3, "page": 2, "pages": 2}
    for wrong, error in (
        ({"types": "songs"}, "unknown_type"),
        ({"user": "U0NOBODY"}, "user_not_found"),
        ({"page": 0}, "invalid_arguments"),
        ({"ts_from": "noon"}, "invalid_arguments"),
    ):
        assert (await workspace.refusal(workspace.web.files_list(**wrong)))["error"] == error
