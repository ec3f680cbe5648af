"""One name for each person: no login stands beside a mention, and nobody is notified because they are named."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.blocks import person_blocks
from bot.naming import PeopleDirectory, may_notify, naming, replace_mentions
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.factories import NASTY, make_pipeline
from tests.plugins.world import DEPLOYS, GRACE, Json, World

SLUG = "gh/acme/web"
KNOWN = PeopleDirectory({"grace": "UGRACE"}, {"id-of-grace": "UGRACE"}, {"UGRACE": "Grace <Hopper>"})
_LOGIN = re.compile(r"\bgrace\b")
_SHOWN_BY = ("chat.postMessage", "chat.update", "chat.postEphemeral", "views.publish", "views.update", "views.open")


@pytest.fixture
async def world(socket_world: World) -> World:
    """Ada and Grace are connected; #deploys wants to hear all, and mentions nobody."""
    await socket_world.control("reset", seed=False)
    await socket_world.connect(GRACE)
    await socket_world.connect()
    await socket_world.say("/circle me --dm none", as_=GRACE)
    await socket_world.reply("turned off", as_=GRACE)
    await socket_world.say(f"/circle subscribe {SLUG} --only all")
    await socket_world.reply("You own rule")
    return socket_world


async def _push(world: World, branch: str, author: str = "grace", **more: str) -> int:
    number: int = (await world.control("push", project=SLUG, branch=branch, author=author, **more))["number"]
    return number


async def _act(world: World, what: str, number: int, **more: object) -> None:
    """What Grace does at CircleCI to the pipeline's first workflow, and that it is read again."""
    (run,) = [one["workflows"][0] for one in await world.list_pipelines() if one["number"] == number]
    await world.control(what, workflow_id=run["id"], **{"as": "grace"}, **more)
    async with world.app.core.store.begin() as tx:
        await tx.pipelines.make_due(run["pipeline_id"], world.app.core.clock.now())
    world.app.core.wake_all()


async def _cancel(world: World) -> None:
    number = await _push(world, "slow")
    await world.card("running", number=number)
    await _act(world, "cancel", number)
    await world.card("*canceled* by <@U0GRACE>", number=number)


async def _approve(world: World) -> None:
    number = await _push(world, "release")
    card = await world.card("Approve staging", number=number)
    await world.thread(card, "`approve-staging`")
    await _act(world, "decide", number, hold="approve-staging", decision="approve")
    await world.card("<@U0GRACE> approved", number=number)
    await world.thread(card, "<@U0GRACE> approved")


async def _rerun(world: World) -> None:
    number = await _push(world, "broken")
    await world.card("failed", number=number)
    await _act(world, "rerun", number)
    await world.card("rerun by <@U0GRACE>", number=number)


async def _rerun_from_slack(world: World) -> None:
    number = await _push(world, "broken")
    await world.card("failed", number=number)
    await world.say(f"/circle rerun {SLUG} {number} --failed", as_=GRACE)
    await world.card("<@U0GRACE> reran", number=number)


async def _ask(world: World) -> None:
    green, red = await _push(world, "main"), await _push(world, "main", like="broken")
    await world.thread(await world.card("failed", number=red), "failed")
    for line, says in {
        f"recent {SLUG}": "by <@U0GRACE>",
        f"status {SLUG} main": "by <@U0GRACE>",
        f"pipeline {SLUG} {green}": "push by <@U0GRACE>",
        f"jobs {SLUG} {red} build-and-test": "started by <@U0GRACE>",
        f"compare {SLUG} {red}": "— <@U0GRACE>",
    }.items():
        await world.say(f"/circle {line}")
        await world.reply(says)


async def _share(world: World) -> None:
    number = await _push(world, "main")
    await world.card("success", number=number)
    await world.say(f"/circle recent {SLUG} --here")
    await world.message("by Grace")


async def _list_shown(world: World) -> list[Json]:
    """All that was shown to anybody, each with the method that showed it."""
    calls = (await world.fetch_state("slack.calls"))["slack"]["calls"]
    return [{**call["args"], "method": call["method"]} for call in calls if call["method"] in _SHOWN_BY]


def _read(shown: Json) -> str:
    blocks = shown.get("blocks") or shown.get("view") or []
    told = json.loads(blocks) if isinstance(blocks, str) else blocks
    return f"{shown.get('text', '')}\n{get_text(told)}"


