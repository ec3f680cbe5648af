"""What is mistyped, refused, broken or hostile: one clear sentence to whoever asked, nothing is started, we go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain import ProjectScope
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.block_reader import get_text, is_card
from tests.plugins.world import ADA, DEPLOYS, EVE, PRIVATE, World

TRIGGER = "trigger gh/acme/web --branch main"
NOT_JSON = "CircleCI answered with something that is not its API's JSON."


async def _is_refused(world: World, line: str, told: str, *, as_: str = ADA) -> None:
    """The sentence is told privately, nothing is triggered, and the next command works."""
    before = len(await world.list_pipelines())
    await world.say(f"/circle {line}", as_=as_)
    reply = await world.reply(told, as_=as_)
    assert reply["ephemeral"] is True
    assert len(await world.list_pipelines()) == before
    await world.say("/circle me", as_=as_)
    await world.reply("CircleCI", as_=as_)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("trigger gh/acme/web/more --branch main", "`gh/acme/web/more` is not a project."),
        ("trigger gh/acme/../web --branch main", "`gh/acme/../web` is not a project."),
        ("trigger <>&/a/b --branch main", "`&lt;&gt;&amp;/a/b` is not a project."),
        ("trigger acme --branch main", "I see no project `acme` among those that you follow at CircleCI"),
        ("trigger gh/acme/nothing --branch main", "CircleCI does not know `acme/nothing`, or hides it from you."),
        ("trigger gh/acme/web --branch nowhere-at-all", "`acme/web` has no branch `nowhere-at-all`."),
        (f"trigger gh/acme/web --branch {'b' * 300}", "`acme/web` has no branch `bbb"),
        (f"{TRIGGER} image-tag={'x' * 600}", "The value of `image-tag` has 600 characters; CircleCI takes 512."),
        (
            f"{TRIGGER} {' '.join(f'p{n}=1' for n in range(120))}",
            "CircleCI takes 100 parameters at most; these are 120.",
        ),
        (f"{TRIGGER} colour=red", "There is no parameter `colour`."),
        (f"{TRIGGER} <!channel>=red", "There is no parameter `@channel`."),
        ('trigger gh/acme/web --branch "main', "A quote was opened and never closed."),
        ("triger gh/acme/web", "I do not know `triger`. Did you mean `trigger`?"),
        ("<!channel>", "I do not know `@channel`."),
        (
            "pipeline gh/acme/web 99999",
            "CircleCI knows no pipeline or job 99999 of `acme/web`, or hides it from you.",
        ),
        ("rerun https://example.com/x", "`https://example.com/x` is not a project."),
        (f"recent gh/acme/web --branch {'b' * 300}", "There are none."),
    ],
)
async def test_what_makes_no_sense_is_told_in_a_sentence(connected_world: World, line: str, told: str) -> None:
    await _is_refused(connected_world, line, told)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": 404}, "CircleCI does not know"),
        ({"status": 403, "error": "Permission denied."}, "CircleCI refused: “Permission denied.”"),
        ({"status": 429, "retry_after": 60}, "CircleCI asks us to wait 60 seconds."),
        ({"status": 503, "count": 4}, "CircleCI has trouble of its own (HTTP 503)."),
        ({"body": "<html>down for <b>repairs</b></html>"}, NOT_JSON),
        ({"body": "{not json"}, NOT_JSON),
        ({"body": "[]"}, NOT_JSON),
        (
            {"status": 400, "error": "<!channel> & <b>no</b>"},
            "CircleCI refused: “&lt;!channel&gt; &amp; &lt;b&gt;no&lt;/b&gt;”",
        ),
        ({"status": 302}, "Is CIRCLECI_URL right?"),
    ],
    ids=["404", "403", "429", "503", "html", "broken JSON", "other JSON", "mentions", "redirect"],
)
async def test_what_circleci_answers_instead_is_told_in_a_sentence(
    connected_world: World, fault: Any, told: str
) -> None:
    await connected_world.control("faults", target="circleci", match="project/gh/acme/web", **fault)
    await _is_refused(connected_world, TRIGGER, told)


@pytest.mark.parametrize(
    ("fault", "told", "started"),
    [
        ({"status": 500}, "It is unknown whether it happened", 0),
        ({"body": "<html>", "status": 201}, "It is unknown what came of it", 0),
        ({"delay_s": 21}, "CircleCI did not answer in time. It is unknown whether it happened", 1),
    ],
    ids=["500", "html", "timeout"],
)
async def test_a_write_that_circleci_does_not_answer_well_is_unknown_and_not_repeated(
    connected_world: World, fault: Any, told: str, started: int
) -> None:
    """The answer comes too late after 20 s, which cannot be hurried from outside."""
    connected_world.within_s = 40
    before = len(await connected_world.list_pipelines())
    await connected_world.control(
        "faults", target="circleci", match="project/gh/acme/web/pipeline", method="POST", **fault
    )
    await connected_world.say(f"/circle {TRIGGER}")
    found = "did start, and I follow it." if started else "I looked again: CircleCI shows no such pipeline yet."
    assert found in get_text(await connected_world.reply(told))
    assert len(await connected_world.list_pipelines()) == before + started


async def test_who_may_only_read_is_told_what_circleci_says(connected_world: World) -> None:
    await connected_world.connect(EVE)
    await _is_refused(connected_world, TRIGGER, "If you can see it, your token may only read", as_=EVE)


async def test_an_expired_token_is_asked_to_be_replaced_and_the_line_waits(connected_world: World) -> None:
    async with connected_world.app.core.store.begin() as tx:
        account = await tx.accounts.find("T0SANDBOX", ADA)
        assert account is not None
        await tx.accounts.upsert(replace(account, token="CCIPAT_expired"))
    before = len(await connected_world.list_pipelines())
    await connected_world.say(f"/circle {TRIGGER}")
    asked = await connected_world.reply("CircleCI no longer accepts your token (it was revoked, or it expired).")
    assert len(await connected_world.list_pipelines()) == before
    await connected_world.press(asked, "Connect CircleCI")
    await connected_world.submit(await connected_world.form("token"), token="CCIPAT_ada")
    await connected_world.card("success")
    assert len(await connected_world.list_pipelines()) == before + 1


async def test_commits_and_branches_cannot_mention_anybody(connected_world: World) -> None:
    branch = "b" * 296 + "<&>`"
    await connected_world.say("/circle subscribe gh/acme/web --only all")
    await connected_world.reply("You own rule")
    subject = "<!channel> & <b> <@U0GRACE> *bold*"
    pushed = await connected_world.control("push", project="gh/acme/web", branch=branch, like="broken", subject=subject)
    card = await connected_world.card("failed", number=pushed["number"])
    assert "&lt;!channel&gt; &amp; &lt;b&gt; &lt;@U0GRACE&gt;" in get_text(card)
    await connected_world.thread(card, "failed test")
    said = "\n".join(get_text(one) for one in await connected_world.list_messages())
    assert "<!channel>" not in said
    assert "<@U0GRACE>" not in said
    assert "<&>" not in said


async def test_a_private_channel_without_the_bot_tells_the_asker_how_to_invite_it(connected_world: World) -> None:
    await connected_world.say(f"/circle {TRIGGER}", channel=PRIVATE)
    assert "`/invite @circlebot`" in get_text(await connected_world.reply("Started", channel=PRIVATE))


async def test_an_archived_channel_is_given_up_and_the_others_hear_all_the_same(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web")
    await connected_world.reply("You own rule")
    await _subscribe_directly(connected_world, "C0ARCHIVED")
    pushed = await connected_world.control("push", project="gh/acme/web", branch="broken")
    await connected_world.thread(await connected_world.card("failed", number=pushed["number"]), "failed test")
    refused = [
        call for call in await connected_world.list_calls("chat.postMessage") if call["args"]["channel"] == "C0ARCHIVED"
    ]
    assert refused
    assert {call["error"] for call in refused} == {"is_archived"}
    assert not [one for one in await connected_world.list_messages("C0ARCHIVED") if is_card(one)]
    again = await connected_world.control("push", project="gh/acme/web", branch="broken")
    await connected_world.card("failed", number=again["number"], channel=DEPLOYS)


async def _subscribe_directly(world: World, channel: str) -> None:
    """Nobody can type in an archived channel: the rule is older."""
    scope, now = ProjectScope.parse("gh/acme/web"), world.app.core.clock.now()
    async with world.app.core.store.begin() as tx:
        await tx.subscriptions.insert(Subscription(0, "T0SANDBOX", channel, scope, Rule(), ADA, now))
