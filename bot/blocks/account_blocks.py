"""A person's connection with CircleCI: the form for the token, and what we know of them."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import ConfirmObject, PlainTextInputElement

from bot.blocks import kit, org_blocks, status_blocks
from bot.circleci.models import Collaboration
from bot.domain.people import Account
from bot.language import N_, _
from bot.line import format_line
from bot.mrkdwn import as_code, as_link, escape
from bot.untrusted.patterns import compile_linear

_ID = compile_linear(r"[0-9a-f]{8}-[0-9a-f]{4}-")

TOKEN = "token"  # noqa: S105 - the name of a form's input


def render_connect_form(token_page: str, account: Account | None) -> list[kit.Block]:
    """Why a token is asked for, where to get it, one input, and what becomes of it. One that is there is never shown.

    Slack wants no credentials in forms: this one says why there is no other way yet.
    """
    already = [] if account is None else [kit.section(_format_token_state(account))]
    page = as_link(token_page, _("Create a token at CircleCI"))
    why = _("I cannot sign you in at CircleCI yet, so I ask for a *personal API token*: it lets me act as you.")
    scope = _("The token has all your CircleCI rights: CircleCI offers no narrower one. A project token does not work.")
    token = PlainTextInputElement(
        action_id=TOKEN, placeholder="Ex. CCIPAT_…", max_length=500, focus_on_load=not already
    )
    return [
        *already,
        kit.section(_("{why}\n{page}, then paste it here. {scope}", why=why, page=page, scope=scope)),
        kit.input_block(_("Personal API token"), token, block_id=TOKEN),
        kit.context(
            _(":lock: I check it with CircleCI, store it encrypted for you alone, and never show it."),
            _(
                "I use it for what you ask me, and to read pipelines that your channels follow. `/circle disconnect` "
                "deletes it."
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
    goes_on = _(" I go on with {waiting}.", waiting=_format_waiting(waiting)) if waiting else ""
    return [
        kit.section(_(":tada: Connected as *{name}*.{goes_on}", name=format_name(account), goes_on=goes_on)),
        *([kit.actions(offers)] if offers and not waiting else []),
        kit.context(
            _("I write to you when a pipeline that you started fails: `/circle me` changes what I write about.")
        ),
    ]


def _format_waiting(waiting: str) -> str:
    """The line as it was typed; of one that a button said its word alone: ids tell nobody anything."""
    has_id = _ID.search(waiting)
    return (
        _("what you pressed: {split}", split=as_code(waiting.split(maxsplit=1)[0]))
        if has_id
        else as_code("/circle " + waiting)
    )


def render_profile(
    account: Account, organisations: Sequence[Collaboration], project: str | None, *, place: str = N_("this channel")
) -> list[kit.Block]:
    """Who CircleCI says that this person is, and what the `place` is about: `project` is mrkdwn."""
    orgs = ", ".join(map(org_blocks.format_name, organisations[:20])) or "none"
    here = project or "none (`/circle use gh/org/repo`)"
    return [
        kit.section(_(":bust_in_silhouette: You are *{name}* at CircleCI.", name=format_name(account))),
        kit.fields(
            [
                _("*Token*\naccepted, connected {ago}", ago=status_blocks.format_ago(account.connected_at)),
                f"*Organisations*\n{orgs}",
                _("*Project of {place}*\n{here}", place=place, here=here),
                f"*CircleCI id*\n{as_code(account.circleci_id)}",
            ]
        ),
        kit.actions(build_account_buttons()),
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
