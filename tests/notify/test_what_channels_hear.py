"""Pipelines that CircleCI starts by itself, and what a subscribed channel hears of them."""

from __future__ import annotations

import pytest

from sandbox.circleci.fake_projects import GITLAB
from sandbox.circleci.fake_users import build_fixed_id
from tests.plugins.block_reader import get_buttons, get_text, is_card
from tests.plugins.voting import decline
from tests.plugins.world import GRACE, WEB, World


@pytest.fixture
async def world(socket_world: World) -> World:
    await socket_world.control("reset", seed=False)
    await socket_world.connect()
    return socket_world


async def _subscribe(world: World, more: str = "") -> None:
    await world.say(f"/circle subscribe gh/acme/web {more}")
    await world.reply("You own rule")


async def _push(world: World, branch: str, **more: str) -> int:
    pushed = await world.control("push", project="gh/acme/web", branch=branch, **more)
    number: int = pushed["number"]
    return number


async def test_a_failure_is_told_with_its_reason_and_a_success_is_not(world: World) -> None:
    await _subscribe(world)
    passed, failed = await _push(world, "feature/login"), await _push(world, "broken")
    card = await world.card("failed", number=failed)
    why = get_text(await world.thread(card, "failed test"))
    assert "Run tests" in why
    assert "exit code 1" in why
    assert "ghp_" not in why
    assert not [one for one in await world.list_messages() if f"#{passed}" in get_text(one)]


async def test_a_recovery_is_told_as_such(world: World) -> None:
    await _subscribe(world, "--branch main")
    failed = await _push(world, "main", like="broken")
    await world.card("failed", number=failed)
    passed = await _push(world, "main")
    card = await world.card("success", number=passed)
    await world.thread(card, "recovered")


async def test_what_broke_is_told_once_and_not_while_it_stays_broken(world: World) -> None:
    await _subscribe(world, "--branch main --only broke,recovered")
    broke = await _push(world, "main", like="broken")
    await world.thread(await world.card("failed", number=broke), "broke just now")
    still = await _push(world, "main", like="broken")
    passed = await _push(world, "main")
    await world.thread(await world.card("success", number=passed), "recovered")
    assert not [one for one in await world.list_messages() if is_card(one) and f"#{still}" in get_text(one)]


async def test_what_stays_broken_is_counted_and_told_to_who_asks(world: World) -> None:
    await _subscribe(world, "--branch main --only still-failing")
    first, second = [await _push(world, "main", like="broken") for _ in range(2)]
    await world.thread(await world.card("failed", number=second), "2 in a row")
    assert not [one for one in await world.list_messages() if is_card(one) and f"#{first}" in get_text(one)]


async def test_a_start_is_told_by_the_card_alone(world: World) -> None:
    await _subscribe(world, "--only started")
    number = await _push(world, "slow")
    card = await world.card("running", number=number)
    assert not [one for one in await world.list_messages() if one.get("thread_ts") and one["ts"] != card["ts"]]


async def test_a_hold_is_told_with_its_buttons_and_retires_wherever_it_is_decided(world: World) -> None:
    await _subscribe(world, "--remind 2h")
    number = await _push(world, "release")
    card = await world.card("Approve staging", number=number)
    await world.thread(card, "`approve-staging`")
    await world.thread(card, "`approve-production`")
    runs = [one for one in await world.list_pipelines() if one["number"] == number][0]["workflows"]
    await world.control(
        "decide", workflow_id=runs[0]["id"], hold="approve-staging", decision="approve", **{"as": "grace"}
    )
    production = await world.thread(card, "Grace approved")
    assert get_buttons(production).count("Decline…") == 1, "of the hold that still waits"
    await decline(world, production)
    await world.message("You declined `approve-production`. CircleCI")
    assert "Decline" not in get_text(await world.thread(card, "<@U0ADA> declined"))

    async def retired() -> bool | None:
        shown = get_text(await world.card(number=number))
        return True if "Keep Waiting" not in shown else None

    await world.wait_until(retired, "the buttons of decided holds to be gone")


async def test_several_rules_of_a_channel_make_one_card(world: World) -> None:
    await _subscribe(world)
    await _subscribe(world, "--branch broken --only all")
    number = await _push(world, "broken")
    card = await world.card("failed", number=number)
    await world.thread(card, "failed test")
    cards = [one for one in await world.list_messages() if is_card(one) and f"#{number}" in get_text(one)]
    assert len(cards) == 1
    told = [
        one
        for one in await world.list_messages()
        if one.get("thread_ts") == card["ts"] and "failed test" in get_text(one)
    ]
    assert len(told) == 1


async def test_errored_config_is_told_with_circlecis_own_words(world: World) -> None:
    await _subscribe(world)
    number = await _push(world, "bad-config")
    card = await world.card("config error", number=number)
    await world.thread(card, "could not start its workflows")


async def test_a_setup_workflow_is_never_taken_for_the_end(world: World) -> None:
    await _subscribe(world, "--only all")
    number = await _push(world, "setup")
    card = await world.card("success", number=number)
    told = [get_text(one) for one in await world.list_messages() if one.get("thread_ts") == card["ts"]]
    assert not [text for text in told if "*setup*" in text]


