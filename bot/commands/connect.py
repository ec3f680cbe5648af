"""connect — a person lets us act for them, at CircleCI's own page or by a token; what had to wait then runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.actions import audit_trail, reachability, resumption, sign_in, target_projects
from bot.blocks import account_blocks, greeting_blocks, kit
from bot.circleci import return_address
from bot.circleci.models import Me
from bot.circleci.sign_in_api import Grant
from bot.command import Access, Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.conversation import is_direct
from bot.domain.audit_records import AuditKind
from bot.domain.people import Account, AccountState
from bot.errors import NextStep, NotFound, Unauthorized, UsageError
from bot.language import N_, _
from bot.messages import Message

_TITLE = N_("Connect CircleCI")
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class ConnectArgs:
    """Nothing: neither token nor address comes with the line."""


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
        return Reply(view=await _draw_form(context))
    return Reply(
        Message(
            _("Press the button: what lets me act for you goes into a private form."),
            account_blocks.render_connect_prompt(context.account),
        )
    )


async def _draw_form(context: Context) -> Modal:
    token_page = context.links.token_page if context.circleci.sign_in.takes_pasted else None
    form = account_blocks.render_connect_form(token_page, context.account, await sign_in.begin(context))
    return Modal(_(_TITLE), form, line=format_line("connect"), submit=_("Connect"))


async def _connect(context: Context, pasted: str) -> Reply:
    """Ask CircleCI whose token it is, and only then keep it."""
    grant = await _take_grant(context, pasted)
    account = _build_account(context, grant, await _fetch_owner(context, grant.token))
    async with context.store.begin() as tx:
        await tx.accounts.upsert(account)
        if account.login:
            await tx.logins.upsert_verified(account.workspace, account.user, account.login, now=account.connected_at)
        waiting = await resumption.take(tx, context)
        identity = {"circleci_id": account.circleci_id, "login": account.login}
        audit_trail.record(context, tx, AuditKind.ACCOUNT, what="connected", **identity)
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


async def _take_grant(context: Context, pasted: str) -> Grant:
    """Of the address or the token: either can be seen to be what it is."""
    if return_address.is_address(pasted):
        try:
            return await sign_in.fetch_grant(context, pasted)
        except UsageError as error:
            error.field = account_blocks.TOKEN
            raise
    if not context.circleci.sign_in.takes_pasted:
        raise _build_error(_NOT_TAKEN)
    if pasted.casefold().startswith("cciprj_"):
        raise _build_error(_PROJECT_TOKEN)
    if not _TOKEN.fullmatch(pasted):
        raise _build_error(_NO_TOKEN)
    return Grant(pasted)


async def _fetch_owner(context: Context, token: str) -> Me:
    try:
        return await context.circleci.with_token(token).fetch_me()
    except Unauthorized:
        raise _build_error(_REFUSED) from None
    except NotFound:
        raise _build_error(_PROJECT_TOKEN) from None


_NO_TOKEN = N_("A token is one word, like CCIPAT_…: copy it again.")
_NOT_TAKEN = N_(
    "Pasted tokens are not allowed here: press “Authorize at CircleCI”, and paste the address that comes of it."
)
_REFUSED = N_("CircleCI does not accept this token. Is all of it pasted? Copy it again, or create a new one.")
_PROJECT_TOKEN = N_("This token belongs to a project: create a personal API token.")


def _build_error(said: str) -> UsageError:
    """At the field; nothing was kept."""
    error = UsageError(_(said))
    error.field = account_blocks.TOKEN
    return error


def _build_account(context: Context, grant: Grant, me: Me) -> Account:
    request, now = context.request, context.clock.now()
    return Account(
        workspace=request.team,
        user=request.user,
        circleci_id=me.id,
        login=me.login,
        name=me.name,
        state=AccountState.ACTIVE,
        connected_at=now,
        token=grant.token,
        scope=grant.scope,
        expires_at=grant.expires_at,
        last_used_at=now,
    )


COMMAND = Command(
    name="connect",
    summary=N_("Connects you with CircleCI, at its own page or by a token"),
    usage="connect",
    example="connect",
    parse=parse,
    run=run,
    always_allowed=True,
    group=Group.YOU,
    order=1,
    task=N_("Connect your CircleCI account"),
    build_first_modal=build_first_modal,
    access=Access.ANYONE,
    aliases=("login",),
)
