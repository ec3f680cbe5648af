"""Whom and what the policies of a file name that nobody knows: a line for nobody protects nothing, and looks as if.

Said and not refused: Slack and CircleCI may be silent, or show a token less than there is. Each is asked `_MOST` times
at most, and only of what lines name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.circleci.client import CircleCI, CircleCIPool
from bot.clock import SystemClock
from bot.conversation import is_person
from bot.domain import ProjectScope, ProjectSlug
from bot.errors import CircleCIError, NotFound
from bot.rules.policy_line import ANY, PolicyLine, list_groups
from bot.settings import Settings
from bot.slack import slack_errors
from bot.slack.clients import SlackClients
from bot.store.store import Store

_MOST = 100


class PlacedLine(NamedTuple):
    """A line of a policy, and the number of its line in the file."""

    workspace: str
    number: int
    line: PolicyLine


_NOBODY = frozenset({"user_not_found", "users_not_found"})


async def check_file(settings: Settings, store: Store, placed: Sequence[PlacedLine]) -> list[str]:
    """What `find_unknown` says of this file."""
    bot, token = settings.slack_bot_token, settings.circleci_token
    clock = SystemClock()
    clients = SlackClients(
        api_url=settings.slack_api_url, token=bot.get_secret_value() if bot else None, store=store, clock=clock
    )
    pool = CircleCIPool(settings.circleci_url, clock=clock)
    try:
        return await find_unknown(placed, clients=clients, pool=pool, token=token.get_secret_value() if token else None)
    finally:
        await clients.close()
        await pool.close()


async def find_unknown(
    placed: Sequence[PlacedLine], *, clients: SlackClients, pool: CircleCIPool, token: str | None
) -> list[str]:
    """A sentence for each name that is unknown, with the line of the file; and one for what could not be asked."""
    wrong: dict[str, str] = {}
    told: list[str] = []
    for workspace in dict.fromkeys(one.workspace for one in placed):
        lines = [one.line for one in placed if one.workspace == workspace]
        if client := await clients.find_rate_limit_retry(workspace):
            told += [one async for one in _ask_slack(client, workspace, lines, wrong)]
    if token:
        told += [one async for one in _ask_circleci(pool.bind(token), [one.line for one in placed], wrong)]
    return [
        *(f"line {one.number}: {wrong[name]}" for one in placed for name in list_names(one.line) if name in wrong),
        *told,
    ]


def list_names(line: PolicyLine) -> list[str]:
    """The people, user groups and the one project that it names."""
    people = [*line.who, *line.demands.approvers, *line.demands.escalate_to]
    named = [one for one in people if is_person(one) or one in list_groups([line])]
    exact = line.scope.project if line.scope.project != ANY and ProjectScope.parse(line.scope.project).exact else ""
    return [*dict.fromkeys(named), *filter(None, [exact])]


async def _ask_slack(
    client: AsyncWebClient, workspace: str, lines: Sequence[PolicyLine], wrong: dict[str, str]
) -> AsyncIterator[str]:
    people = dict.fromkeys(name for line in lines for name in list_names(line) if is_person(name))
    if len(people) > _MOST:
        yield f"{workspace}: of {len(people)} people {_MOST} were looked up"
    try:
        if list_groups(lines):
            shown = await client.usergroups_list(include_disabled=False, team_id=workspace)
            for group in list_groups(lines) - {str(one["id"]) for one in shown["usergroups"]}:
                wrong[group] = f"Slack shows no user group {group}: it may be disabled, or of another workspace"
        for user in list(people)[:_MOST]:
            if said := await _find_fault(client, user):
                wrong[user] = said
    except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
        why = slack_errors.get_code_or_status(error) if isinstance(error, SlackApiError) else type(error).__name__
        yield f"{workspace}: Slack did not say who its people and groups are ({why})"


async def _find_fault(client: AsyncWebClient, user: str) -> str:
    try:
        found = (await client.users_info(user=user))["user"]
    except SlackApiError as error:
        if slack_errors.find_code(error) in _NOBODY:
            return f"Slack knows nobody {user}"
        raise
    return f"the account of {user} is closed" if found.get("deleted") else ""


async def _ask_circleci(circleci: CircleCI, lines: Sequence[PolicyLine], wrong: dict[str, str]) -> AsyncIterator[str]:
    projects = dict.fromkeys(name for line in lines for name in list_names(line) if "/" in name)
    try:
        for project in list(projects)[:_MOST]:
            try:
                await circleci.fetch_project(ProjectSlug.parse(project))
            except NotFound:
                wrong[project] = f"CircleCI shows CIRCLECI_TOKEN no project {project}"
    except CircleCIError as error:
        yield f"CircleCI did not say which projects there are ({error.message})"
