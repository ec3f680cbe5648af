"""People at CircleCI: how one is called, and what is known of somebody."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import kit
from bot.circleci.models import User
from bot.language import _
from bot.mrkdwn import as_code, cut, escape


def format_name(user: User) -> str:
    """`Ada Lovelace (ada)`, harmless in mrkdwn; the id of somebody who has neither name nor login."""
    name, login = cut(escape(user.name), 100), cut(escape(user.login), 100)
    return f"{name} ({login})" if name and login and name != login else name or login or as_code(user.id)


def format_known_name(user_id: str | None, names: Mapping[str, str]) -> str:
    """What somebody is called, harmless in mrkdwn; "" where nobody knows."""
    return cut(escape(names.get(user_id or "", "")), 80)


def format_actor(did: str, user_id: str | None, names: Mapping[str, str]) -> str:
    """` · canceled by Grace` of `canceled by {who}`, where the name is known; else nothing."""
    who = format_known_name(user_id, names)
    return f" · {_(did, who=who)}" if who else ""


def render_details(user: User, *, is_me: bool) -> list[kit.Block]:
    name = format_name(user)
    head = _(":bust_in_silhouette: *{name}* — that is you", name=name) if is_me else f":bust_in_silhouette: *{name}*"
    login = as_code(user.login, 100) if user.login else _("none")
    labels = (_("Login"), login), (_("CircleCI id"), as_code(user.id))
    return [kit.section(head), kit.fields(f"*{label}*\n{value}" for label, value in labels)]
