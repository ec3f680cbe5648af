"""The body of methods.yaml, made from two lists of Slack's Web API methods: the digest of its pages, and the SDK's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.contracts.making.correcting import Marks, correct

Json = Any
_TIER = re.compile(r"Tier (\d):")


def methods(folder: Path, head: Json) -> tuple[Json, Marks]:
    """A row for each method that is chosen: tier, scopes of a bot, arguments, errors."""
    digest = json.loads((folder / "slack" / "webapi_methods_digest.slack_kit.json").read_text(encoding="utf-8"))
    sdk = json.loads((folder / "slack" / "webapi_methods.slack_sdk-3.47.0.json").read_text(encoding="utf-8"))
    chosen = [name for name in sorted({*digest, *sdk}) if any(re.fullmatch(one, name) for one in head["chosen"])]
    body = {"methods": {name: _row(digest.get(name), sdk.get(name), head["everywhere"].split()) for name in chosen}}
    return body, correct(head["corrections"], body)


def _row(page: Json | None, sdk: Json | None, everywhere: list[str]) -> Json:
    page, sdk = page or {}, sdk or {"required": [], "optional": []}
    need = page.get("required", sdk["required"])
    known = {*page.get("args", ()), *sdk["required"], *sdk["optional"]}
    tier = _TIER.match(page.get("rate_limit") or "")
    row = {
        "tier": int(tier[1]) if tier else None,
        "scopes": " ".join(sorted(one["name"] for one in page.get("scopes", {}).get("bot", ()))),
        "need": " ".join(sorted(need)),
        "sdk": " ".join(sorted({*sdk["required"]} - {*need})),
        "may": " ".join(sorted(known - {*need, *sdk["required"]})),
        "errors": " ".join(sorted({*page.get("errors", ())} - {*everywhere})),
    }
    return {key: value for key, value in row.items() if value}
