"""People at CircleCI: how one is called, and what is known of somebody."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import kit
from bot.circleci.models import Pipeline, User
from bot.language import _
from bot.mrkdwn import as_code, cut, escape
from bot.naming import find_by_id, find_by_login, get_name, may_mention
from bot.rules.mention_words import format_mention
from bot.rules.trigger_types import is_by_push


def format_name(user: User) -> str:
    """`Ada Lovelace (ada)`, harmless in mrkdwn; the id of somebody who has neither name nor login."""
    name, login = cut(escape(user.name), 100), cut(escape(user.login), 100)
    return f"{name} ({login})" if name and login and name != login else name or login or as_code(user.id)


def format_known_name(user_id: str | None, names: Mapping[str, str]) -> str:
    """What somebody is called here (bot/naming.py), else by CircleCI; "" where nobody knows."""
    return _format(find_by_id(user_id), names.get(user_id or "", ""))


def format_login(login: str | None, limit: int = 80) -> str:
    """What the owner of a login is called here; "" where there is none."""
    return _format(find_by_login(login), login or "", limit)


def format_user(user: str) -> str:
    """What somebody of this Slack is called here; "" where that would be a mention, and may be none."""
    return _format(user, "")


def format_starter(pipeline: Pipeline, limit: int = 80) -> str:
    """Who started it, where we know them here; else whom its commit names, or the login."""
    known = find_by_login(pipeline.actor_login)
    return format_login(pipeline.actor_login, limit) if known else format_author(pipeline, limit)


def format_author(pipeline: Pipeline, limit: int = 80) -> str:
    """Who wrote its commit, called as whoever started it where that is the same person, or no author is known."""
    author = None if is_author_starter(pipeline) else pipeline.author
    user = None if author else find_by_login(pipeline.actor_login)
    return _format(user, author or pipeline.actor_login or "", limit)


def format_pusher(pipeline: Pipeline, limit: int = 80) -> str:
    """Who wrote or pushed its commit; "" where all that is known is who started it, perhaps days later."""
    return format_author(pipeline, limit) if pipeline.author or is_by_push(pipeline.trigger_words) else ""


def format_start(pipeline: Pipeline, limit: int = 80) -> str:
    """Where nobody knows who pushed it."""
    who = format_login(pipeline.actor_login, limit)
    return _("started by {who}", who=who) if who else ""


def is_author_starter(pipeline: Pipeline) -> bool:
    """Whether the author's name is what CircleCI calls who started it: anybody else may have any name in a commit."""
    user, author = find_by_login(pipeline.actor_login), pipeline.author
    return author is not None and author in {pipeline.actor_login, get_name(user) if user else None}


def _format(user: str | None, name: str, limit: int = 80) -> str:
    """Mrkdwn; `name` is what there is where they are unknown."""
    if user and may_mention():
        return format_mention(user)
    return cut(escape((user and get_name(user)) or name), limit)


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
