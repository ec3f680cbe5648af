"""What goes to Slack made to fit: a value that is too long for its place is kept, and its key goes there instead.

The only place that knows how much Slack takes of a value; bot/dispatch/stored_values.py is the way back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from bot.clock import Clock
from bot.command import Choice, Modal, format_line
from bot.line import LONGEST, Written
from bot.messages import Message
from bot.store.long_values import ValueAudience, is_key
from bot.store.store import Store

_OPTION = 150
_METADATA = 2800
"""Characters that Slack takes of an option's value, and of a form's line beside its channel in JSON."""

Json = dict[str, Any]


class ValueShortener:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def shorten_message(self, message: Message, place: ValueAudience) -> Message:
        """The message with every value fit for Slack."""
        if message.fixed:
            return message
        return replace(message, blocks=await self.shorten_blocks(message.blocks, place))

    async def shorten_blocks(
        self, blocks: Sequence[Mapping[str, Any]], place: ValueAudience
    ) -> Sequence[Mapping[str, Any]]:
        """The same blocks where nothing is too long."""
        if not any(is_too_long(one) for one in find_values(blocks)):
            return blocks
        fitting = deepcopy(list(blocks))
        for one in find_values(fitting):
            if is_too_long(one):
                one["value"] = await self._insert_value(one["value"], place)
        return fitting

    async def shorten_choices(self, choices: Sequence[Choice], place: ValueAudience) -> list[Choice]:
        """Options of a typeahead."""
        return [
            replace(one, value=await self._insert_value(one.value, place)) if _is_long(one.value, _OPTION) else one
            for one in choices
        ]

    async def shorten_modal(self, view: Modal, place: ValueAudience) -> Modal:
        blocks = await self.shorten_blocks(view.blocks, place)
        return replace(view, blocks=blocks, line=await self._shorten_written(view.line, place))

    async def _shorten_written(self, said: Written | None, place: ValueAudience) -> Written | None:
        if said is None or not _is_long(json.dumps(said), _METADATA):
            return said
        return format_line(await self._insert_value(said, place))

    async def shorten_line(self, said: str, place: ValueAudience) -> str:
        """A form's line, as JSON holds it: each character as twelve at most."""
        if 12 * len(said) < _METADATA:
            return said
        return await self._insert_value(said, place) if _is_long(json.dumps(said), _METADATA) else said

    async def _insert_value(self, value: str, place: ValueAudience) -> str:
        async with self._store.begin() as tx:
            return await tx.long_values.upsert(place, value, self._clock.now())


def find_values(part: Any) -> Iterator[Json]:
    """Whatever has a value that comes back: buttons, and the options of menus."""
    if isinstance(part, Mapping):
        if isinstance(part.get("value"), str) and ("text" in part):
            yield part  # type: ignore[misc]  # a block is a dict
        part = list(part.values())
    if isinstance(part, list | tuple):
        for one in part:
            yield from find_values(one)


def is_too_long(one: Mapping[str, Any]) -> bool:
    """Of such a part: whether Slack would not take its value."""
    return _is_long(one["value"], LONGEST if one.get("type") == "button" else _OPTION)


def _is_long(value: str, most: int) -> bool:
    """What looks like a key is kept too, so that a name can never be taken for one."""
    return len(value) > most or is_key(value)
