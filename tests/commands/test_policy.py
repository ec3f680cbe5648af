from __future__ import annotations

import pytest

from bot.commands.policy import COMMAND
from bot.errors import UsageError
from bot.rules.policy_version import PolicyVersion
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import ADA, GRACE, World

TEAM = "T0SANDBOX"
ADD = "/circle policy add only <!subteam^S0DEPLOYERS|@deployers> do decide gh/acme/web --hold production"


async def test_what_is_added_counts_is_shown_and_can_be_undone(connected_world: World) -> None:
    await connected_world.say(ADD)
    written = await connected_world.reply("version 1 counts from now on")
    assert "Only for <!subteam^S0DEPLOYERS>: `decide` (`approve`, `decline`)" in get_text(written)
    assert "project `gh/acme/web` · hold `production`" in get_text(written)
    lost = get_text(written).partition("*Loses it:*")[2].splitlines()[0]
    assert lost.strip() == "everybody who is not named", "Ada is in the group"
    await connected_world.press(written, "Show Policy")
    table = await connected_world.message("Who may do what")
    assert "*1* · Only for" in get_text(table)
    await connected_world.say("/circle policy undo")
    await connected_world.reply("version 2 counts from now on")
    await connected_world.say("/circle policy history")
    history = get_text(await connected_world.reply("2 versions of the policy"))
    assert history.index("Version 2") < history.index(":heavy_minus_sign: Only for") < history.index("Version 1")
    assert await _load_lines(connected_world) == 0


async def test_people_and_groups_are_understood_however_slack_sends_them(connected_world: World) -> None:
    for act, who in (("trigger", "@ada"), ("rerun", ADA), ("cancel", "<@U0ADA>"), ("why", "everyone")):
        await connected_world.say(f"/circle policy allow {who} {act} --channel <#C0DEPLOYS|deploys>")
        await connected_world.reply(f"`{act}` · in <#C0DEPLOYS>")
    await connected_world.say("/circle policy allow @nobody-here trigger")
    await connected_world.reply("I do not know `@nobody-here`.")
    assert await _load_lines(connected_world) == 4


async def test_a_line_is_removed_by_the_number_that_the_table_shows(connected_world: World) -> None:
    for act in ("rerun", "trigger"):
        await connected_world.say(f"/circle policy only @ada {act} gh/acme/web")
        await connected_world.reply("counts from now on")
    for named, project in (("web", "gh/acme/web"), ("gh/acme/gone", "gh/acme/gone")):
        await connected_world.say(f"/circle policy show {named}")
        await connected_world.reply(f"For `{project}`")
    await connected_world.say("/circle policy")
    await connected_world.pick(await connected_world.reply("*2* · Only for"), "Remove")
    removed = await connected_world.message("version 3 counts from now on")
    assert ":heavy_minus_sign: Only for <@U0ADA>: `rerun`" in get_text(removed)


async def test_the_second_of_two_admins_is_told_what_the_first_changed(connected_world: World) -> None:
    await connected_world.say("/circle policy only @ada rerun")
    await connected_world.reply("version 1 counts")
    await connected_world.say("/circle policy")
    looked_at = await connected_world.reply("*1* · Only for")
    await connected_world.say("/circle policy deny guests start")
    await connected_world.reply("version 2 counts")
    await connected_world.pick(looked_at, "Remove")
    told = await connected_world.message("The policy is version 2 by now, by <@U0ADA>; you looked at version 1.")
    assert ":heavy_plus_sign: Not for guests: `start`" in get_text(told)
    assert await _load_lines(connected_world) == 2
    await connected_world.press(told, "Change It Anyway")
    await connected_world.message("version 3 counts")
    assert await _load_lines(connected_world) == 1


async def test_what_nobody_satisfies_is_asked_about_first(connected_world: World) -> None:
    await connected_world.say(
        "/circle policy require everybody approve gh/acme/web --approvals 3 --approvers @ada,@grace"
    )
    asked = await connected_world.reply("Nobody whom I know satisfies it.")
    assert await _load_lines(connected_world) == 0
    await connected_world.press(asked, "Change Policy")
    await connected_world.message("version 1 counts")
    await connected_world.say("/circle policy deny U0NOBODY,S0NOWHERE start")
    await connected_world.reply("Slack knows nobody here by this: <!subteam^S0NOWHERE> and <@U0NOBODY>.")
    assert await _load_lines(connected_world) == 1


async def test_who_is_no_admin_sees_what_is_about_them_and_changes_nothing(connected_world: World) -> None:
    await connected_world.say("/circle policy deny @eve rerun")
    await connected_world.reply("version 1 counts")
    await connected_world.say("/circle policy only @ada approve")
    await connected_world.reply("version 2 counts")
    await connected_world.say("/circle policy deny <!subteam^S0RELEASE|@release-managers> cancel")
    await connected_world.reply("version 3 counts")
    await connected_world.say("/circle policy", as_=GRACE)
    table = await connected_world.reply("Who may do what", as_=GRACE)
    assert ":no_entry: Only for <@U0ADA>: `approve`" in get_text(table)
    assert "`cancel`" in get_text(table), "Grace is in the group"
    assert "rerun" not in get_text(table)
    await connected_world.say("/circle policy rm 1", as_=GRACE)
    await connected_world.reply("Only an admin of circlebot changes who may do what.", as_=GRACE)
    assert await _load_lines(connected_world) == 3


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("rm one", "is not a number"), ("diff 1 x", "is not a number"), ("shw", "Did you mean `show`?")],
)
async def test_what_nobody_means_is_refused(connected_world: World, text: str, wrong: str) -> None:
    await connected_world.say(f"/circle policy {text}")
    await connected_world.reply(wrong)


