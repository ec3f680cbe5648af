from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.slack.app_manifest import Manifest
from sandbox.slack.manifest_file import BadManifest, read_manifest
from tests.sandbox.slack.workspace import MANIFEST, PageClient

LUNCH: dict[str, Any] = {
    "_metadata": {"major_version": 2},
    "display_information": {"name": "lunch"},
    "features": {"slash_commands": [{"command": "/lunch", "description": "What is for lunch"}]},
    "oauth_config": {"scopes": {"bot": ["commands", "pins:read"], "user": ["search:read"]}},
    "settings": {"socket_mode_enabled": True},
}


@pytest.mark.parametrize("written", [json.dumps(LUNCH, indent="\t"), yaml.safe_dump(LUNCH)], ids=["json", "yaml"])
async def test_another_app_gets_its_own_scopes_and_commands(
    workspace: PageClient, tmp_path: Path, written: str
) -> None:
    file = tmp_path / "manifest"
    file.write_text(written, encoding="utf-8")
    workspace.set_up(read_manifest(file))
    assert (await workspace.web.pins_list(channel="C0DEPLOYS"))["items"] == []
    refused = await workspace.refusal(workspace.web.emoji_list())
    assert (refused["error"], refused["provided"]) == ("missing_scope", "commands,pins:read")
    boot = (await workspace.http.get("/_page/boot", params={"as": "U0ADA"})).json()
    assert [each["command"] for each in boot["commands"]] == ["/lunch"]


def test_ours_is_believed(tmp_path: Path) -> None:
    file = tmp_path / "manifest.yml"
    file.write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    assert Manifest.parse(read_manifest(file)) == Manifest.parse(MANIFEST)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (b"", "/: must provide an object"),
        (b"- a\n- b", "/: must provide an object"),
        (b'{"features": ', "no JSON: Expecting value: line 1 column 14"),
        (b"a: [1", "neither JSON nor YAML: while parsing a flow sequence"),
        (b"\xff\xfe", "no UTF-8 text"),
        (b"x" * 1_000_001, "larger than a megabyte"),
        (b"[" * 50_000, "neither JSON nor YAML"),
        (b"features: {}", "/: missing required field: display_information"),
        (b"display_information: lunch", "/display_information: must provide an object"),
        (
            b"display_information: {name: a}\nfeatures: {slash_commands: [{command: lunch}]}",
            r"/features/slash_commands/0/command: must match the pattern /\S+",
        ),
        (
            b"display_information: {name: a}\noauth_config: {scopes: {bot: commands}}",
            "/oauth_config/scopes/bot: must provide an array",
        ),
        (
            b"display_information: {name: a}\nfeatures: {shortcuts: [{type: message, name: b}]}",
            "/features/shortcuts/0: missing required field: callback_id",
        ),
    ],
)
def test_a_file_that_is_no_manifest_is_told_in_a_sentence(tmp_path: Path, written: bytes, complaint: str) -> None:
    file = tmp_path / "manifest.yml"
    file.write_bytes(written)
    with pytest.raises(BadManifest) as bad:
        read_manifest(file)
    assert complaint in str(bad.value)
    assert str(file) in str(bad.value)


def test_a_file_that_is_not_there_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(BadManifest, match=r"none\.yml cannot be read: No such file"):
        read_manifest(tmp_path / "none.yml")
