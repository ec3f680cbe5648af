"""connect — a private form takes a person's CircleCI token; the command that had to wait then runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.actions import reachability, resumption, target_projects
from bot.blocks import account_blocks, greeting_blocks, kit
from bot.circleci.models import Me
from bot.command import Access, Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.conversation import is_direct
from bot.domain.people import Account, AccountState
from bot.errors import NextStep, NotFound, Unauthorized, UsageError
from bot.language import N_, _
from bot.messages import Message

_TITLE = N_("Connect CircleCI")
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class ConnectArgs:
    """Nothing: a token never comes with the line."""


def parse(line: ParsedLine) -> ConnectArgs:
    if line.words:
        raise UsageError(
            _(
                "Never type a token after a command: what you type there passes through Slack. If that was one, "
                "*revoke it now*. I did not use or keep it."
            ),
            NextStep(_("Connect Privately"), format_line("connect")),
        )
    return ConnectArgs()


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    return None if line.words else Modal(_(_TITLE), kit.build_loading(_("Reading your account")))


async def run(context: Context, _args: ConnectArgs) -> Reply:
    if context.request.source is RequestSource.FORM:
        return await _connect(context, context.request.fields.get(account_blocks.TOKEN, "").strip())
    if context.request.source is RequestSource.BUTTON:
        async with context.store.begin() as tx:
            await resumption.set_reply_to(tx, context.request)
    if context.request.view_id:
        form = account_blocks.render_connect_form(context.links.token_page, context.account)
        return Reply(view=Modal(_(_TITLE), form, line=format_line("connect"), submit=_("Connect")))
    return Reply(
        Message(
            _("Press the button: your token goes into a private form."),
            account_blocks.render_connect_prompt(context.account),
        )
    )


async def _connect(context: Context, token: str) -> Reply:
    """Ask CircleCI whose token it is, and only then keep it."""
    account = _build_account(context, token, await _fetch_owner(context, token))
    async with context.store.begin() as tx:
        await tx.accounts.upsert(account)
        if account.login:
            await tx.logins.upsert_verified(account.workspace, account.user, account.login, now=account.connected_at)
        waiting = await resumption.take(tx, context)
    offers = await _build_offers(context)
    shown = account_blocks.render_connected(account, waiting.line if waiting else None, offers)
    resumed = resumption.build_resumed_request(context.request, waiting) if waiting else None
    return Reply(Message(_("Connected"), shown), resume=resumed)


async def _build_offers(context: Context) -> list[kit.Pressable]:
    """What makes sense next in the place where they asked."""
    channel = context.request.channel
    return greeting_blocks.build_next_steps(
        in_channel=channel is not None and not is_direct(channel),
        has_project=await target_projects.find_current_project(context) is not None,
        is_told=reachability.is_told_of_rules(context),
    )


async def _fetch_owner(context: Context, token: str) -> Me:
    if token.startswith("CCIPRJ_"):
        raise _build_error(_PROJECT_TOKEN)
    if not _TOKEN.fullmatch(token):
        raise _build_error(_NO_TOKEN)
    try:
        return await context.circleci.with_token(token).fetch_me()
    except Unauthorized:
        raise _build_error(_REFUSED) from None
    except NotFound:
        raise _build_error(_PROJECT_TOKEN) from None


_NO_TOKEN = N_("A token is one word, like CCIPAT_…: copy it again.")
_REFUSED = N_("CircleCI does not accept this token. Is all of it pasted? Copy it again, or create a new one.")
_PROJECT_TOKEN = N_("This token belongs to a project: create a personal API token.")


def _build_error(said: str) -> UsageError:
    """At the field; nothing was kept."""
    error = UsageError(_(said))
    error.field = account_blocks.TOKEN
    return error


def _build_account(context: Context, token: str, me: Me) -> Account:
    request = context.request
    now = context.clock.now()
    return Account(request.team, request.user, me.id, me.login, me.name, AccountState.ACTIVE, now, token)


COMMAND = Command(
    name="connect",
    summary=N_("Connects you with CircleCI: a private form takes your token"),
    usage="connect",
    example="connect",
    parse=parse,
    run=run,
    group=Group.YOU,
    order=1,
    task=N_("Connect your CircleCI account"),
    build_first_modal=build_first_modal,
    access=Access.ANYONE,
    aliases=("login",),
)
