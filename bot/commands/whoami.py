"""whoami — who I take you for at CircleCI, whether your token still works, and what this channel is about."""

from __future__ import annotations

from dataclasses import dataclass

from bot import conversation
from bot.actions import target_projects, visible_projects
from bot.blocks import account_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.domain import Account
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class WhoamiArgs:
    """Nothing."""


def parse(_said: ParsedLine) -> WhoamiArgs:
    return WhoamiArgs()


async def run(context: Context, _args: WhoamiArgs) -> Reply:
    account = context.account
    if account is None:
        return Reply(Message("You are not connected with CircleCI.", account_blocks.render_connect_prompt(None)))
    if account.state != "active":
        return Reply(Message("CircleCI no longer accepts your token.", account_blocks.render_connect_prompt(account)))
    return Reply(await _render_profile(context, account))


async def _render_profile(context: Context, account: Account) -> Message:
    """Asks CircleCI, so that a token which was revoked meanwhile shows."""
    organisations = await context.circleci.list_collaborations()
    here = await target_projects.find_current_project(context)
    called = await visible_projects.format_name(context, here) if here else None
    shown = account_blocks.render_profile(
        account, organisations, called, conversation.format_place(context.request.channel)
    )
    return Message(f"You are {account.name or account.login} at CircleCI.", shown)


COMMAND = Command(
    name="whoami",
    summary="Shows who you are at CircleCI, and the channel's project",
    usage="whoami",
    example="whoami",
    parse=parse,
    run=run,
    group=Group.YOU,
    endpoints=("GET /me",),
    access=Access.ANYONE,
)