def test_an_unknown_version_is_no_number() -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, "rm 1 --version x")


async def _load_lines(world: World) -> int:
    async with world.app.core.store.begin_read() as tx:
        versions: list[PolicyVersion] = await tx.policy_versions.list_newest(TEAM, 1)
    return len(versions[0].lines) if versions else 0


async def test_explain_says_yes_or_no_by_which_line_what_it_takes_and_whom_to_ask(connected_world: World) -> None:
    for line in (
        "only @ada trigger gh/acme/web --branch main",
        "require everybody trigger gh/acme/web environment=production --confirm --approvals 2",
        "require everybody trigger gh/acme/web environment=staging --escalates 30m --escalate-to @ada",
    ):
        await connected_world.say(f"/circle policy {line}")
        await connected_world.reply("counts from now on")
    yes = "/circle policy explain @ada trigger gh/acme/web --branch main environment=production"
    await connected_world.say(yes)
    told = get_text(await connected_world.reply("*Yes:* <@U0ADA> may use `trigger`."))
    assert "It takes 2 approvals and a confirmation." in told
    await connected_world.say(yes.replace("production", "staging"))
    told = get_text(await connected_world.reply("*No:* <@U0ADA> may not use `trigger`."))
    assert "I ask for that where a hold or a start waits for others, and nowhere else yet." in told
    await connected_world.say(yes.replace("@ada", f"<@{GRACE}>"))
    told = get_text(await connected_world.reply(f"*No:* <@{GRACE}> may not use `trigger`."))
    assert "By line 1: Only for <@U0ADA>: `trigger`" in told
    assert "Ask <@U0ADA>." in told
    await connected_world.say(f"/circle policy explain <@{GRACE}> start gh/acme/web")
    told = get_text(await connected_world.reply(f"*That depends:* <@{GRACE}> may use `trigger`"))
    assert "may use `rerun`" in told
    await connected_world.say("/circle policy explain trigger gh/acme/web --branch main", as_=GRACE)
    refused = await connected_world.reply(f"*No:* <@{GRACE}>", as_=GRACE)
    assert "Ask <@U0ADA>." in get_text(refused)
    await connected_world.say("/circle policy explain @ada trigger", as_=GRACE)
    await connected_world.reply("Only an admin of circlebot sees what others may do.", as_=GRACE)


async def test_a_refused_admin_looks_why_and_undoes_it(connected_world: World) -> None:
    await connected_world.say(f"/circle policy only <@{GRACE}> trigger gh/acme/web")
    asked = await connected_world.reply("No admin of circlebot may do it then.")
    await connected_world.press(asked, "Change Policy")
    await connected_world.message("version 1 counts")
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    refused = await connected_world.reply(f"Only for <@{GRACE}>: `trigger`")
    assert f"Ask <@{GRACE}>." in get_text(refused)
    await connected_world.press(refused, "Explain")
    explained = await connected_world.message("*No:* <@U0ADA> may not use `trigger`.")
    assert f"Ask <@{GRACE}>." in get_text(explained)
    await connected_world.say("/circle policy undo")
    await connected_world.reply("version 2 counts")
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.card("#")


async def test_who_names_no_line_reads_how_it_is_typed(connected_world: World) -> None:
    await connected_world.say("<@U0CIRCLEBOT> policy add")
    await connected_world.reply("Type the line that you want to add.")
    await connected_world.say("/circle policy deny guests rerun --branch main")
    await connected_world.reply("version 1 counts")
    await connected_world.say("<@U0CIRCLEBOT> policy change 1")
    await connected_world.reply("`/circle policy change 1 deny guests do rerun --branch=main`")
    await connected_world.say("/circle policy change 1 deny guests do rerun --branch=release/*")
    changed = await connected_world.reply("version 2 counts")
    assert ":heavy_plus_sign: Not for guests: `rerun` · branch `release/*`" in get_text(changed)


async def test_a_form_says_a_line_and_shows_first_what_it_changes(connected_world: World) -> None:
    await connected_world.say("/circle policy")
    await connected_world.press(await connected_world.reply("There is no line yet"), "Add a Line…")
    form = await connected_world.form("What the line says")
    await connected_world.submit(form, effect="only", others="@ada", act="trigger", branch="main")
    shown = await connected_world.form("This would change:")
    assert "*Loses it:* everybody who is not named" in get_text(shown)
    assert await _load_lines(connected_world) == 0
    await connected_world.submit(shown)
    await connected_world.answer("version 1 counts from now on")
    await connected_world.say("/circle policy")
    await connected_world.pick(await connected_world.reply("*1* · Only for"), "Change…")
    form = await connected_world.form("What the line says")
    await connected_world.submit(form, branch="release/*")
    await connected_world.submit(await connected_world.form("branch `release/*`"))
    await connected_world.answer("version 2 counts from now on")
    assert await _load_lines(connected_world) == 1
