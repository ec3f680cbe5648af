"""connect — a private form takes a person's CircleCI token; what they had asked before then goes on by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.blocks import account_blocks, kit
from bot.circleci.models import Me
from bot.command import Access, Command, Context, Group, Line, Reply, Request, Source, View, line
from bot.commands.connect.resume import resumed
from bot.domain import Account
from bot.errors import NotFound, Step, Unauthorized, UsageError
from bot.messages import Message
from bot.store.pending_commands import WAITS

_TITLE = "Connect CircleCI"
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Args:
    """Nothing: a token never comes with the line."""


def parse(said: Line) -> Args:
    if said.words:
        raise UsageError(
            "Never type a token after a command: what you type there passes through Slack. If that was one, *revoke it "
            "now*; I did not use or keep it.",
            Step("Connect privately", line("connect")),
        )
    return Args()


def opens(_request: Request, said: Line) -> View | None:
    return None if said.words else View(_TITLE, kit.loading())


async def run(context: Context, _args: Args) -> Reply:
    if context.request.source is Source.FORM:
        return await _connect(context, context.request.fields.get(account_blocks.TOKEN, "").strip())
    if context.request.view_id:
        form = account_blocks.connect_form(context.links.token_page, context.account)
        return Reply(view=View(_TITLE, form, line=line("connect"), submit="Connect"))
    return Reply(
        Message("Press the button: your token goes into a private form.", account_blocks.invitation(context.account))
    )


async def _connect(context: Context, token: str) -> Reply:
    """Ask CircleCI whose token it is, and only then keep it."""
    account = _account(context, token, await _owner(context, token))
    async with context.store.begin() as tx:
        await tx.accounts.save(account)
        if account.login:
            await tx.logins.verify(account.workspace, account.user, account.login, account.connected_at)
        waiting = await tx.waiting.take(context.request.workspace, account.user, context.clock.now() - WAITS)
    shown = account_blocks.connected(account, waiting.line if waiting else None)
    return Reply(view=View("Connected", shown), resume=resumed(context, waiting) if waiting else None)


async def _owner(context: Context, token: str) -> Me:
    if token.startswith("CCIPRJ_"):
        raise _project_token()
    if not _TOKEN.fullmatch(token):
        raise UsageError("That is not a CircleCI token.", "It is one word, like `CCIPAT_…`: copy it again.")
    try:
        return await context.circleci.with_token(token).me()
    except Unauthorized:
        raise UsageError(
            "CircleCI does not accept this token: it is mistyped, revoked or expired. I did not keep it.",
            f"Make a new one: {context.links.token_page}",
        ) from None
    except NotFound:
        raise _project_token() from None


def _project_token() -> UsageError:
    return UsageError(
        "That is a project token. It belongs to no person, so nobody could act with it; I did not keep it.",
        "Make a *personal* API token in your user settings at CircleCI.",
    )


def _account(context: Context, token: str, me: Me) -> Account:
    request = context.request
    now = context.clock.now()
    return Account(request.team, request.user, me.id, me.login, me.name, "active", now, token)


COMMAND = Command(
    name="connect",
    summary="Connects you with CircleCI: a private form takes your token",
    usage="connect",
    example="connect",
    parse=parse,
    run=run,
    group=Group.YOU,
    opens=opens,
    access=Access.ANYONE,
    aliases=("login",),
)
