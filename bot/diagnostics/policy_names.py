"""Whom and what the policies and marks of a file name that nobody knows: these protect nothing, and look as if.

A line that is new is refused for it, unless somebody says that it is meant; one that stands already is told. Slack and
CircleCI may be silent: that is told, too. Each is asked `_MOST` times at most, and only of what lines name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.circleci.client import CircleCI, CircleCIPool
from bot.clock import SystemClock
from bot.conversation import is_person
from bot.domain import ProjectScope
from bot.domain.project_marks import Mark
from bot.errors import CircleCIError, NotFound, UsageError
from bot.rules.policy_line import ANY, PolicyLine, is_group, list_whom
from bot.rules.policy_plain import format_plain
from bot.settings import Settings
from bot.slack import slack_errors
from bot.slack.clients import SlackClients
from bot.store.store import Store

_MOST = 100
_MOST_PEOPLE = 1_000


class PlacedNames(NamedTuple):
    """What a row of the file names, and the number of its line there; `row` is what else there may be of it."""

    workspace: str
    number: int
    row: str
    names: tuple[str, ...]


class UnknownNames(NamedTuple):
    """A sentence for each name that is unknown, with its line of the file: those of rows that are `new`, and others.

    `untold` says what could not be asked.
    """

    new: list[str]
    standing: list[str]
    untold: list[str]


def build_line_names(workspace: str, number: int, line: PolicyLine) -> PlacedNames:
    return PlacedNames(workspace, number, format_plain(line), tuple(list_names(line)))


def build_mark_names(workspace: str, number: int, scope: ProjectScope, mark: Mark) -> PlacedNames:
    return PlacedNames(workspace, number, f"mark {scope} {mark}", (str(scope),))


def list_names(line: PolicyLine) -> list[str]:
    """The people, user groups and the project or organisation that it names."""
    named = [one for one in list_whom(line) if is_person(one) or is_group(one)]
    return [*dict.fromkeys(named), *([] if line.scope.project == ANY else [line.scope.project])]


def check_meant(unknown: UnknownNames, *, meant: bool) -> list[str]:
    """A line for each. Raises UsageError for what is new where nobody said that it is meant."""
    if unknown.new and not meant:
        said = "nothing was changed; --unknown says that they are meant."
        raise UsageError("\n".join([*unknown.new, said]))
    return [f"? {one}" for several in unknown for one in several]


async def check_file(settings: Settings, store: Store, placed: Sequence[PlacedNames]) -> UnknownNames:
    """What `find_unknown` says of this file."""
    bot, token = settings.slack_bot_token, settings.circleci_token
    clock = SystemClock()
    clients = SlackClients(
        api_url=settings.slack_api_url, token=bot.get_secret_value() if bot else None, store=store, clock=clock
    )
    pool = CircleCIPool(settings.circleci_url, clock=clock)
    try:
        shown = token.get_secret_value() if token else None
        return await find_unknown(placed, store=store, clients=clients, pool=pool, token=shown)
    finally:
        await clients.close()
        await pool.close()


async def find_unknown(
    placed: Sequence[PlacedNames], *, store: Store, clients: SlackClients, pool: CircleCIPool, token: str | None
) -> UnknownNames:
    unknown, wrong_projects = UnknownNames([], [], []), dict[str, str]()
    if projects := [name for one in placed for name in one.names if "/" in name]:
        asked = _ask_circleci(pool.bind(token), projects, wrong_projects) if token else _tell_no_token()
        unknown.untold.extend([one async for one in asked])
    for workspace in dict.fromkeys(one.workspace for one in placed):
        here, wrong = [one for one in placed if one.workspace == workspace], {**wrong_projects}
        if client := await clients.find_rate_limit_retry(workspace):
            names, near = [name for one in here for name in one.names], await _load_people(store, workspace)
            unknown.untold.extend([one async for one in _ask_slack(client, workspace, names, wrong, near=near)])
        else:
            unknown.untold.append(f"{workspace}: nobody was looked up: circlebot has no token of it")
        standing = await _load_rows(store, workspace)
        for one in here:
            told = unknown.standing if one.row in standing else unknown.new
            told.extend(f"line {one.number}: {wrong[name]}" for name in one.names if name in wrong)
    return unknown


async def _tell_no_token() -> AsyncIterator[str]:
    yield "no project was looked up: that takes CIRCLECI_TOKEN"


async def _load_rows(store: Store, workspace: str) -> list[str]:
    """What counts there already."""
    async with store.begin_read() as tx:
        lines = await tx.policy_versions.load_lines(workspace)
        marks = await tx.project_marks.list_for_workspace(workspace)
    return [*map(format_plain, lines), *(build_mark_names(workspace, 0, one.scope, one.mark).row for one in marks)]


async def _load_people(store: Store, workspace: str) -> list[str]:
    async with store.begin_read() as tx:
        return [one.user for one in await tx.accounts.list_active_people(workspace, _MOST_PEOPLE)]


def _format_near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.75)
    return f"; is {near[0]} meant?" if near else ""


async def _ask_slack(
    client: AsyncWebClient, workspace: str, names: Sequence[str], wrong: dict[str, str], *, near: Sequence[str]
) -> AsyncIterator[str]:
    people = [one for one in dict.fromkeys(names) if is_person(one)]
    if len(people) > _MOST:
        yield f"{workspace}: of {len(people)} people {_MOST} were looked up"
    try:
        if groups := {one for one in names if is_group(one)}:
            shown = (await client.usergroups_list(include_disabled=False, team_id=workspace))["usergroups"]
            known = [str(one["id"]) for one in shown]
            for group in groups.difference(known):
                guess = _format_near(group, known)
                wrong[group] = f"Slack shows no user group {group}: it may be disabled{guess}"
        for user in people[:_MOST]:
            if said := await _find_fault(client, user, near):
                wrong[user] = said
    except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
        why = slack_errors.get_code_or_status(error) if isinstance(error, SlackApiError) else type(error).__name__
        yield f"{workspace}: Slack did not say who its people and groups are ({why})"


async def _find_fault(client: AsyncWebClient, user: str, near: Sequence[str]) -> str:
    try:
        found = (await client.users_info(user=user))["user"]
    except SlackApiError as error:
        if slack_errors.find_code(error) in slack_errors.NOBODY:
            return f"Slack knows nobody {user}{_format_near(user, near)}"
        raise
    return f"the account of {user} is closed" if found.get("deleted") else ""


async def _ask_circleci(circleci: CircleCI, projects: Sequence[str], wrong: dict[str, str]) -> AsyncIterator[str]:
    scopes = [ProjectScope.parse(one) for one in dict.fromkeys(projects)]
    try:
        orgs = await circleci.list_collaborations() if any(not one.exact for one in scopes) else []
        for scope in scopes[:_MOST]:
            if not (scope.exact or any(one.is_called(scope.org, scope.org_slug) for one in orgs)):
                near = _format_near(scope.org_slug, [one.slug for one in orgs])
                wrong[str(scope)] = f"CircleCI shows CIRCLECI_TOKEN no organisation {scope.org_slug}{near}"
            elif scope.exact and not await _is_there(circleci, scope):
                seen = [str(one.project) for one in await circleci.list_visible_projects()]
                near = _format_near(str(scope), seen)
                wrong[str(scope)] = f"CircleCI shows CIRCLECI_TOKEN no project {scope}{near}"
    except CircleCIError as error:
        yield f"CircleCI did not say which projects there are ({error.message})"


async def _is_there(circleci: CircleCI, scope: ProjectScope) -> bool:
    try:
        return scope.exact is None or bool(await circleci.fetch_project(scope.exact))
    except NotFound:
        return False
