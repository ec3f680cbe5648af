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


def format_actor(verb: str, user_id: str | None, names: Mapping[str, str]) -> str:
    """` · canceled by Grace` where the name is known, else nothing; ` by Grace` without a verb."""
    name = names.get(user_id or "")
    return _("{value} by {name}", value=f" · {verb}" if verb else "", name=cut(escape(name), 80)) if name else ""


def render_details(user: User, *, is_me: bool) -> list[kit.Block]:
    you = _(" — that is you") if is_me else ""
    fields = [f"*Login*\n{as_code(user.login, 100) if user.login else 'none'}", f"*CircleCI id*\n{as_code(user.id)}"]
    return [kit.section(f":bust_in_silhouette: *{format_name(user)}*{you}"), kit.fields(fields)]
