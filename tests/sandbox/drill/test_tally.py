from __future__ import annotations

from sandbox.circleci.described import parse_story
from sandbox.drill.scenes import give_verdict
from sandbox.drill.tally import Tally, count_outcomes
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.ids import BOT_USER
from sandbox.slack.message_content import MessageContent
from tests.plugins.each_case import each_case
from tests.sandbox.sandbox_controller import SandboxController

STORY = parse_story({"workflows": [{"name": "build", "jobs": [{"name": "test"}]}]})
CARD, NOTICE = (
    "acme/web #{0} on main: failed, passed since #{1}",
    "<http://x/pipelines/gh/acme/web/{0}/workflows/w|build>",
)


def write(text: str, ts: str, card_ts: str | None = None, *, user: str = BOT_USER) -> FakeMessage:
    return FakeMessage(ts, "C1", user, MessageContent(text), thread_ts=card_ts)


@each_case(
    ("again", "left_out", "expected"),
    [
        ([], [], Tally(ended=2, told=2, twice=0)),
        ([], ["2.1"], Tally(ended=2, told=1, twice=0)),
        ([], ["1", "1.1"], Tally(ended=2, told=1, twice=0)),
        (["1.1"], [], Tally(ended=2, told=2, twice=1)),
        (["2"], [], Tally(ended=2, told=2, twice=1)),
    ],
)
def test_an_outcome_has_one_card_and_one_reply(again: list[str], left_out: list[str], expected: Tally) -> None:
    circleci = SandboxController().circleci
    pushed = [circleci.push(circleci.projects["gh/acme/web"], branch="main", story=STORY) for _ in range(2)]
    circleci.engine.advance(60)
    goes_on = circleci.push(circleci.projects["gh/acme/web"], branch="main", story=STORY)
    first, second = (one.number for one in pushed)
    said = [
        write(CARD.format(first, second), "1"),
        write(NOTICE.format(first), "1.1", "1"),
        write(CARD.format(second, second), "2"),
        write(NOTICE.format(second) + NOTICE.format(first), "2.1", "2"),
        write(NOTICE.format(first), "3", user="U0ADA"),
    ]
    kept = [one for one in said if one.ts not in left_out] + [one for one in said if one.ts in again]
    assert count_outcomes([*pushed, goes_on], kept) == expected


def test_the_verdict_is_said_in_numbers() -> None:
    assert give_verdict(Tally(ended=12, told=11, twice=2), deaths=1) == "12 outcomes, 1 death, 1 lost, 2 twice"
