from __future__ import annotations

from dataclasses import replace

import pytest

from bot.circleci.deployed_places import ProjectDeploys
from bot.commands.deploys import COMMAND, DeploysArgs, parse, pick_side
from bot.dispatch.words import parse_usage, split_words
from bot.errors import NextStep, TargetError, UsageError
from tests.blocks.test_deploy_blocks import PROJECT, make_place
from tests.commands.test_insights import DM
from tests.plugins.block_reader import find_button, find_field, get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import World

pytestmark = pytest.mark.usefixtures("ready_to_draw")

WEB = "gh/acme/web"


async def ship(world: World, branch: str = "ship", seconds: int = 60) -> int:
    """What it deploys to staging waits for its hold; the pipeline's number."""
    number: int = (await world.control("push", project=WEB, branch=branch, subject="Ship the basket"))["number"]
    await world.control("advance", seconds=seconds)
    return number


async def count_requests(world: World) -> int:
    return len((await world.fetch_state("circleci.calls"))["circleci"]["calls"])


async def test_what_runs_where_with_what_it_replaced(each_connected_world: World) -> None:
    number = await ship(each_connected_world)
    await each_connected_world.say(f"/circle deploys {WEB}")
    shown = get_text(await each_connected_world.reply("what runs where"))
    assert f"*staging* runs `1.0.{number}`" in shown
    assert f"#{number}" in shown
    assert "Ship the basket" in shown
    assert "Before: `1.0.12`" in shown
    assert "*production* runs `1.0.12`" in shown


async def test_one_environment_and_a_release_that_was_rolled_back(connected_world: World) -> None:
    number = await ship(connected_world, "bad-release")
    await connected_world.say(f"/circle deploys {WEB} --environment Production")
    shown = get_text(await connected_world.reply("what runs where"))
    assert "*production* runs `1.0.12` again: rolled back" in shown
    assert f"#{number}> · `1.0.{number}` failed" in shown
    assert "Validation failed" in shown
    assert "staging" not in shown


async def test_a_project_without_deploys_hears_what_to_do_for_two_requests(connected_world: World) -> None:
    before = await count_requests(connected_world)
    await connected_world.say("/circle deploys gh/acme/api")
    reply = await connected_world.reply("CircleCI shows no deploys of `acme/api`")
    assert await count_requests(connected_world) - before == 2
    assert "https://circleci.com/docs/" in str(reply["blocks"])


async def test_a_server_hears_that_it_has_none(connected_world: World) -> None:
    await connected_world.control("server", on=True)
    await connected_world.say(f"/circle deploys {WEB}")
    await connected_world.reply("CircleCI shows no deploys")


RELEASES = ("deploy/projects/*/releases", "v3/deploy/deployments")


@pytest.mark.parametrize("matches", [RELEASES, ["deploy/environments"]])
async def test_what_cannot_be_read_costs_only_itself(connected_world: World, matches: list[str]) -> None:
    await ship(connected_world)
    for match in matches:
        await connected_world.control("faults", target="circleci", match=match, status=404, count=5)
    await connected_world.say(f"/circle deploys {WEB}")
    assert "runs `1.0.12`" in get_text(await connected_world.reply("what runs where"))


async def test_two_environments_are_compared_by_commits_and_authors(connected_world: World) -> None:
    world = connected_world
    first = await ship(world)
    run = next(one for one in await world.list_pipelines() if one["number"] == first)["workflows"][0]
    await world.control("decide", workflow_id=run["id"], hold="approve-production")
    number = await ship(world)
    await world.say(f"/circle deploys {WEB}")
    await world.press(await world.reply("what runs where"), "Compare staging with production")
    shown = get_text(await world.message("against"))
    assert f"*staging* runs `1.0.{number}`" in shown
    assert f"*production* runs `1.0.{first}`" in shown
    assert "1 push is in *staging* and not in *production*, by lin:" in shown
    assert f"#{number} " in shown
    assert "Open the Changes" in shown


@pytest.mark.parametrize("sought", ["commit", "number", "version", "link"])
async def test_who_deployed_this(connected_world: World, sought: str) -> None:
    world = connected_world
    number = await ship(world)
    pipeline = next(one for one in await world.list_pipelines() if one["number"] == number)
    words = {
        "commit": pipeline["vcs"]["revision"][:10],
        "number": f"#{number}",
        "version": f"1.0.{number}",
        "link": f"https://github.com/acme/web/commit/{pipeline['vcs']['revision']}",
    }
    await ship(world)
    await world.say(f"/circle deploys {WEB} {words[sought]}")
    shown = get_text(await world.reply("Where"))
    assert f"*staging*: it came with `1.0.{number}`" in shown
    assert f"By now `1.0.{number + 1}` runs there" in shown
    assert "Not in *production*" in shown


