"""Whatever a world is called and whatever people do in it: CircleCI is asked what they said, and channels show it.

The world, and what happens in it, are made by hypothesis; WORLDS=200 in the environment lets it try so many worlds,
other ones each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.plugins import call_contract, world_strategies
from tests.plugins.block_reader import read_inputs
from tests.plugins.expected_state import TypedRule, get_card_actions, get_newest_runs, get_waiting_jobs
from tests.plugins.invariant_checker import CHANNELS, InvariantChecker
from tests.plugins.slack_users import ADA, GRACE, Json
from tests.plugins.stepped_world import SteppedWorld, run_stepped_world
from tests.plugins.world_strategies import quote_word

T = TypeVar("T")
KINDS = ("all", "failed", "passed", "on-hold", "canceled", "errored-config", "empty")
_MOST_RULES = 4
channels, people = st.sampled_from(CHANNELS), st.sampled_from([ADA, GRACE])


class AGeneratedWorld(RuleBasedStateMachine):
    """People act, time passes, and an checker holds what became of it against what they said."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.open = contextlib.AsyncExitStack()
        self.ran: dict[tuple[str, str, str], list[str]] = {}
        self.begun = False

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(described=world_strategies.worlds(), heard=st.lists(st.booleans(), min_size=2, max_size=2))
    def begin(self, described: Json, heard: list[bool]) -> None:
        self.world: SteppedWorld = self.run(
            self.open.enter_async_context(run_stepped_world(Path(self.folder.name), described))
        )
        self.checker = InvariantChecker(self.world)
        self.projects = dict(zip(self.run(self.checker.fetch_slugs()), described["projects"], strict=True))
        self.run(self.world.connect(ADA))
        self.run(self.world.connect(GRACE))
        self.begun = True
        for is_heard, (slug, project) in zip(heard, self.projects.items(), strict=False):
            if is_heard:
                self.subscribe(TypedRule(CHANNELS[0], slug, frozenset({"all"})))
            for branch in project["branches"]:
                self.push(slug, "branch", branch, None)

    def teardown(self) -> None:
        try:
            if self.begun:
                self.run(self.checker.check_cards())
                assert not (found := call_contract.find_violations(self.run(self.world.fetch_state("slack.calls")))), (
                    "\n".join(found)
                )
        finally:
            self.run(self.open.aclose())
            self.runner.close()
            self.folder.cleanup()

    def say(self, line: str, *, as_: str, channel: str, answer: str = "") -> Json:
        """What a person types, and what they are answered."""

        async def say() -> Json:
            await self.world.say(f"/circle {line}", as_=as_, channel=channel)
            return await self.world.reply(answer, as_=as_, channel=channel)

        return self.run(say())

    def act(self, begin: Callable[[], Awaitable[object]]) -> None:
        self.run(self.world.act_at_circleci(begin))

    def say_act(self, line: str, *, as_: str, channel: str) -> None:
        self.act(lambda: self.world.say(f"/circle {line}", as_=as_, channel=channel))

    # Pipelines begin

    @rule(data=st.data())
    def somebody_pushes(self, data: st.DataObject) -> None:
        slug, kind, refs = self._refs(data)
        ref = data.draw(st.sampled_from(sorted(refs)) if refs else world_strategies.refs)
        story = data.draw(world_strategies.stories() if ref not in refs else st.none() | world_strategies.stories())
        self.push(slug, kind, ref, story)
        refs.setdefault(ref, story)

    def push(self, slug: str, kind: str, ref: str, story: Json | None) -> None:
        brought = {} if story is None else {"story": story}
        self.run(self.world.control("push", project=slug, **{kind: ref}, **brought))
        self._ran(slug, kind, ref, self._definitions(slug)[0])

    @rule(data=st.data(), channel=channels, person=people)
    def a_person_triggers(self, data: st.DataObject, channel: str, person: str) -> None:
        slug, kind, refs = self._refs(data)
        if not refs:
            return
        ref, definition = data.draw(st.sampled_from(sorted(refs))), data.draw(st.sampled_from(self._definitions(slug)))
        given = data.draw(world_strategies.given_values(self._settable(slug, kind, ref, definition)))
        values = [f"{name}={quote_word(world_strategies.as_text(value))}" for name, value in given.items()]
        words = [quote_word(ref), *values]
        several = len(self._definitions(slug)) > 1
        if several:
            words.append(f"--definition {quote_word(definition['name'])}")
        self.say_act(f"trigger {slug} --{kind} {' '.join(words)}", as_=person, channel=channel)
        body = {"parameters": given} if given else {}
        self._ran(slug, kind, ref, definition)
        self.run(
            self.checker.record_trigger(
                channel, slug, {kind: ref}, body, definition["name"] if several else None, person
            )
        )

    @rule(data=st.data(), channel=channels)
    def a_person_fills_in_a_form(self, data: st.DataObject, channel: str) -> None:
        """For the default branch; what is left as it stands is the config's own affair, or what was chosen last."""
        slug = data.draw(st.sampled_from(sorted(self.projects)))
        definition, *others = self._definitions(slug)
        if others:
            return
        branch = self.projects[slug]["default_branch"]
        written = {name: one for name, one in definition["parameters"].items() if one["type"] in {"string", "integer"}}
        given = {
            name: value
            for name, value in data.draw(world_strategies.given_values(written)).items()
            if str(value).strip()
        }

        shown: dict[str, Any] = {}

        async def fill_in() -> None:
            await self.world.say(f"/circle trigger {slug}", channel=channel)
            form = await self.world.form("Branch")
            shown.update(read_inputs(form, written))
            said = await self.world.submit(form, **{name: str(value) for name, value in given.items()})
            assert not said, said
            await self.world.done("Started")

        self.run(fill_in())
        self._ran(slug, "branch", branch, definition)
        filled = {**shown, **given}
        differing = {name: value for name, value in filled.items() if value != written[name]["default"]}
        body = {"parameters": differing} if differing else {}
        self.run(self.checker.record_trigger(channel, slug, {"branch": branch}, body, None, ADA))

    def _ran(self, slug: str, kind: str, ref: str, definition: Json) -> None:
        self.ran.setdefault((slug, kind, ref), []).append(definition["name"])

    def _settable(self, slug: str, kind: str, ref: str, definition: Json) -> Json:
        """What is declared; where that definition ran neither there nor on the default branch, what goes as typed."""
        default = self.projects[slug]["default_branch"]
        lately = [name for at in {(kind, ref), ("branch", default)} for name in self.ran.get((slug, *at), [])[-10:]]
        declared: Json = definition["parameters"]
        known = definition["name"] in lately or len(self._definitions(slug)) == 1
        return {name: one for name, one in declared.items() if known or one["type"] in {"string", "enum"}}

    def _refs(self, data: st.DataObject) -> tuple[str, str, Json]:
        slug = data.draw(st.sampled_from(sorted(self.projects)))
        kind = data.draw(st.sampled_from(["branch", "branch", "tag"]))
        return slug, kind, self.projects[slug]["branches" if kind == "branch" else "tags"]

    def _definitions(self, slug: str) -> list[Json]:
        found: list[Json] = self.projects[slug]["definitions"]
        return found

    # They go on

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.run(self.world.advance(seconds))

    @rule(data=st.data(), person=people)
    def a_person_presses_a_button(self, data: st.DataObject, person: str) -> None:
        cards = self.run(self.checker.check_cards())
        offered = [(card, pipeline, act) for card, pipeline in cards for act in get_card_actions(card)]
        if not offered:
            return
        card, pipeline, act = data.draw(st.sampled_from(offered))
        run = next(run for run in get_newest_runs(pipeline) if run["id"] == act.workflow)

        self.act(lambda: self.world.press_at(card, act.element, as_=person))
        self.run(self.checker.record_action(card["channel"], pipeline, act.build_request(run), person))

    @rule(data=st.data(), channel=channels)
    def a_person_approves_by_name(self, data: st.DataObject, channel: str) -> None:
        held = [one for one in self._held() if world_strategies.can_be_named(one[2], one[1])]
        if not held:
            return
        pipeline, run, hold = data.draw(st.sampled_from(held))
        self.say_act(f"approve {run['id']} {quote_word(hold['name'])}", as_=ADA, channel=channel)
        request = (f"/api/v2/workflow/{run['id']}/approve/{hold['approval_request_id']}", None)
        self.run(self.checker.record_action(channel, pipeline, request, ADA))

    @rule(data=st.data(), channel=channels)
    def a_person_reruns_jobs_by_name(self, data: st.DataObject, channel: str) -> None:
        self.run(self.checker.check_cards())
        runs = [
            (one, run)
            for one in self.run(self.world.list_pipelines())
            for run in get_newest_runs(one)
            if run["stopped_at"]
        ]
        jobs = [(one, run, job) for one, run in runs for job in run["jobs"] if job.get("job_number")]
        found = [(one, run, job) for one, run, job in jobs if world_strategies.can_be_named(job, run)]
        if not found:
            return
        pipeline, run, job = data.draw(st.sampled_from(found))
        self.say_act(f"rerun {run['id']} --jobs {quote_word(job['name'])}", as_=GRACE, channel=channel)
        request = f"/api/v2/workflow/{run['id']}/rerun", {"jobs": [job["id"]]}
        self.run(self.checker.record_action(channel, pipeline, request, GRACE))

    @rule(data=st.data(), decision=st.sampled_from(["approve", "cancel"]))
    def somebody_decides_on_the_web(self, data: st.DataObject, decision: str) -> None:
        held = self._held()
        if not held:
            return
        _, run, hold = data.draw(st.sampled_from(held))
        self.run(self.world.control("decide", workflow_id=run["id"], hold=hold["name"], decision=decision))

    def _held(self) -> list[tuple[Json, Json, Json]]:
        self.run(self.checker.check_cards())
        found = self.run(self.world.list_pipelines())
        return [(one, run, hold) for one in found for run in get_newest_runs(one) for hold in get_waiting_jobs(run)]

    # Channels want to hear of them

    @precondition(lambda self: self.begun and len(self.checker.rules) < _MOST_RULES)
    @rule(data=st.data(), channel=channels, kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    def a_channel_is_subscribed(self, data: st.DataObject, channel: str, kinds: list[str]) -> None:
        self.run(self.checker.check_cards())
        slug = data.draw(st.sampled_from(sorted(self.projects)))
        names = [
            (kind, name)
            for kind, name in world_strategies.list_rule_options(self.projects[slug])
            if world_strategies.can_be_typed(world_strategies.quote_list_item(name))
        ]
        option = data.draw(st.none() | st.sampled_from(names) if names else st.none())
        wish = TypedRule(channel, slug, frozenset({"all"} if "all" in kinds else kinds), option)
        if wish not in self.checker.rules.values():
            self.subscribe(wish)

    def subscribe(self, wish: TypedRule) -> None:
        name, value = wish.option or ("", "")
        narrowed = f"--{name} {quote_word(world_strategies.quote_list_item(value))}" if name else ""
        line = f"subscribe {wish.project} --only {','.join(sorted(wish.kinds))} {narrowed}"
        self.say(line, as_=ADA, channel=wish.channel, answer="You own rule")
        self.run(self.checker.record_rule(wish))

    @precondition(lambda self: self.begun and self.checker.rules)
    @rule(data=st.data())
    def a_channel_is_unsubscribed(self, data: st.DataObject) -> None:
        self.run(self.checker.check_cards())
        number = data.draw(st.sampled_from(sorted(self.checker.rules)))
        wish = self.checker.rules.pop(number)
        self.run(self.world.change(f"unsubscribe {number}", as_=ADA, channel=wish.channel))

    @rule(channel=channels)
    def a_channel_is_muted_or_heard_again(self, channel: str) -> None:
        self.run(self.checker.check_cards())
        if channel in self.checker.missed_keys:
            self.run(self.world.change("unmute", as_=ADA, channel=channel))
            self.run(self.checker.check_missed_digest(channel))
        else:
            self.say("mute 1d", as_=ADA, channel=channel, answer="summarised when the mute ends")
            self.checker.missed_keys[channel] = set()

    # The bot goes on

    @rule()
    def the_bot_is_restarted(self) -> None:
        self.run(self.world.restart())

    @rule()
    def all_is_quiet(self) -> None:
        self.run(self.checker.check_cards())


TestAGeneratedWorld = AGeneratedWorld.TestCase
TestAGeneratedWorld.settings = settings(
    max_examples=int(os.environ.get("WORLDS", "6")),
    derandomize="WORLDS" not in os.environ,
    stateful_step_count=12,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
