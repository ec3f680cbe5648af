from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands.env import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import find_button, get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import ADA, EVE, World

WEB = "gh/acme/web"
SECRET = "correct horse battery staple-9876"


async def test_a_variable_is_set_by_two_private_forms_and_removed_by_button(each_connected_world: World) -> None:
    await each_connected_world.say(f"/circle env {WEB}")
    listed = await each_connected_world.reply("*Environment variables* of `acme/web` (3)")
    await each_connected_world.press(listed, "Set a Variable…")
    await each_connected_world.submit(await each_connected_world.form("asks for its value"), name="API_KEY")
    await each_connected_world.submit(
        await each_connected_world.form("It goes to CircleCI and nowhere else"), value=SECRET
    )
    await each_connected_world.answer("Set `API_KEY` of `acme/web`")
    assert (await variables(each_connected_world))["API_KEY"] == "xxxx9876"
    await each_connected_world.say(f"/circle env show {WEB} API_KEY")
    one = await each_connected_world.reply("`API_KEY` = `xxxx9876`")
    _block, remove = find_button(one, lambda each: each["text"]["text"] == "Remove")
    assert "Nobody can get its value back" in get_text(remove["confirm"])
    await each_connected_world.press(one, "Remove")
    await each_connected_world.message("Removed the variable `API_KEY`")
    assert "API_KEY" not in await variables(each_connected_world)


async def test_setting_over_an_existing_name_asks_in_the_form_that_takes_the_value(each_connected_world: World) -> None:
    await each_connected_world.say(f"/circle env set {WEB} NPM_TOKEN")
    form = await each_connected_world.form("What you hand in replaces it")
    assert "xxxx7h2k" in get_text(form)
    assert get_text(form["submit"]) == "Replace Variable"
    await each_connected_world.submit(form, value=SECRET)
    await each_connected_world.answer("Replaced `NPM_TOKEN`")
    assert (await variables(each_connected_world))["NPM_TOKEN"] == "xxxx9876"


async def test_who_was_not_told_of_an_existing_value_is_asked_again(connected_world: World) -> None:
    await connected_world.say(f"/circle env set {WEB} NEW")
    mine = await connected_world.form("It goes to CircleCI and nowhere else")
    await connected_world.connect("U0GRACE")
    await connected_world.say(f"/circle env set {WEB} NEW", as_="U0GRACE")
    await connected_world.submit(
        await connected_world.form("It goes to CircleCI and nowhere else", as_="U0GRACE"),
        as_="U0GRACE",
        value="graces-1111",
    )
    await connected_world.answer("Set `NEW`", as_="U0GRACE")
    await connected_world.submit(mine, value=SECRET)
    warned = await connected_world.form("Meanwhile somebody else set `NEW`")
    assert (await variables(connected_world))["NEW"] == "xxxx1111"
    assert SECRET not in str(warned)
    await connected_world.submit(warned, value=SECRET)
    await connected_world.answer("Replaced `NEW`")


async def test_typed_rm_asks_in_a_dialog_that_names_the_variable(connected_world: World) -> None:
    await connected_world.say(f"/circle env rm {WEB} NPM_TOKEN")
    form = await connected_world.form("CircleCI deletes `NPM_TOKEN` (`xxxx7h2k`) of `acme/web`")
    assert "NPM_TOKEN" in await variables(connected_world)
    await connected_world.submit(form)
    await connected_world.answer("Removed the variable")
    assert "NPM_TOKEN" not in await variables(connected_world)


async def test_a_value_is_nowhere_but_at_circleci(connected_world: World, tmp_path: Path, capfd: Any) -> None:
    await connected_world.control(
        "faults",
        target="circleci",
        match="project/gh/acme/web/envvar",
        method="POST",
        status=400,
        error=f"The value {SECRET} is not allowed",
        count=1,
    )
    await connected_world.say(f"/circle env set {WEB} API_KEY")
    await connected_world.submit(await connected_world.form("It goes to CircleCI and nowhere else"), value=SECRET)
    refused = await connected_world.form("The value **** is not allowed")
    await connected_world.submit(refused, value=SECRET)
    await connected_world.answer("Set `API_KEY`")
    state = await connected_world.fetch_state()
    sent = [call for call in state["slack"]["calls"] if call["method"].startswith(("views", "chat"))]
    assert sent
    assert SECRET not in str(sent)
    assert SECRET not in str(state["circleci"])
    assert SECRET.encode() not in _database(tmp_path)
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "typed",
    [
        "env set gh/acme/web API_KEY hunter2",
        "env set API_KEY=hunter2",
        "env API_KEY=a/hunter2",
        "env API_KEY hunter2",
    ],
)
async def test_a_value_typed_after_the_command_is_refused_with_the_advice(socket_world: World, typed: str) -> None:
    await socket_world.say(f"/circle {typed}")
    refused = await socket_world.reply("replace it where it came from")
    assert "hunter2" not in str(refused)
    async with socket_world.app.core.store.begin_read() as tx:
        assert await tx.accounts.find("T0SANDBOX", ADA) is None
    await socket_world.connect()
    assert "API_KEY" not in await variables(socket_world)


async def test_a_mention_gets_a_button_because_no_form_can_open(connected_world: World) -> None:
    await connected_world.say(f"<@U0CIRCLEBOT> env set {WEB} API_KEY")
    await connected_world.press(await connected_world.reply("private form"), "Set It Privately…")
    await connected_world.form("It goes to CircleCI and nowhere else")


async def test_who_may_only_read_is_told_so_and_hidden_projects_stay_hidden(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say(f"/circle env set {WEB} API_KEY", as_=EVE)
    await socket_world.submit(
        await socket_world.form("It goes to CircleCI and nowhere else", as_=EVE), as_=EVE, value=SECRET
    )
    await socket_world.form("your token may only read", as_=EVE)
    for text in ("env gh/acme/api", "env show gh/acme/api DATABASE_URL"):
        await socket_world.say(f"/circle {text}", as_=EVE)
        await socket_world.reply("`acme/api`, or hides it from you", as_=EVE)
    await socket_world.say("/circle env set gh/acme/api X", as_=EVE)
    await socket_world.form("CircleCI does not know `acme/api`", as_=EVE)


async def test_a_lost_answer_is_read_again(connected_world: World) -> None:
    await connected_world.control(
        "faults", target="circleci", match="project/gh/acme/web/envvar", method="POST", accept_then_drop=True, count=1
    )
    await connected_world.say(f"/circle env set {WEB} API_KEY")
    await connected_world.submit(await connected_world.form("It goes to CircleCI and nowhere else"), value=SECRET)
    await connected_world.answer("I looked again: `API_KEY` is there, and ends as what you typed does")
    assert (await variables(connected_world))["API_KEY"] == "xxxx9876"


@pytest.mark.parametrize("text", ["list gh/acme/web NAME", "set 1ST", "set a-b", "shwo A"])
def test_what_is_not_clear_is_asked_for(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


def _database(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("*.db*"))


async def variables(world: World) -> dict[str, str]:
    found = (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
    return next(one["variables"] for one in found if one["slug"] == WEB)