@pytest.mark.parametrize("story", [_cancel, _approve, _rerun, _rerun_from_slack, _ask, _share])
async def test_a_person_has_one_name_and_hears_of_nothing_by_it(
    world: World, story: Callable[[World], Awaitable[None]]
) -> None:
    before = len(await _list_shown(world))
    await story(world)
    shown = [*(await _list_shown(world))[before:], *await world.list_messages()]
    assert not [text for one in shown if _LOGIN.search(text := _read(one))]
    posted = [one for one in shown if one.get("method") == "chat.postMessage" and one["channel"] == DEPLOYS]
    assert any("Grace" in _read(one) for one in posted)
    told = [text for one in posted if f"<@{GRACE}>" in (text := _read(one)) and "ended: " not in text]
    assert not told, "nobody asked for it"


async def test_who_is_not_connected_keeps_their_login(world: World) -> None:
    number = await _push(world, "main", author="lin")
    await world.card("push by lin", number=number)
    await world.say(f"/circle recent {SLUG}")
    await world.reply("by lin")


async def test_a_login_that_somebody_links_is_theirs_at_once_and_no_longer_when_they_forget_it(world: World) -> None:
    number = await _push(world, "main", author="lin")
    await world.card("success", number=number)
    for line, says in {"me --login lin": "by <@U0GRACE>", "me --forget lin": "by lin"}.items():
        await world.say(f"/circle {line}", as_=GRACE)
        await world.reply("lin", as_=GRACE)
        await world.say(f"/circle recent {SLUG}")
        await world.reply(says)


def test_who_is_known_is_mentioned_and_called_by_name_where_that_would_notify() -> None:
    with naming(KNOWN):
        assert person_blocks.format_login("GRACE") == "<@UGRACE>"
        assert person_blocks.format_known_name("id-of-grace", {"id-of-grace": "Grace"}) == "<@UGRACE>"
        assert person_blocks.format_user("UELSE") == "<@UELSE>"
        with replace_mentions():
            assert person_blocks.format_login("GRACE") == "Grace &lt;Hopper&gt;"
            assert person_blocks.format_known_name("id-of-grace", {}) == "Grace &lt;Hopper&gt;"
            assert person_blocks.format_user("UELSE") == ""
    assert person_blocks.format_login("grace") == "grace", "elsewhere nobody knows them"


def test_who_is_unknown_keeps_a_harmless_name() -> None:
    with naming(KNOWN):
        assert "<!channel>" not in person_blocks.format_login(NASTY)
        assert len(person_blocks.format_login("x" * 300)) == 80
        assert person_blocks.format_login(None) == person_blocks.format_known_name(None, {}) == ""


@each_case(
    ("login", "author", "starter", "written_by"),
    [
        ("grace", "Grace <Hopper>", "<@UGRACE>", "<@UGRACE>"),
        ("grace", "grace", "<@UGRACE>", "<@UGRACE>"),
        ("grace", None, "<@UGRACE>", "<@UGRACE>"),
        ("grace", "Lin", "<@UGRACE>", "Lin"),
        ("lin", "Grace <Hopper>", "Grace &lt;Hopper&gt;", "Grace &lt;Hopper&gt;"),
        ("lin", None, "lin", "lin"),
    ],
)
def test_an_author_is_mentioned_only_where_they_started_it(
    login: str, author: str | None, starter: str, written_by: str
) -> None:
    """Whoever commits may call themselves what they like."""
    commit = {"subject": "Ship it", "author": {"name": author}} if author else {"subject": "Ship it"}
    pipeline = make_pipeline(trigger={"type": "webhook", "actor": {"login": login}}, vcs={"commit": commit})
    with naming(KNOWN):
        assert person_blocks.format_starter(pipeline) == starter
        assert person_blocks.format_author(pipeline) == written_by


def test_only_a_new_message_of_a_channel_notifies() -> None:
    assert may_notify("C1", is_new=True)
    assert not may_notify("C1", is_new=False)
    assert not may_notify("D1", is_new=True)
    assert not may_notify("UADA", is_new=True)


def test_no_other_block_writes_a_login_or_a_name_of_circlecis_as_it_comes() -> None:
    """What is said of a token, of a person's own logins and of a rule's patterns is about the login itself."""
    about_logins = {
        "account_blocks",
        "audit_blocks",
        "me_blocks",
        "mention_blocks",
        "person_blocks",
        "trigger_form_blocks",
    }
    written = re.compile(r"(?:escape|as_code)\([^()]*\.(?:actor_login|author|login)\b|names(?:\.get\(|\[)\w+\.\w*_by\b")
    blocks = [path for path in (Path(__file__).parents[1] / "bot/blocks").glob("*.py") if path.stem not in about_logins]
    assert len(blocks) > 50
    assert [path.name for path in blocks if written.search(path.read_text(encoding="utf-8"))] == []
