"""After a lost answer: what came of it is looked up, and when even that fails it is said so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import TypeVar

from bot.command import Context
from bot.errors import BotError
from bot.language import _

A = TypeVar("A")

SKEW = timedelta(seconds=2)
"""How far CircleCI's clock may be behind ours."""

Look = Callable[[Context, A, datetime], Awaitable[str]]


def catch_errors(look: Look[A]) -> Look[A]:
    """A look that answers in a sentence even when CircleCI does not."""

    @wraps(look)
    async def best_effort(context: Context, args: A, began_at: datetime) -> str:
        try:
            return await look(context, args, began_at)
        except BotError as error:
            return _(
                "I tried to find out what became of it: {problem} Look at CircleCI before you repeat it.",
                problem=error.message,
            )

    return best_effort