async def test_what_a_setup_made_and_circleci_refused_is_told_shown_and_explained(world: World) -> None:
    await _subscribe(world, "--only all")
    number = await _push(world, "dynamic")
    card = await world.card("config error", number=number)
    assert "CircleCI refused what the setup workflow made" in get_text(card)
    assert "Unexpected argument(s): suite" in get_text(await world.thread(card, "could not start its workflows"))
    await world.say(f"/circle why gh/acme/web {number} --posted")
    assert "config error" in get_text(await world.reply("was posted here, or was not"))


async def test_a_push_to_gitlab_is_a_push_whatever_circleci_calls_it(world: World) -> None:
    firmware = f"circleci/{GITLAB.key}/{build_fixed_id('project/firmware')}"
    await world.say(f"/circle subscribe {firmware} --only failed --trigger push")
    await world.reply("You own rule")
    pushed = await world.control("push", project=firmware, branch="broken", author="lin")
    card = await world.card("failed", number=pushed["number"])
    assert "push by lin" in get_text(card)
    await world.thread(card, "failed")


async def test_an_automatic_rerun_is_no_failure(world: World) -> None:
    await _subscribe(world, "--only all")
    number = await _push(world, "auto-rerun")
    card = await world.card("success", number=number)
    await world.thread(card, "succeeded")
    told = [get_text(one) for one in await world.list_messages() if one.get("thread_ts") == card["ts"]]
    assert not [text for text in told if "failed" in text]


async def test_a_rerun_on_the_web_is_heard_too(world: World) -> None:
    await _subscribe(world, "--only all")
    number = await _push(world, "flaky")
    await world.card("failed", number=number)
    runs = [one for one in await world.list_pipelines() if one["number"] == number][0]["workflows"]
    await world.say("/circle pipeline gh/acme/web " + str(number) + " --card", channel=WEB)
    await world.card("failed", number=number, channel=WEB)
    await world.control("rerun", workflow_id=runs[0]["id"], from_failed=True)
    async with world.app.core.store.begin() as tx:
        await tx.pipelines.make_due(runs[0]["pipeline_id"], world.app.core.clock.now())
    world.app.core.wake_all()
    await world.thread(await world.card("success", number=number), "flaky: it passed on a rerun")


async def test_a_person_can_only_subscribe_to_what_their_token_sees(world: World) -> None:
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/secret", as_=GRACE)
    await world.reply("hides it from you", as_=GRACE)
    await world.say("/circle subscriptions", as_=GRACE)
    assert "gh/acme/secret" not in get_text(await world.reply(as_=GRACE))


async def test_what_ended_while_we_were_away_is_told_late_rather_than_never(world: World) -> None:
    await _subscribe(world)
    await world.control("faults", target="circleci", match="", status=503, retry_after=0, count=8)
    number = await _push(world, "broken")
    card = await world.card("failed", number=number)
    await world.thread(card, "failed test")


async def test_an_expired_token_is_told_once_and_another_one_takes_over(world: World) -> None:
    await world.connect(GRACE)
    await _subscribe(world)
    async with world.app.core.store.begin() as tx:
        account = await tx.accounts.find("T0SANDBOX", "U0ADA")
        assert account is not None
        broken = account.__class__(
            **{name: getattr(account, name) for name in account.__slots__} | {"token": "CCIPAT_expired"}
        )
        await tx.accounts.upsert(broken)
    number = await _push(world, "broken")
    await world.card("failed", number=number)
    await world.message("no longer accepts", channel="D0ADA")
    told = [one for one in await world.list_messages("D0ADA") if "no longer accepts" in get_text(one)]
    assert len(told) == 1


async def _approve_production(world: World, number: int) -> None:
    run = next(one for one in await world.list_pipelines() if one["number"] == number)["workflows"][0]
    await world.control("decide", workflow_id=run["id"], hold="approve-production")


async def test_a_version_is_heard_on_its_way_to_production_and_a_bad_one_until_it_is_rolled_back(world: World) -> None:
    await _subscribe(world, "--only deploys,failed-deploys,rollbacks")
    number = await _push(world, "ship")
    card = await world.card("was deployed to *staging*", number=number)
    assert f"`1.0.{number}`" in get_text(await world.thread(card, "to *staging*"))
    await _approve_production(world, number)
    card = await world.card("was deployed to *production*", number=number)
    await world.thread(card, "from *staging* to *production*")
    bad = await _push(world, "bad-release")
    card = await world.card("failed its validation in *production*", number=bad)
    failed = await world.thread(card, "failed its validation")
    assert "Roll Back…" in get_buttons(failed)
    card = await world.card("was rolled back", number=bad + 1)
    back = get_text(await world.thread(card, "back from"))
    assert f"from `1.0.{bad}` to `1.0.{number}`" in back
    assert "the error rate" in back
    threads = [get_text(one) for one in await world.list_messages() if one.get("thread_ts", one["ts"]) != one["ts"]]
    assert len(threads) == 4
