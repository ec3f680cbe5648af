"""A person's connection with CircleCI: the form for the token, and what we know of them."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import ConfirmObject, PlainTextInputElement

from bot.blocks import kit, org_blocks, status_blocks
from bot.circleci.models import Collaboration
from bot.domain.people import Account
from bot.language import _
from bot.line import format_line
from bot.mrkdwn import as_code, as_link, escape
from bot.untrusted.patterns import compile_linear

_ID = compile_linear(r"[0-9a-f]{8}-[0-9a-f]{4}-")

_TOUR = format_line("tour")
"""Its first step says who is connected, right beside."""

TOKEN = "token"  # noqa: S105 - the name of a form's input


def render_connect_form(token_page: str, account: Account | None) -> list[kit.Block]:
    """What a token does, where to get it, one input, and what becomes of it. One that is there is never shown.

    Slack wants no credentials in forms (facts: "Modals and forms"), and this one says why it asks: CircleCI's sign-in
    ends on the person's own machine (OAuth for a self-hosted app), where the bot does not run.
    """
    already = [] if account is None else [kit.section(_format_token_state(account))]
    act = _("With your personal API token I act at CircleCI as you, with your rights and no others.")
    page = _("{create}, and paste it here.", create=as_link(token_page, _("Create a personal API token")))
    token = PlainTextInputElement(
        action_id=TOKEN, placeholder=_("Ex. CCIPAT_…"), max_length=500, focus_on_load=not already
    )
    return [
        *already,
        kit.section(act),
        kit.section(page),
        kit.input_block(_("Personal API token"), token, block_id=TOKEN),
        kit.context(
            _(
                ":lock: I store it encrypted and show it to nobody. I use it for what you ask me, and to read "
                "pipelines that your channels follow. `/circle disconnect` deletes it."
            ),
            _(
                "Why a token: CircleCI signs you in only to programs on your own computer, and offers no narrower "
                "token."
            ),
        ),
    ]


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
        kit.context(_("I send you a message when a pipeline that you started fails. Change that with `/circle me`.")),
    ]


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
    facts: Sequence[str] = (),
    offers: Sequence[kit.Pressable] = (),
) -> list[kit.Block]:
    """Who CircleCI says that this person is, and the project of the place where they ask: `project` is mrkdwn.

    `facts` are fields of what they chose here, `offers` buttons to change it.
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
        kit.fields(
            [
                _("*Token*\naccepted, connected {ago}", ago=status_blocks.format_ago(account.connected_at)),
                _("*Organisations*\n{organisations}", organisations=orgs) if orgs else _("*Organisations*\nnone"),
                here,
                *facts,
            ]
        ),
        kit.actions([*offers, *build_account_buttons()]),
    ]


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