async def test_a_version_that_failed_was_tried(connected_world: World) -> None:
    number = await ship(connected_world, "bad-release")
    await connected_world.say(f"/circle deploys {WEB} 1.0.{number}")
    assert f"`1.0.{number}` failed" in get_text(await connected_world.reply("it was tried, and does not run there"))


async def test_a_commit_that_was_deployed_nowhere(connected_world: World) -> None:
    await connected_world.say(f"/circle deploys {WEB} 0123456789")
    await connected_world.reply("I find no deploy of `acme/web` with `0123456789`")


def test_of_two_namespaces_each_choice_compares_just_one() -> None:
    default, staging = make_place("production", []), make_place("staging", [])
    blue = replace(default, namespace="blue")
    places = ProjectDeploys(PROJECT, [default, blue, staging], {})
    args = DeploysArgs((WEB,), environment="staging", against="production")
    with pytest.raises(TargetError, match="Several run in") as raised:
        pick_side(places, args, "production")
    lines = [step.line for step in raised.value.next_steps if isinstance(step, NextStep)]
    said = [parse(parse_usage(COMMAND.usage).parse_typed(split_words(line)[1:])) for line in lines]
    assert [pick_side(places, one, one.against) for one in said] == [default, blue]
    assert pick_side(places, said[1], "staging") is staging


async def test_a_report_has_its_numbers_at_once_and_its_picture_by_direct_message(connected_world: World) -> None:
    world = connected_world
    await ship(world, "bad-release")
    await world.say(f"/circle deploys {WEB}")
    shown = await world.reply("what runs where")
    before = await count_requests(world)
    await world.press(shown, "Show Report")
    reply = await world.message("Deploys of `acme/web` to `production`, last 8 weeks")
    assert await count_requests(world) - before <= 8
    lines = get_text(reply).splitlines()
    assert "*Change failure rate:* 50.0\u00a0% · 2 attempts: 1 failed, 0 rolled back" in lines
    assert next(one for one in lines if "Time to restore:" in one).endswith("· 1 of 1 is over")
    assert next(one for one in lines if "Lead time:" in one).endswith("· 1 of 1 commit")
    file = await world.file("Deploys of acme/web to production", channel=DM)
    assert "50.0\u00a0% of 2 attempts went wrong" in file["alt_txt"]


async def test_a_timeline_shows_what_ran_where_in_two_weeks(connected_world: World) -> None:
    world = connected_world
    number = await ship(world, "bad-release")
    before = await count_requests(world)
    await world.say(f"/circle deploys {WEB} --timeline")
    reply = await world.reply("Deploys of `acme/web`, last 14 days")
    assert await count_requests(world) - before <= 5
    runs = [one.partition(" since ")[0] for one in get_text(reply).splitlines() if " runs " in one]
    assert sorted(runs) == ["*production* runs `1.0.12`", "*staging* runs `1.0.12`"]
    file = await world.file("Deploys of acme/web, last 14 days", channel=DM)
    assert f"1.0.{number} failed on" in file["alt_txt"]
    await world.press(reply, "Show Report")
    await world.message("Deploys of `acme/web` to `production`")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (f"{WEB} --timeline --weeks 3", "A timeline always shows the last 14 days"),
        (f"{WEB} --timeline --report --weeks 3", "A report, or a timeline: choose one"),
        (f"{WEB} --environment staging --against Staging", "Name two environments"),
    ],
)
def test_what_does_not_go_together_is_said(asked: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        parse_args(COMMAND, asked)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("gh/acme/api", "CircleCI shows no deploys of `acme/api`"),
        (f"{WEB} --environment moon", "No environment is called `moon`: there are `production`"),
        (f"{WEB} --component moon", "No component is called `moon`. What is deployed: `web`"),
        (f"{WEB} --namespace moon", "Nothing of `acme/web` was deployed to `moon`"),
        (f"{WEB} --environment prodction", "production"),
        (f"{WEB} --weeks 0", "A report looks 1 to 26 weeks back"),
        (f"{WEB} --weeks 99", "Example: `/circle deploys acme/web --report --weeks 8`"),
        (f"{WEB} 4f2c1d9", "A report and a timeline are of one project"),
    ],
)
async def test_why_there_is_no_report(connected_world: World, asked: str, told: str) -> None:
    await connected_world.say(f"/circle deploys {asked} --report")
    await connected_world.reply(told)


