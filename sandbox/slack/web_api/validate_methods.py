"""blocks.validate: what Slack would say about blocks, without sending them (slack docs: blocks.validate)."""

from __future__ import annotations

from typing import Any

from sandbox.slack.block_kit.check import list_attachment_problems, list_message_problems, list_view_problems
from sandbox.slack.block_kit.validators import SchemaProblem
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall

_ASKED = ("blocks", "message", "view")


async def validate_blocks(call: WebApiCall) -> Answer:
    """Exactly one of blocks, message and view; a missing `text` is not complained of, and no token is asked for."""
    given = [name for name in _ASKED if call.args.get(name) not in (None, "")]
    if len(given) != 1:
        raise invalid_arguments(f"must provide exactly one of: {', '.join(_ASKED)}")
    problems = _problems(given[0], call.parse_json(given[0]))
    if problems:
        raise FakeSlackError("invalid_blocks", errors=[_to_json(problem) for problem in problems])
    return {}


def _problems(name: str, value: Any) -> list[SchemaProblem]:
    if name == "blocks":
        return list_message_problems(value)
    if not isinstance(value, dict):
        return [SchemaProblem("must provide an object", f"/{name}")]
    if name == "view":
        return list_view_problems(value)
    attached = list_attachment_problems(value["attachments"]) if value.get("attachments") else []
    return [*list_message_problems(value.get("blocks", []), "/message/blocks"), *attached]


def _to_json(problem: SchemaProblem) -> dict[str, str]:
    """The words of the codes are ours: nobody publishes them."""
    return {"code": _code(problem.message), "message": problem.message, "pointer": problem.pointer}


def _code(sentence: str) -> str:
    for code, beginning in (
        ("missing_field", "missing required field"),
        ("unknown_field", "invalid additional property"),
        ("unsupported_type", "unsupported type"),
    ):
        if sentence.startswith(beginning):
            return code
    return "invalid_value"
