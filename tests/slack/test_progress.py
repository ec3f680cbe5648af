from __future__ import annotations

from typing import Any

from bot.command import Request, RequestSource
from bot.slack.progress import EVERY_S, ProgressLines
from tests.plugins.each_case import each_case


class Hours:
    """An event loop's time, as far as Lines looks at it."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> float:
        return self.at_s


def _request(**more: Any) -> Request:
    return Request(workspace="T", user="U", line="artifacts 1", source=RequestSource.TYPED, key="k", **more)


def _most(request: Request) -> int:
    """How many of twenty lines, said slowly, come through."""
    hours = Hours()
    lines = ProgressLines(hours)
    said = 0
    for _ in range(20):
        said += lines.allow(request)
        hours.at_s += EVERY_S
    return said


@each_case(
    ("where", "most"),
    [
        ({"channel": "C1", "reply_to": "https://hooks"}, 1),
        ({"channel": "C1", "thread_ts": "1.1"}, 1),
        ({"channel": None}, 1),
        ({"channel": "D1"}, 20),
        ({"channel": "C1", "view_id": "V1"}, 20),
    ],
)
def test_lines_are_said_where_the_next_can_take_their_place(where: dict[str, Any], most: int) -> None:
    assert _most(_request(**where)) == most


def test_a_response_url_keeps_two_of_its_five_posts_for_the_reply() -> None:
    pressed = Request(
        workspace="T",
        user="U",
        line="x",
        source=RequestSource.BUTTON,
        key="k",
        reply_to="https://hooks",
        ephemeral=True,
    )
    assert _most(pressed) == 3


def test_lines_in_quick_succession_are_left_out() -> None:
    hours = Hours()
    lines, request = ProgressLines(hours), _request(channel="D1")
    assert [lines.allow(request), lines.allow(request)] == [True, False]
    hours.at_s += EVERY_S - 0.1
    assert not lines.allow(request)
    hours.at_s += 0.1
    assert lines.allow(request)


def test_a_request_that_is_done_is_forgotten() -> None:
    lines, request = ProgressLines(Hours()), _request(channel="D1")
    lines.allow(request)
    lines.set_message_ts(request, "1.1")
    assert lines.find_message_ts(request) == "1.1"
    lines.forget(request)
    assert lines.find_message_ts(request) is None
    assert lines.allow(request)
