"""People at CircleCI's own page, and the form to which they bring back the address at which their browser ended."""

from __future__ import annotations

from tests.plugins.block_reader import find_button
from tests.plugins.slack_users import ADA, Json, SlackUsers
from tests.sandbox.circleci.oauth_client import decide


def read_page_url(form: Json) -> str:
    _, button = find_button(form, lambda one: one["text"]["text"] == "Authorize at CircleCI")
    return str(button["url"])


async def open_form(world: SlackUsers, as_: str = ADA) -> Json:
    await world.say("/circle connect", as_=as_)
    return await world.form("Authorize at CircleCI", as_=as_)


async def allow(world: SlackUsers, form: Json, who: str = "ada", scope: str = "write", **more: str) -> str:
    return await decide(world.http, read_page_url(form), **{"as": who, "scope": scope, **more})


async def submit(world: SlackUsers, form: Json, pasted: str, as_: str = ADA) -> None:
    await world.submit(form, as_=as_, token=pasted)


async def connect_at_page(world: SlackUsers, scope: str) -> None:
    form = await open_form(world)
    await submit(world, form, await allow(world, form, scope=scope))
    await world.answer("Connected as *Ada (ada)*")
