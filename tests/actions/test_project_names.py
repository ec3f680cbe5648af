"""A project that CircleCI knows by ids is told by its name, and nothing is bold twice."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.mrkdwn import as_bold
from tests.plugins.block_reader import get_text
from tests.plugins.command_requests import record_requests
from tests.plugins.world import World

LINES = (
    *("status", "recent", "insights", "flaky", "subscribe", "keys", "env", "schedules", "webhooks"),
    *("use", "trigger", "pipeline", "why"),
)
_ADDRESS = re.compile(r"<[^>|]*\|")
_CODE = re.compile(r"`[^`]*`|<[^>]*>")


async def test_every_answer_about_such_a_project_names_it(calm_world: World) -> None:
    projects = (await calm_world.fetch_state("circleci.projects"))["circleci"]["projects"]
    slug = next(project["slug"] for project in projects if project["name"] == "kiosk")
    for line in (*(f"{name} {slug}" for name in LINES), "subscriptions", "unsubscribe kiosk"):
        before = len(await calm_world.list_messages())
        await record_requests(calm_world, line)
        for said in [get_text(one) for one in (await calm_world.list_messages())[before:]]:
            assert slug not in _ADDRESS.sub("", said), f"{line}: {said}"
            assert not _nested(said), f"{line}: {said}"


def test_what_is_bold_already_is_bold_once() -> None:
    assert as_bold("Pipelines of *Acme/kiosk* on `release/*`") == "*Pipelines of Acme/kiosk on `release/*`*"


@given(st.text(alphabet="ab *`", max_size=30))
def test_outside_of_code_only_its_own_asterisks_are_left(text: str) -> None:
    shown = as_bold(text)
    outside = shown[1:-1].split("`")[::2]
    assert (shown[0], shown[-1], "*" in "".join(outside)) == ("*", "*", False)


def _nested(text: str) -> list[str]:
    """Lines in which bold begins inside of bold."""
    plain = [_CODE.sub("x", line) for line in text.splitlines()]
    return [line for line in plain if "**" in line or re.search(r"\*\S[^*]* \*\S[^*]*\*[^*]*\S\*", line)]
