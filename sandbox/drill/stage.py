"""Where a drill plays: a channel of its own with a rule, commits that are pushed, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.breaks import BOT, BotSwitch, Breaks
from sandbox.circleci import FakeCircleci
from sandbox.circleci.entities import FakePipeline
from sandbox.circleci.plans import JobPlan, Story, WorkflowPlan
from sandbox.drill.tally import Tally, count_outcomes
from sandbox.first_minutes import Traces
from sandbox.slack import FakeSlack, message_changes
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_views import FakeView
from sandbox.slack.ids import BOT_USER
from sandbox.slack.interactions.modal_submissions import close_modal, submit_modal
from sandbox.slack.page_api import compose
from sandbox.slack.workspace_users import FakeSlackUser

PROJECT, PERSON = "gh/acme/web", "U0GRACE"
_TOKEN = {"type": "plain_text_input", "value": "CCIPAT_grace"}
_READY_WITHIN_S, _TOLD_WITHIN_S = 30.0, 120.0
_LOOKS_ON_S = 8.0
"""After the last message: what the app would say twice, it says in these seconds."""

_PASSES = WorkflowPlan("build-and-test", (JobPlan("build", 1.0), JobPlan("test", 2.0, ("build",))))
_FAILS = replace(_PASSES, jobs=(_PASSES.jobs[0], replace(_PASSES.jobs[1], outcomes=("failed",))))


class DrillFailed(Exception):
    """It cannot go on; says why."""


class Stage:
    """`say` tells who looks on what happens."""

    def __init__(self, slack: FakeSlack, circleci: FakeCircleci, breaks: Breaks, say: Callable[[str], None]) -> None:
        self.say = say
        self.deaths = 0
        self._pushed: list[tuple[str, FakePipeline]] = []
        self.channel = FakeChannel(slack.ids.generate_id("C"), _find_free_name(slack), list(slack.people))
        self._slack, self._circleci, self._breaks = slack, circleci, breaks

    @property
    def bot(self) -> BotSwitch:
        if self._breaks.bot is None:
            raise DrillFailed("The sandbox runs no bot here: circlebot demo does.")
        return self._breaks.bot

    async def prepare(self) -> None:
        """As Grace does it: a channel with the app in it, an account at CircleCI, a rule for the drill's branches."""
        person = self._slack.people[PERSON]
        self._slack.channels.add(self.channel)
        self._slack.send_channels()
        message_changes.join_channel(self._slack, self.channel, BOT_USER, person.id)
        if not Traces(self._slack, self._circleci, person).has_called():
            await self._connect(person)
        name = self.channel.name
        self.type(f"/circle subscribe acme/web --branch {name}/* --only passed,failed")
        await self._await("the rule", lambda: any(name in text for text in self._list_texts()))

    async def _connect(self, person: FakeSlackUser) -> None:
        self.type("/circle connect")
        form = await self._await_form(person)
        (field,) = [block for block in form.blocks if block.get("element", {}).get("type") == _TOKEN["type"]]
        await submit_modal(
            self._slack, person, form, {field["block_id"]: {field["element"]["action_id"]: dict(_TOKEN)}}
        )
        await self._await("the account", lambda: Traces(self._slack, self._circleci, person).has_called())
        if left := self._slack.views.find_top(person.id):
            close_modal(self._slack, person, left)

    async def _await_form(self, person: FakeSlackUser) -> FakeView:
        find = self._slack.views.find_top
        await self._await("the form", lambda: (form := find(person.id)) is not None and "token" in str(form.blocks))
        form = find(person.id)
        if form is None:
            raise DrillFailed("The form is closed.")
        return form

    def type(self, line: str) -> None:
        compose.say(self._slack, self._slack.people[PERSON], {"channel": self.channel.id, "text": line})

    def _list_texts(self) -> list[str]:
        shown = self._slack.messages.list_in_channel(self.channel.id)
        return [str(message.build_shared_fields()) for message in shown if message.is_by_app]

    def push(self, count: int, scene: str) -> None:
        """Commits, one after another; every second one fails. Pipelines are of one workflow, and take seconds."""
        project = self._circleci.projects[PROJECT]
        for number in range(count):
            story = Story((_FAILS if number % 2 else _PASSES,))
            pushed = self._circleci.push(project, branch=f"{self.channel.name}/{scene}", story=story)
            self._pushed.append((scene, pushed))

    async def kill(self) -> None:
        await self._breaks.switch(BOT, broken=True)
        self.deaths += 1

    async def start(self) -> None:
        await self._breaks.switch(BOT, broken=False)

    async def turn(self, *names: str, broken: bool) -> None:
        """What is broken already, or not, stays so."""
        for name in names:
            await self._breaks.switch(name, broken=broken)

    def count(self, scene: str = "") -> Tally:
        """Of this scene, or of all."""
        return count_outcomes(self._list_pushed(scene), self._slack.messages.list_in_channel(self.channel.id))

    def _list_pushed(self, scene: str) -> list[FakePipeline]:
        return [pipeline for name, pipeline in self._pushed if not scene or name == scene]

    async def wait_ended(self, scene: str) -> None:
        await self._await("builds to end", lambda: self.count(scene).ended == len(self._list_pushed(scene)))

    async def wait_first_message(self) -> None:
        """Of the app's, from now on."""
        await self._await("a message", self._watch_messages())

    async def wait_told(self, scene: str) -> None:
        """Of all that was pushed, or until time is up."""
        await self._wait_until(lambda: self.count(scene).told == len(self._list_pushed(scene)), _TOLD_WITHIN_S)

    async def settle(self, scene: str) -> Tally:
        """The same, and nothing more comes."""
        await self.wait_told(scene)
        while await self._wait_until(self._watch_messages(), _LOOKS_ON_S):
            pass
        return self.count(scene)

    def _watch_messages(self) -> Callable[[], bool]:
        """Whether there is one more than now."""
        shown = len(self._list_texts())
        return lambda: len(self._list_texts()) > shown

    async def _await(self, what: str, is_so: Callable[[], bool]) -> None:
        if not await self._wait_until(is_so, _READY_WITHIN_S):
            raise DrillFailed(f"{what} did not come within {_READY_WITHIN_S:g} seconds.")

    async def _wait_until(self, is_so: Callable[[], bool], within_s: float) -> bool:
        """Whether it became so in time."""
        changes, until_s = self._breaks.changes, self._slack.clock.monotonic() + within_s
        while not is_so():
            left_s = until_s - self._slack.clock.monotonic()
            if left_s <= 0:
                return False
            await changes.wait_after(changes.seq, min(1.0, left_s))
        return True


def _find_free_name(slack: FakeSlack) -> str:
    numbers = iter(range(2, 1000))
    name = "drill"
    while slack.channels.find_by_name(name):
        name = f"drill-{next(numbers)}"
    return name
