"""What a command tells of its person's token: it was used, it is no longer accepted, it may only read."""

from __future__ import annotations

from bot.command import Context, format_line
from bot.dispatch.rights import build_token_error
from bot.errors import BotError, NextStep, NotFound
from bot.language import _
from bot.store.accounts import USE_NOTED_EVERY


async def record_use(context: Context) -> None:
    """At most once an hour, and only where CircleCI was asked lately."""
    account, now = context.account, context.clock.now()
    if account is None or not context.circleci.request_counts.last_hour:
        return
    if account.last_used_at is None or now - account.last_used_at >= USE_NOTED_EVERY:
        async with context.store.begin() as tx:
            await tx.accounts.mark_used(account.owner, now)


async def expire(context: Context) -> BotError:
    """CircleCI no longer accepts it: what to say."""
    if context.account:
        async with context.store.begin() as tx:
            await tx.accounts.mark_expired(context.account)
    return build_token_error()


def add_scope_hint(error: NotFound, context: Context) -> NotFound:
    """A token of CircleCI's own page may have been allowed to read alone: then a write finds nothing."""
    if error.wrote and context.account and not context.account.is_pasted:
        hint = _("At CircleCI's page you chose what I may do: with *Read* I find nothing to change. Choose *Write*.")
        error.next_steps = (*error.next_steps, hint, NextStep(_("Connect Again"), format_line("connect")))
    return error
