"""Notes what people say, and compares it with what CircleCI was asked and with what channels show."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from tests.plugins.block_reader import is_card
from tests.plugins.expected_state import (
    ExpectedEvent,
    TypedRule,
    derive_events,
    find_card_errors,
    is_named_in,
    is_told_to_whoever_asked,
)
from tests.plugins.slack_users import ADA, DEPLOYS, WEB, Json
from tests.plugins.stepped_world import SteppedWorld

CHANNELS = (DEPLOYS, WEB)
LOGINS = {ADA: "ada", "U0GRACE": "grace"}

_OF_PIPELINE = re.compile(r"/pipelines/(?P<project>[^|]+?)/(?P<number>\d+)\|")
_CARD_TITLE = re.compile(r":\w+: \*<[^|]*/pipelines/")
_RULE_MADE = re.compile(r"subscribe (\d+):")
_COUNTED = re.compile(r"(\d+) ([a-z][a-z -]*?)(?=,| and \d|$)")


class InvariantChecker:
    """`wishes` are the rules by number, `kept` what muted channels have missed."""

    def __init__(self, world: SteppedWorld) -> None:
        self._world = world
        self.rules: dict[int, TypedRule] = {}
        self.missed_keys: dict[str, set[str]] = {}
        self._asked: list[tuple[str, Any, str]] = []
        self._askers: set[tuple[str, str]] = set()
        self._known: dict[str, ExpectedEvent] = {}
        self._told: dict[str, set[str]] = {channel: set() for channel in CHANNELS}
        self._seen_at, self._seen = -1, list[tuple[Json, Json]]()
        self._made: set[int] = set()
        self._definitions: dict[str, dict[str, str]] = {}

    async def fetch_slugs(self) -> list[str]:
        """Of the projects, whose definitions are looked up once."""
        projects = (await self._world.fetch_state("circleci.projects"))["circleci"]["projects"]
        for project in projects:
            path = f"/circleci/api/v2/projects/{project['id']}/pipeline-definitions"
            listed = (await self._world.http.get(path, headers={"Circle-Token": "CCIPAT_ada"})).json()["items"]
            self._definitions[project["slug"]] = {each["name"]: each["id"] for each in listed}
        return [project["slug"] for project in projects]

    # What people said

    async def record_trigger(
        self, channel: str, slug: str, ref: Json, body: Json, definition: str | None, person: str
    ) -> None:
        ids = self._definitions[slug]
        if slug.startswith("circleci/") or definition:
            chosen = ids[definition] if definition else next(iter(ids.values()))
            request = (
                f"/api/v2/project/{slug}/pipeline/run",
                {"config": ref, "checkout": ref, "definition_id": chosen} | body,
            )
        else:
            request = f"/api/v2/project/{slug}/pipeline", ref | body
        mine = [one for one in await self._world.list_pipelines() if one["project_slug"] == slug]
        await self.record_action(channel, max(mine, key=lambda one: int(one["number"])), request, person)

    async def record_action(self, channel: str, pipeline: Json, request: tuple[str, Any], person: str) -> None:
        self._asked.append((*request, LOGINS[person]))
        self._askers.add((channel, pipeline["id"]))
        await self._check_requests()

    async def record_rule(self, wish: TypedRule) -> None:
        """The channel hears its number."""
        await self._world.run_loops()
        made = {int(found[1]) for _, key, _text in await self._list_posts() if (found := _RULE_MADE.match(key))}
        (number,) = made - self._made
        self._made, self.rules[number] = made, wish

    async def check_missed_digest(self, channel: str) -> None:
        """What was missed is told in one message, which counts it; starts of what ended meanwhile are no news."""
        missed = self.missed_keys.pop(channel)
        before = await self._list_digests(channel)
        await self._world.run_loops()
        told = (await self._list_digests(channel))[len(before) :]
        assert len(told) <= 1, told
        counted = Counter({noun: int(count) for text in told for count, noun in _COUNTED.findall(text)})
        del counted["started"]
        assert counted.total() == len([key for key in missed if not key.endswith(":started")]), (told, missed)

    async def _list_digests(self, channel: str) -> list[str]:
        texts = [one["text"] for one in await self._world.list_messages(channel)]
        return [text for text in texts if text.startswith(":inbox_tray:")]

    # What must be so

    async def check_cards(self) -> list[tuple[Json, Json]]:
        """Once the bot is quiet: the cards of all channels, each with its pipeline."""
        if await self._world.fetch_sequence() != self._seen_at:
            self._seen = await self._check_all()
            self._seen_at = await self._world.fetch_sequence()
        return self._seen

    async def _check_all(self) -> list[tuple[Json, Json]]:
        await self._world.run_until_idle()
        await self._check_requests()
        pipelines = await self._world.list_pipelines()
        for one in [each for pipeline in pipelines for each in derive_events(pipeline) if each.key not in self._known]:
            self._known[one.key] = one
            self._add_expected(one)
        await self._check_notices()
        return await self._list_checked_cards(pipelines)

    def _add_expected(self, one: ExpectedEvent) -> None:
        for channel in CHANNELS:
            wanted = any(wish.channel == channel and wish.matches(one) for wish in self.rules.values())
            if wanted and channel in self.missed_keys:
                self.missed_keys[channel].add(one.key)
            if (wanted and channel not in self.missed_keys) or (
                (channel, one.pipeline) in self._askers and is_told_to_whoever_asked(one)
            ):
                self._told[channel].add(one.key)

    async def _check_requests(self) -> None:
        """Each of CircleCI's writes is one that a person said, and was accepted."""
        calls = [
            call
            for call in (await self._world.fetch_state("circleci.calls"))["circleci"]["calls"]
            if call["method"] != "GET"
        ]
        assert [(call["path"], call.get("body"), call["token_owner"]) for call in calls] == self._asked
        assert [(call["path"], call["status"]) for call in calls if call["status"] >= 300] == []

    async def _check_notices(self) -> None:
        """Once each. That something started its card says, and no notice."""
        posted = await self._list_posts()
        keys = [(channel, key) for channel, key, _ in posted]
        assert len(keys) == len(set(keys)), keys
        for _, key, text in posted:
            one = self._known.get(key.rsplit(":", 2)[0])
            assert one is None or is_named_in(text, one), (text, one)
        for channel in CHANNELS:
            ending = f":T0SANDBOX:{channel}"
            told = {key.removesuffix(ending) for _, key in keys if key.endswith(ending)}
            happened = {key for key in told if not key.startswith("end:")}
            wanted = {key for key in self._told[channel] if not key.endswith(":started")}
            happened, wanted = self._merge_holds(happened), self._merge_holds(wanted)
            wrong = {"never told": wanted - happened, "not so": happened - wanted}
            assert not any(wrong.values()), wrong

    def _merge_holds(self, keys: set[str]) -> set[str]:
        """Holds of one pipeline share a notice."""
        return {f"{self._known[key].pipeline}:holds" if ":hold:" in key and key in self._known else key for key in keys}

    async def _list_posts(self) -> list[tuple[str, str, str]]:
        """Channel, key and text of each message."""
        posts = [call["args"] for call in await self._world.list_calls("chat.postMessage") if call["ok"]]
        return [(args["channel"], args["metadata"]["event_payload"]["key"], args["text"]) for args in posts]

    async def _list_checked_cards(self, pipelines: list[Json]) -> list[tuple[Json, Json]]:
        """Each card is that of a pipeline, once, and says what is so."""
        by_place = {(one["project_slug"], one["number"]): one for one in pipelines}
        found: list[tuple[Json, Json]] = []
        for channel in CHANNELS:
            for card in [one for one in await self._world.list_messages(channel) if _is_card(one)]:
                place = _OF_PIPELINE.search(card["blocks"][0]["text"]["text"])
                assert place, card
                project = place["project"].replace("github/", "gh/").replace("bitbucket/", "bb/")
                pipeline = by_place[project, int(place["number"])]
                assert not (wrong := list(find_card_errors(card, pipeline))), "\n".join(wrong)
                found.append((card, pipeline))
        places = [(card["channel"], pipeline["id"]) for card, pipeline in found]
        assert len(places) == len(set(places))
        assert self._askers <= set(places)
        return found


def _is_card(message: Json) -> bool:
    first = message["blocks"][0] if is_card(message) else {}
    return bool(_CARD_TITLE.match((first.get("text") or {}).get("text", "")))
