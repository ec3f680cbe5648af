"""Projects that CircleCI knows by ids are told by their names, wherever an answer shows `circleci/<id>/<id>`.

Names are read with the person's own token: what they may not see keeps its ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.actions import visible_projects
from bot.command import Context, Reply
from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.messages import Message
from bot.mrkdwn import cut, escape
from bot.untrusted.patterns import compile_linear

_IDS = compile_linear(r"circleci/[0-9A-Za-z-]{16,64}/[0-9A-Za-z-]{16,64}")
"""UUIDs, or the same in 22 letters and digits; words of an address (`circleci/pipelines/…`) are shorter."""
_SLUG = "*Slug*"
"""Begins the one text that is there to show the ids."""

Names = Mapping[str, str]


async def replace_project_ids(context: Context, reply: Reply) -> Reply:
    """Labels, links and whole code spans change: a line that somebody is to type keeps what it needs."""
    shown = [reply.message if reply.message and not reply.message.fixed else None, reply.caption, reply.view]
    found = {ids for one in shown if one for ids in _IDS.findall(str([getattr(one, "text", ""), one.blocks]))}
    if not found:
        return reply
    try:
        known = await visible_projects.fetch_names(context, map(ProjectSlug.parse, found))
    except CircleCIError:
        return reply
    names = {str(slug): cut(name.replace("`", "'"), 150) for slug, name in known.items()}
    return replace(
        reply,
        message=reply.message and _replace_in_message(reply.message, names),
        caption=reply.caption and _replace_in_message(reply.caption, names),
        view=reply.view and replace(reply.view, blocks=_replace_in_blocks(reply.view.blocks, names)),
    )


def _replace_in_message(message: Message, names: Names) -> Message:
    return Message(_replace_in_mrkdwn(message.text, names), _replace_in_blocks(message.blocks, names))


def _replace_in_blocks(shown: Any, names: Names) -> Any:
    """Block Kit, with names in its texts; values and addresses stay."""
    if isinstance(shown, Mapping):
        write = {"mrkdwn": _replace_in_mrkdwn, "plain_text": _replace_in_plain}.get(str(shown.get("type")))
        if write and isinstance(shown.get("text"), str):
            return {**shown, "text": write(shown["text"], names)}
        return {name: _replace_in_blocks(value, names) for name, value in shown.items()}
    return [_replace_in_blocks(one, names) for one in shown] if isinstance(shown, (list, tuple)) else shown


def _replace_in_mrkdwn(text: str, names: Names) -> str:
    for ids, name in names.items() if not text.startswith(_SLUG) else ():
        text = text.replace(f"`{ids}`", f"`{escape(name)}`").replace(f"|{ids}", f"|{escape(name)}")
    return text


def _replace_in_plain(text: str, names: Names) -> str:
    for ids, name in names.items():
        text = text.replace(ids, name)
    return text
