from __future__ import annotations

from typing import Any

from tests.plugins.call_contract import find_violations
from tests.plugins.each_case import each_case


def _state(method: str, **args: Any) -> dict[str, Any]:
    return {"slack": {"calls": [{"method": method, "args": args}]}}


_BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}


def test_a_good_call_is_none_to_complain_of() -> None:
    blocks = [{"type": "actions", "elements": [_BUTTON]}]
    assert find_violations(_state("chat.postMessage", channel="C1", text="x", blocks=blocks)) == []


@each_case(
    ("method", "args", "complaint"),
    [
        ("chat.sing", {}, "Slack has no such method"),
        ("chat.postMessage", {"channel": "C1", "txt": "x"}, "txt is no argument of it"),
        ("chat.update", {"channel": "C1", "text": "x"}, "ts is missing"),
        ("chat.postMessage", {"channel": "C1", "blocks": [{"type": "input"}]}, "is a required property"),
        ("response_url", {"blocks": [{"type": "divider"}] * 51}, "51 blocks are too many"),
        ("chat.postMessage", {"channel": "C1", "blocks": '[{"type": "poem"}]'}, "'poem' is no block type"),
        ("views.open", {"view": {"type": "modal", "blocks": []}, "trigger_id": "1"}, "'title' is a required property"),
        ("views.publish", {"user_id": "U1", "view": {"type": "home", "blocks": [], "x": 1}}, "'x' was unexpected"),
    ],
)
def test_a_wrong_call_is_complained_of(method: str, args: dict[str, Any], complaint: str) -> None:
    assert any(complaint in one for one in find_violations(_state(method, **args))), find_violations(
        _state(method, **args)
    )


@each_case(
    ("method", "error", "is_slacks"),
    [
        ("chat.postMessage", "not_in_channel", True),
        ("chat.postMessage", "ratelimited", True),
        ("chat.postMessage", "http_503", True),
        ("chat.postMessage", "user_not_in_channel", False),
        ("chat.delete", "not_in_channel_any_more", False),
    ],
)
def test_an_error_that_slack_does_not_give_there_is_complained_of(method: str, error: str, *, is_slacks: bool) -> None:
    args = {"channel": "C1", "ts": "1"} if method == "chat.delete" else {"channel": "C1"}
    state = {"slack": {"calls": [{"method": method, "args": args, "error": error}]}}
    assert (find_violations(state) == []) is is_slacks
