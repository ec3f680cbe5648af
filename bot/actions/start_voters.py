"""Whose approval counts for a start that waits: whom the policy names, else whoever may start it; never who asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from bot.actions import four_eyes
from bot.actions.four_eyes import Writers
from bot.command import Context
from bot.domain import ProjectScope
from bot.domain.people import Account
from bot.errors import NotAllowed
from bot.language import _
from bot.permissions import ActTarget, format_whom_to_ask
from bot.rules.policy_line import Demands, is_group
from bot.rules.start_request import StartRequest

_MOST_NAMED, _MOST_TRIED = 10, 30


def build_target(start: StartRequest) -> ActTarget:
    """What it is to the policy, asked from where it was."""
    about, scope = start.target, ProjectScope.parse(start.target.project)
    return ActTarget(
        channel=start.channel,
        project=scope.exact or scope,
        branch=about.branch,
        tag=about.tag,
        workflow=about.workflow,
        hold="",
        parameters=about.parameters,
    )


async def check_voter(context: Context, account: Account, start: StartRequest, demands: Demands) -> None:
    """Raises NotAllowed with whom to ask for somebody whose approval does not count."""
    if await _is_asker(context, account, start):
        message = _("You asked for this yourself: somebody else has to approve it.")
    elif not await may_vote(context, start, demands, context.request.user):
        message = _("Your approval does not count for this.")
    elif part := await _find_part(context, account, await _fetch_writers(context, start, demands)):
        rest = _("Somebody else has to approve it.")
        message = f"{part} {rest}"
    else:
        return
    whom = await list_voters(context, start, demands)
    raise NotAllowed(message, format_whom_to_ask(whom, _("Ask an admin of circlebot.")))


async def _fetch_writers(context: Context, start: StartRequest, demands: Demands) -> Writers | None:
    """Of the pipeline that is to run again, else of what is to start; None where four eyes are not asked for."""
    if not demands.four_eyes:
        return None
    if not start.pipeline_id:
        return four_eyes.NewestCommit(start.author)
    pipeline = await context.circleci.fetch_pipeline(start.pipeline_id)
    return await four_eyes.fetch_origin(context, pipeline, start.target.workflow or "")


async def _find_part(context: Context, account: Account | None, writers: Writers | None) -> str:
    return await writers.find_part(context, account) if writers and account else ""


async def _is_asker(context: Context, account: Account, start: StartRequest) -> bool:
    """By Slack's id, or as the same person of CircleCI's, then or now."""
    async with context.store.begin_read() as tx:
        asker = await tx.accounts.find(start.team, start.user)
    same = {start.circleci_id, asker.circleci_id if asker else ""}
    return account.circleci_id in same or (context.request.team, context.request.user) == (start.team, start.user)


async def may_vote(context: Context, start: StartRequest, demands: Demands, user: str) -> bool:
    """By the policy as it is now; after a while those count too to whom it escalates."""
    named = (*demands.approvers, *start.list_escalated(demands, context.clock.now()))
    if user == start.user or await context.rights.is_among(named, user):
        return user != start.user
    if demands.approvers:
        return False
    return (await context.rights.find_verdict(build_target(start), start.act, user=user)).allowed


async def list_voters(context: Context, start: StartRequest, demands: Demands) -> list[str]:
    """Whom the policy names; where it names nobody, those who are connected and may start it.

    A group is left out where its members are known, and the approval of none of them counts.
    """
    escalated = start.list_escalated(demands, context.clock.now())
    named = (*demands.approvers, *escalated)
    writers, own = await _fetch_writers(context, start, demands), {start.user, context.request.user}
    groups = {one.id: one for one in await context.rights.load_groups({*filter(is_group, named)})}

    async def counts(who: str) -> bool:
        if is_group(who):
            return who not in groups or await _is_any(counts, groups[who].members)
        return who not in own and not await _is_writer(context, start, who, writers)

    if demands.approvers:
        return [one for one in named if await counts(one)][:_MOST_NAMED]
    async with context.store.begin_read() as tx:
        known = await tx.accounts.list_active_people(start.workspace, _MOST_TRIED)
    able = [one.user for one in known if await may_vote(context, start, demands, one.user)]
    return [one for one in dict.fromkeys([*able, *escalated]) if await counts(one)][:_MOST_NAMED]


async def _is_any(counts: Callable[[str], Awaitable[bool]], members: Iterable[str]) -> bool:
    for one in members:
        if await counts(one):
            return True
    return False


async def _is_writer(context: Context, start: StartRequest, user: str, writers: Writers | None) -> bool:
    if writers is None:
        return False
    async with context.store.begin_read() as tx:
        account = await tx.accounts.find(start.workspace, user)
    return bool(await _find_part(context, account, writers))
