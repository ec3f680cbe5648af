"""A person's connection with CircleCI: the form for the token, and what we know of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import ConfirmObject, PlainTextInputElement

from bot.blocks import kit, org_blocks, status_blocks, subscription_blocks
from bot.circleci import return_address
from bot.circleci.models import Collaboration
from bot.circleci.sign_in_api import RETURN_URL
from bot.domain.people import Account
from bot.domain.project_feeds import ReadRule
from bot.language import _
from bot.language.formats import format_day
from bot.line import format_line
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, escape, format_leftover
from bot.untrusted.patterns import compile_linear

_ID = compile_linear(r"[0-9a-f]{8}-[0-9a-f]{4}-")

_TOUR = format_line("tour")
"""Its first step says who is connected, right beside."""

_MOST_READS = 5

TOKEN = "token"  # noqa: S105 - the name of a form's input


def render_connect_form(
    token_page: str | None, account: Account | None, authorize_url: str | None = None
) -> list[kit.Block]:
    """What lets us act, where to get it, one input, and what becomes of it. A token that is there is never shown.

    `authorize_url` is CircleCI's own page, None where it has none; `token_page` None where pasted tokens are not taken.
    Both bring something to paste, and what it is can be seen: one input takes either. Slack wants no credentials in
    forms (facts: "Modals and forms"): the address is none without what we keep.
    """
    already = [] if account is None else [kit.section(_format_token_state(account))]
    pasted = PlainTextInputElement(
        action_id=TOKEN,
        placeholder=_("Ex. {address}…", address=RETURN_URL) if authorize_url else _("Ex. CCIPAT_…"),
        max_length=return_address.MOST_CHARACTERS,
        focus_on_load=not already and not authorize_url,
    )
    return [
        *already,
        *(_render_authorize(authorize_url) if authorize_url else []),
        *(_render_token_way(token_page, alone=not authorize_url) if token_page else []),
        kit.input_block(_name_pasted(token_page, authorize_url), pasted, block_id=TOKEN),
        kit.context(
            _(
                ":lock: What I get is stored encrypted and shown to nobody. I use it for what you ask me, and to read "
                "pipelines that your channels follow. `/circle disconnect` deletes it."
            ),
        ),
    ]


def _render_authorize(url: str) -> list[kit.Block]:
    """Said beforehand: the page at the end does not load."""
    how = _(
        "*Authorize at CircleCI* (recommended). Choose *Write* there, then *Allow*. The page after that *does not "
        "load*: CircleCI leads to your own computer, and I am not on it. Copy its address, and paste it here within "
        "ten minutes."
    )
    return [kit.section(how), kit.actions([kit.link_button(_("Authorize at CircleCI"), url)])]


def _render_token_way(token_page: str, *, alone: bool) -> list[kit.Block]:
    create = as_link(token_page, _("Create a personal API token"))
    if alone:
        act = _("With your personal API token I act at CircleCI as you, with your rights and no others.")
        return [kit.section(act), kit.section(_("{create}, and paste it here.", create=create))]
    return [
        kit.section(
            _(
                "*Personal API token* (instead). {create}, and paste that here. It carries all your rights at "
                "CircleCI, and lives up to a year.",
                create=create,
            )
        )
    ]


def _name_pasted(token_page: str | None, authorize_url: str | None) -> str:
    if not authorize_url:
        return _("Personal API token")
    return _("The address, or the token") if token_page else _("The address")


def _format_token_state(account: Account) -> str:
    if not account.is_active:
        return _(
            ":warning: CircleCI no longer accepts the token of *{name}*: a new one replaces it.",
            name=format_name(account),
        )
    return _(
        ":white_check_mark: You are connected as *{name}*. A new token replaces the one I have.",
        name=format_name(account),
    )


def format_name(account: Account) -> str:
    """`Ada Lovelace (ada)`, harmless in mrkdwn."""
    name, login = escape(account.name), escape(account.login)
    return f"{name} ({login})" if name and login and name != login else name or login or as_code(account.circleci_id)


def render_connected(account: Account, waiting: str | None, offers: Sequence[kit.Pressable] = ()) -> list[kit.Block]:
    """`offers` are next steps, for somebody who has asked for nothing yet."""
    told = [_(":tada: Connected as *{name}*.", name=format_name(account))]
    told += [format_waiting(waiting)] if waiting and waiting != _TOUR else []
    return [
        kit.section(" ".join(told)),
        *([kit.actions(offers)] if offers and not waiting else []),
        kit.context(
            _("I send you a message when a pipeline that you started fails. Change that with `/circle me`."),
            _format_end(account),
        ),
    ]


def _format_end(account: Account) -> str:
    """When it ends, where that is known: we shall ask again in time."""
    if account.expires_at is None:
        return ""
    day = format_day(account.expires_at.date(), year=True)
    return _("CircleCI lets me act for you until {day}. I tell you a week before.", day=day)


def render_ending(expires_at: datetime) -> Message:
    """Told in a direct message, in time."""
    text = _(
        ":hourglass_flowing_sand: CircleCI lets me act for you until {when}. Connect again before that: what you do "
        "here, and the rules that read with your token, then go on without a break.",
        when=status_blocks.format_moment(expires_at),
    )
    again = kit.button(_("Connect Again"), format_line("connect"), style="primary")
    return Message(text, [kit.section(text), kit.actions([again])])


def render_reconnect_request(admin: str, expires_at: datetime | None) -> Message:
    """An admin asks for it; `expires_at` is None where the connection ended already."""
    text = (
        _(
            ":electric_plug: <@{who}> asks you to connect again: CircleCI no longer accepts your token. What you do "
            "here, and the rules that read with it, wait for that.",
            who=admin,
        )
        if expires_at is None
        else _(
            ":hourglass_flowing_sand: <@{who}> asks you to connect again: CircleCI lets me act for you until {when}. "
            "What you do here, and the rules that read with your token, then go on without a break.",
            who=admin,
            when=status_blocks.format_moment(expires_at),
        )
    )
    again = kit.button(_("Connect Again"), format_line("connect"), style="primary")
    return Message(text, [kit.section(text), kit.actions([again])])


def format_waiting(waiting: str) -> str:
    """The line as it was typed; of one that a button said its word alone: ids tell nobody anything."""
    if _ID.search(waiting):
        return _("I continue with what you pressed: {command}.", command=as_code(waiting.split(maxsplit=1)[0]))
    return _("I continue with {command}.", command=as_code("/circle " + waiting))


def render_profile(
    account: Account,
    organisations: Sequence[Collaboration],
    project: str | None,
    *,
    in_channel: bool = True,
    reads: Sequence[ReadRule] = (),
    facts: Sequence[str] = (),
    offers: Sequence[kit.Pressable] = (),
) -> list[kit.Block]:
    """Who CircleCI says that this person is, and the project of the place where they ask: `project` is mrkdwn.

    `reads` is what their token reads for rules, `facts` are fields of what they chose here, `offers` buttons to change
    it.
    """
    orgs = ", ".join(map(org_blocks.format_name, organisations[:20]))
    project = project or _("none (`/circle use acme/web`)")
    here = (
        _("*Project of this channel*\n{project}", project=project)
        if in_channel
        else _("*Project of this conversation*\n{project}", project=project)
    )
    return [
        kit.section(_(":bust_in_silhouette: You are *{name}* at CircleCI.", name=format_name(account))),
        kit.fields(_list_token_facts(account, reads)),
        kit.fields(
            [
                _("*Organisations*\n{organisations}", organisations=orgs) if orgs else _("*Organisations*\nnone"),
                here,
                *facts,
            ]
        ),
        kit.actions([*offers, *build_account_buttons()]),
    ]


def _list_token_facts(account: Account, reads: Sequence[ReadRule]) -> list[str]:
    """Each as a field; the scope as far as anybody knows it."""
    ago = status_blocks.format_ago(account.connected_at)
    used = account.last_used_at and status_blocks.format_ago(account.last_used_at)
    return [
        _("*Token*\naccepted, pasted {ago}", ago=ago)
        if account.is_pasted
        else _("*Token*\naccepted, allowed at CircleCI's page {ago}", ago=ago),
        _format_scope(account.scope),
        _("*It ends*\n{when}", when=status_blocks.format_moment(account.expires_at))
        if account.expires_at
        else _("*It ends*\nCircleCI does not tell: a year after it was made at most"),
        *([_("*Last used*\n{ago}", ago=used)] if used else []),
        _format_reads(reads),
    ]


def _format_scope(scope: str | None) -> str:
    if scope is None:
        return _("*It may*\neverything that you may")
    if not scope:
        return _("*It may*\nwhat you chose at CircleCI's page, and nothing that you may not")
    return _("*It may*\n{scope}, and nothing that you may not", scope=as_code(scope))


def _format_reads(reads: Sequence[ReadRule]) -> str:
    if not reads:
        return _("*It reads for*\nno rule")
    lines = [
        _(
            "rule {rule} in {channel}: {project}",
            rule=one.rule_id,
            channel=subscription_blocks.format_channel(one.channel),
            project=as_code(one.project.name, 100),
        )
        for one in reads[:_MOST_READS]
    ]
    left = format_leftover(len(reads) - _MOST_READS)
    return _("*It reads for*\n{rules}", rules="\n".join([*lines, *([left] if left else [])]))


def build_account_buttons() -> list[kit.Pressable]:
    return [
        kit.button(_("Replace Token…"), format_line("connect")),
        kit.button(_("Disconnect"), format_line("disconnect"), confirm=_confirm_disconnect()),
    ]


def render_connect_prompt(account: Account | None) -> list[kit.Block]:
    """A button that opens the form, where only a message can be shown."""
    told = (
        _("You are not connected with CircleCI yet, so I cannot act in your name.")
        if account is None
        else _format_token_state(account)
    )
    label = _("Replace Token…") if account and account.is_active else _("Connect CircleCI")
    return [kit.section(told), kit.actions([kit.button(label, format_line("connect"), style="primary")])]


def _confirm_disconnect() -> ConfirmObject:
    return kit.confirm(
        _("Disconnect CircleCI"),
        _("I delete your token. You can connect again at any time."),
        _("Disconnect"),
        danger=True,
    )
