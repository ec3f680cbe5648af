"""Values too long for Slack: a button or a form holds a short key, and this replaces it by the value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.command import Request, RequestSource
from bot.errors import TargetError, UsageError
from bot.language import _
from bot.line import LONGEST
from bot.store.long_values import LongValue, is_key
from bot.store.pipelines import RETENTION
from bot.store.store import Store


async def expand_long_values(store: Store, request: Request, now: datetime) -> Request:
    """The request with its keys replaced by their values. Raises TargetError for an old key or another person's.

    Raises UsageError for a button that an older release cut off; what one button led to (`came_by`) is of any length.
    """
    if request.source is RequestSource.BUTTON and request.came_by is None and len(request.line) > LONGEST:
        raise UsageError(_("This button's command is too long for a button."), _("Type the command instead."))
    keys = _list_keys(request) if request.written else set()
    if not keys:
        return request
    async with store.begin_read() as tx:
        found = {key: await tx.long_values.find(request.workspace, key) for key in keys}
    values = {key: _check_value(one, request, now) for key, one in found.items()}
    return replace(
        request,
        line=values.get(request.line, request.line),
        fields=_expand_fields(request.fields, values),
        chosen={name: tuple(values.get(one, one) for one in several) for name, several in request.chosen.items()},
    )


def _list_keys(request: Request) -> set[str]:
    several = [one for chosen in request.chosen.values() for one in chosen]
    return {text for text in (request.line, *request.fields.values(), *several) if is_key(text)}


def _expand_fields(fields: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {name: values.get(value, value) for name, value in fields.items()}


def _check_value(one: LongValue | None, request: Request, now: datetime) -> str:
    if one is None or one.kept_at < now - RETENTION:
        raise TargetError(_("That is too old: what it said is not kept any more."), _("Ask for it again."))
    if one.audience.user not in {None, request.user} or one.audience.channel not in {None, request.channel}:
        raise TargetError(_("That was shown to somebody else, or somewhere else: here it does nothing."))
    return one.value