async def test_a_history_that_cannot_be_read_has_no_report(connected_world: World) -> None:
    for match in RELEASES:
        await connected_world.control("faults", target="circleci", match=match, status=404, count=5)
    await connected_world.say(f"/circle deploys {WEB} --report")
    await connected_world.reply("CircleCI does not tell what was tried in `acme/web`")


async def test_a_rule_for_an_environment_is_made_from_what_runs_where_or_in_words_of_ones_own(
    connected_world: World,
) -> None:
    world = connected_world
    await world.say("/circle deploys gh/acme/web --environment production")
    await world.press(await world.reply("what runs where"), "Subscribe…")
    form = await world.form("More options")
    (said,) = find_field(form, "environment")[1]["initial_options"]
    assert said["value"] == "production"
    form = await world.turn(form, "outcomes", environment="production,stag*", component="web")
    assert "*So far:* `production`, `stag*`" in get_text(form)
    form = await world.turn(form, "deploys")
    form = await world.turn(form, "basics", environment="production", component="")
    await world.submit(form, what="Deploys,Successes")
    await world.submit(await world.form("this rule would never post `passed`"), what="Deploys")
    told = "`acme/web`, environment `production`: deploys, failed deploys and rollbacks"
    await world.message(told)
    number = await ship(world)
    run = next(one for one in await world.list_pipelines() if one["number"] == number)["workflows"][0]
    await world.control("decide", workflow_id=run["id"], hold="approve-production")
    await world.message("from *staging* to *production*")
    told = [get_text(one) for one in await world.list_messages()]
    assert not [text for text in told if "deployed `1.0." in text and "to *staging*" in text]
    await world.say("@circlebot tell us about production deploys of web")
    await world.message("Rule 1 says this already")
    await world.say("@circlebot tell us about staging deploys of web")
    proposed = await world.message("*Post here* what is deployed to `staging` of acme/web")
    assert "subscribe gh/acme/web --environment=staging" in str(proposed["blocks"])


async def test_a_dry_run_shows_the_deploys_that_a_rule_would_have_posted(connected_world: World) -> None:
    world = connected_world
    number = await ship(world)
    before = await count_requests(world)
    await world.say(f"/circle subscribe {WEB} --environment stag* --dry-run")
    shown = get_text(await world.reply("pipelines this rule would have posted"))
    assert f"`1.0.{number}` · *staging* · deployed · `acme/web` #{number} on `ship`" in shown
    assert "production" not in shown
    assert await count_requests(world) - before < 40, "only the pipelines that deployed are read"
    await world.say(f"/circle subscribe {WEB} --environment prodution --dry-run")
    shown = get_text(await world.reply("would have posted: 0 messages"))
    assert "No environment is called `prodution` yet: there are `production`, `staging`" in shown
    await world.say(f"/circle subscribe {WEB} --environment prodution")
    assert "No environment is called `prodution` yet" in get_text(await world.reply("You own rule"))
    await world.say("/circle subscribe gh/acme/api --only deployed,failed --dry-run")
    await world.reply("CircleCI shows no deploys of `acme/api`.")


@pytest.mark.parametrize(
    ("line", "said", "meant"),
    [
        ("deploys {} --environment prodution", "No environment is called `prodution`", "production"),
        ("deploys {} --environment staging --against Productoin", "is called `Productoin`", "production"),
        ("deploys {} --component wep", "No component is called `wep`", "web"),
        ("rollback {} --environment stagign", "No environment is called `stagign`", "staging"),
        ("promote {} --from stagin", "No environment is called `stagin`", "staging"),
    ],
)
async def test_a_name_that_is_nearly_one_leads_to_it(connected_world: World, line: str, said: str, meant: str) -> None:
    await connected_world.say(f"/circle {line.format(WEB)}")
    told = await connected_world.message(said, modal=line.startswith(("r", "p")))
    assert f"Use “{meant}”" in get_text(told)


async def test_what_leads_to_a_name_keeps_all_that_was_typed(connected_world: World) -> None:
    line = f'rollback {WEB} --environment stagign --to 1.0.12 --reason "Checkout is down"'
    await connected_world.say(f"/circle {line}")
    told = await connected_world.message("is called `stagign`", modal=True)
    _, button = find_button(told, lambda one: "Use “staging”" in get_text(one))
    assert "--to=1.0.12" in button["value"]
    assert "'--reason=Checkout is down'" in button["value"]
