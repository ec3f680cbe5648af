"""Whatever a world is called and whatever people do in it: CircleCI is asked what they said, and channels show it.

The world, and what happens in it, are made by hypothesis; WORLDS=200 in the environment lets it try so many worlds,
other ones each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.plugins import wire, worlds
from tests.plugins.people import DEPLOYS, WEB, Json
from tests.plugins.reading import is_card
from tests.plugins.steered import Steered, steered
from tests.plugins.truth import Act, Happening, Wish, acts, happenings, newest, wants_to_know, wrong_with
from tests.plugins.worlds import typed

T = TypeVar("T")
CHANNELS = (DEPLOYS, WEB)
KINDS = ("all", "failed", "passed", "on-hold", "canceled", "errored-config", "empty")
_OF_PIPELINE = re.compile(r"/pipelines/(?P<project>[^|]+?)/(?P<number>\d+)\|")


class AGeneratedWorld(RuleBasedStateMachine):
    """`asked` is what people have said, `told` what channels should have heard; both are held against what is so."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.open = contextlib.AsyncExitStack()
        self.wishes: list[tuple[int, Wish]] = []
        self.asked: list[tuple[str, Any]] = []
        self.askers: set[tuple[str, str]] = set()
        self.known: set[str] = set()
        self.told: dict[str, set[str]] = {channel: set() for channel in CHANNELS}
        self.ran: set[tuple[str, str]] = set()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(described=worlds.worlds())
    def begin(self, described: Json) -> None:
        self.described = described
        self.world: Steered = self.run(self.open.enter_async_context(steered(Path(self.folder.name), described)))
        self.projects = dict(zip(self.run(self._slugs()), described["projects"], strict=True))
        self.run(self.world.connect())

    async def _slugs(self) -> list[str]:
        return [project["slug"] for project in (await self.world.state("circleci"))["circleci"]["projects"]]

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.run(self._look())
                assert not (found := wire.complaints(self.run(self.world.state()))), "\n".join(found)
        finally:
            self.run(self.open.aclose())
            self.runner.close()
            self.folder.cleanup()

    # What people and time do

    @rule(data=st.data())
    def somebody_pushes(self, data: st.DataObject) -> None:
        slug = data.draw(st.sampled_from(sorted(self.projects)))
        kind = data.draw(st.sampled_from(["branches", "branches", "tags"]))
        ref = data.draw(
            st.sampled_from(sorted(self.projects[slug][kind])) if self.projects[slug][kind] else worlds.refs
        )
        story = data.draw(st.none() | worlds.stories())
        if story is None and ref not in self.projects[slug][kind]:
            story = {}
        body = {"project": slug, {"branches": "branch", "tags": "tag"}[kind]: ref}
        self.run(self.world.control("push", **body, **({} if story is None else {"story": story})))
        self.projects[slug][kind].setdefault(ref, story)
        self.ran.add((slug, ref))

    @rule(data=st.data())
    def ada_triggers(self, data: st.DataObject) -> None:
        slug = data.draw(st.sampled_from(sorted(self.projects)))
        project = self.projects[slug]
        kind = data.draw(st.sampled_from(["branch", "branch", "tag"])) if project["tags"] else "branch"
        ref = data.draw(st.sampled_from(sorted(project[{"branch": "branches", "tag": "tags"}[kind]])))
        declared = project["definitions"][0]["parameters"]
        given = data.draw(worlds.given_values(declared)) if kind == "branch" and (slug, ref) in self.ran else {}
        words = [typed(ref), *(typed(_as_text(value)) for value in given.values())]
        assume(None not in words)
        pairs = " ".join(f"{name}={word}" for name, word in zip(given, words[1:], strict=True))
        channel = data.draw(st.sampled_from(CHANNELS))
        self.run(self._trigger(slug, f"--{kind} {words[0]} {pairs}", channel))
        self.asked.append(self._request(slug, {kind: ref}, given))
        self.ran.add((slug, ref))
        self.run(self._asked_exactly_that())

    async def _trigger(self, slug: str, rest: str, channel: str) -> None:
        await self.world.say(f"/circle trigger {slug} {rest}", channel=channel)
        await self.world.reply(channel=channel)
        pipeline = max(await self.world.pipelines(), key=lambda one: (one["created_at"], one["number"]))
        newest_of_it = max(one["number"] for one in await self.world.pipelines() if one["project_slug"] == slug)
        pipeline = next(
            one for one in await self.world.pipelines() if one["project_slug"] == slug and one["number"] == newest_of_it
        )
        self.askers.add((channel, pipeline["id"]))

    def _request(self, slug: str, ref: Json, given: Json) -> tuple[str, Any]:
        body: Json = {"parameters": given} if given else {}
        if not slug.startswith("circleci/"):
            return f"/api/v2/project/{slug}/pipeline", ref | body
        return f"/api/v2/project/{slug}/pipeline/run", {"config": ref, "checkout": ref, **body}

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.run(self.world.pass_by(seconds))

    @rule(data=st.data())
    def ada_presses_a_button(self, data: st.DataObject) -> None:
        cards = self.run(self._look())
        offered = [(card, pipeline, act) for card, pipeline in cards for act in acts(card)]
        assume(offered)
        card, pipeline, act = data.draw(st.sampled_from(offered))
        self.run(self._press(card, act))
        run = next(run for run in newest(pipeline) if run["id"] == act.workflow)
        self.asked.append(act.request(run))
        self.askers.add((card["channel"], pipeline["id"]))
        self.run(self._asked_exactly_that())

    async def _press(self, card: Json, act: Act) -> None:
        await self.world.press_at(card, act.place)
        await self.world.reply(channel=card["channel"])

    @rule(data=st.data())
    def ada_subscribes_a_channel(self, data: st.DataObject) -> None:
        self.run(self._look())
        slug = data.draw(st.sampled_from(sorted(self.projects)))
        kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
        option = data.draw(
            st.none() | st.tuples(st.just("branch"), st.sampled_from(sorted(self.projects[slug]["branches"])))
        )
        wish = Wish(data.draw(st.sampled_from(CHANNELS)), slug, tuple(kinds), option)
        assume(wish not in [known for _, known in self.wishes])
        self.run(self._subscribe(wish))

    async def _subscribe(self, wish: Wish) -> None:
        option = ""
        if wish.option:
            word = typed(_one_of_a_list(wish.option[1]))
            assume(word is not None)
            option = f"--{wish.option[0]} {word}"
        await self.world.say(
            f"/circle subscribe {wish.project} --only {','.join(wish.kinds)} {option}", channel=wish.channel
        )
        await self.world.reply("hears of", channel=wish.channel)
        self.wishes.append((len(self.wishes) + 1, wish))

    @rule()
    def the_bot_is_restarted(self) -> None:
        self.run(self.world.restart())

    @rule()
    def all_is_quiet(self) -> None:
        self.run(self._look())

    # What must be so

    async def _asked_exactly_that(self) -> None:
        """Each of CircleCI's writes is one that a person said, and was accepted."""
        calls = [call for call in (await self.world.state("circleci"))["circleci"]["calls"] if call["method"] != "GET"]
        bodies = [_without_definition(call.get("body")) for call in calls]
        assert list(zip([call["path"] for call in calls], bodies, strict=True)) == self.asked
        assert [(call["path"], call["status"]) for call in calls if call["status"] >= 300] == []

    async def _look(self) -> list[tuple[Json, Json]]:
        """Once the bot is quiet: the cards of all channels, each with its pipeline."""
        await self.world.settle()
        await self._asked_exactly_that()
        pipelines = await self.world.pipelines()
        for pipeline in pipelines:
            for one in happenings(pipeline):
                self._expect(one)
        await self._told_exactly_that(pipelines)
        return await self._shown(pipelines)

    def _expect(self, one: Happening) -> None:
        if one.key in self.known:
            return
        self.known.add(one.key)
        for channel in CHANNELS:
            wanted = any(wish.channel == channel and wish.wants(one) for _, wish in self.wishes)
            if wanted or (wants_to_know(one) and (channel, one.pipeline) in self.askers):
                self.told[channel].add(one.key)

    async def _told_exactly_that(self, pipelines: list[Json]) -> None:
        """Once each. That something started is told of what ended meanwhile only if somebody saw it run."""
        posts = [call for call in await self.world.calls("chat.postMessage") if call["ok"]]
        keys = [call["args"]["metadata"]["event_payload"]["key"] for call in posts]
        assert len(keys) == len(set(keys)), keys
        for channel in CHANNELS:
            ending = f":T0SANDBOX:{channel}"
            told = {key.removesuffix(ending) for key in keys if key.endswith(ending)}
            happened = {key for key in told if not key.startswith("end:")}
            maybe = {key for key in happened - self.told[channel] if key.endswith(":started")}
            assert happened - maybe == self.told[channel], (happened, self.told[channel], pipelines)

    async def _shown(self, pipelines: list[Json]) -> list[tuple[Json, Json]]:
        """Each card is that of a pipeline, once, and says what is so."""
        by_place = {(one["project_slug"], one["number"]): one for one in pipelines}
        found: list[tuple[Json, Json]] = []
        for channel in CHANNELS:
            for card in [one for one in await self.world.messages(channel) if _is_card(one)]:
                place = _OF_PIPELINE.search(card["blocks"][0]["text"]["text"])
                assert place, card
                project = place["project"].replace("github/", "gh/").replace("bitbucket/", "bb/")
                pipeline = by_place[project, int(place["number"])]
                assert not (wrong := list(wrong_with(card, pipeline))), "\n".join(wrong)
                found.append((card, pipeline))
        places = [(card["channel"], pipeline["id"]) for card, pipeline in found]
        assert len(places) == len(set(places))
        assert self.askers <= set(places)
        return found


def _is_card(message: Json) -> bool:
    return is_card(message) and message["blocks"][-1].get("block_id") == "acts"


def _as_text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_of_a_list(name: str) -> str:
    """Where commas part several, one that holds commas or quotes stands in quotes, as in CSV."""
    return '"{}"'.format(name.replace('"', '""')) if {",", '"'} & set(name) else name


def _without_definition(body: Any) -> Any:
    return {key: value for key, value in body.items() if key != "definition_id"} if isinstance(body, dict) else body


TestAGeneratedWorld = AGeneratedWorld.TestCase
TestAGeneratedWorld.settings = settings(
    max_examples=int(os.environ.get("WORLDS", "8")),
    derandomize="WORLDS" not in os.environ,
    stateful_step_count=12,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
