"""The webhook of a project: to make CircleCI have it as we do, and to remove it.

The command does so for a person, `WebhookHealthMonitor` goes on in that person's name. Its secret is made here, stored
sealed, and sent to nobody but CircleCI.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from secrets import token_urlsafe
from urllib.parse import urlsplit

from bot.blocks import installed_webhook_blocks, kit
from bot.circleci.client import CircleCI
from bot.circleci.models import Project, Webhook
from bot.circleci.webhooks_api import EVENTS, MOST_WEBHOOKS
from bot.command import Context, format_line
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.errors import (
    HIDDEN,
    BotError,
    NextStep,
    NotAllowed,
    NotFound,
    RateLimited,
    Rejected,
    TargetError,
    Unauthorized,
)
from bot.language import _, ngettext

ROUTE = "/circleci/webhook"
_NAME = "circlebot"


def build_hook(project: Project, public_url: str, workspace: str, *, user: str, now: datetime) -> Hook:
    """A webhook that is not at CircleCI yet, with a key and a secret of its own."""
    key = token_urlsafe(24)
    return Hook(
        project=project.project,
        key=key,
        project_id=project.id,
        hook_id=None,
        url=f"{public_url}{ROUTE}?hook={key}",
        workspace=workspace,
        user=user,
        checked_at=now,
        secret=token_urlsafe(32),
    )


async def establish(circleci: CircleCI, hook: Hook, known: Collection[str], *, renew_secret: bool) -> str:
    """Make CircleCI have it as we do, and return its id there. With `renew_secret` its secret is sent too.

    One that is there already is mended, whatever became of an earlier answer; so is one that leads here and is nobody's
    any more. Those of other workspaces, by their `known` addresses, are left alone. Raises CircleCIError, and
    TargetError when there is no room for another one.
    """
    there = await circleci.list_webhooks(hook.project_id)
    itself = [one for one in there if one.id == hook.hook_id or one.url == hook.url]
    nobodys = [one for one in there if _leads_here(one, hook) and one.url not in known]
    ours = next(iter([*itself, *nobodys]), None)
    if ours is None:
        if len(there) >= MOST_WEBHOOKS:
            raise TargetError(
                ngettext(
                    "The project has {count} webhook already, and CircleCI allows at most {limit}.",
                    "The project has {count} webhooks already, and CircleCI allows at most {limit}.",
                    len(there),
                    limit=MOST_WEBHOOKS,
                ),
                NextStep(_("Show Its Webhooks"), format_line("webhooks", str(hook.project))),
            )
        return (await circleci.add_webhook(hook.project_id, name=_NAME, url=hook.url, secret=hook.secret)).id
    if renew_secret or not _is_up_to_date(ours, hook):
        await circleci.set_webhook(ours.id, url=hook.url, secret=hook.secret)
    return ours.id


async def remove_at_circleci(circleci: CircleCI, hook: Hook) -> None:
    """From CircleCI. One whose making was never answered is looked for by its address. Raises CircleCIError."""
    if hook.hook_id:
        await circleci.remove_webhook(hook.hook_id)
        return
    for one in await circleci.list_webhooks(hook.project_id):
        if one.url == hook.url:
            await circleci.remove_webhook(one.id)


def _leads_here(webhook: Webhook, hook: Hook) -> bool:
    return urlsplit(webhook.url)._replace(query="") == urlsplit(hook.url)._replace(query="")


def _is_up_to_date(webhook: Webhook, hook: Hook) -> bool:
    return webhook.url == hook.url and webhook.verify_tls and set(EVENTS) <= set(webhook.events)


async def build_install_buttons(context: Context, project: ProjectSlug) -> list[kit.Pressable]:
    """A button that installs it, where CircleCI can reach us and there is none yet."""
    if context.public_url is None:
        return []
    async with context.store.begin_read() as tx:
        hook = await tx.hooks.find(context.request.workspace, project)
    return [] if hook else [kit.button(_("Install Our Webhook"), format_line("webhooks", "install", str(project)))]


async def install(context: Context, project: Project) -> Hook:
    """What is believed stays so until CircleCI has said yes, and nobody else's is touched.

    A new one is written down first: whatever becomes of the answer, it can be found, mended and taken away again. One
    that this workspace has keeps its address and its secret, so no answer, lost or not, can unseat it. Raises
    TargetError without an address of ours or without room, NotAllowed when the person may not.
    """
    if context.public_url is None:
        raise TargetError(_("CircleCI cannot reach us."), _(installed_webhook_blocks.WITHOUT_ADDRESS))
    request = context.request
    hook = build_hook(project, context.public_url, request.workspace, user=request.user, now=context.clock.now())
    async with context.store.begin() as tx:
        before = await tx.hooks.find(request.workspace, project.project)
        known = await tx.hooks.list_urls(project.id) - ({before.url} if before else set())
        if before is None:
            await tx.hooks.upsert(hook)
        elif before.secret:
            hook = _as_before(before, hook)
    try:
        hook_id = await establish(context.circleci, hook, known, renew_secret=True)
    except (*HIDDEN, TargetError, RateLimited, Unauthorized) as error:
        if before is None:
            async with context.store.begin() as tx:
                await tx.hooks.delete(hook.key)
        raise _explain_refusal(error, context.public_url) from error
    async with context.store.begin() as tx:
        if before and not before.secret:
            await tx.hooks.upsert(hook)
        await tx.hooks.mark_established(hook, hook_id, context.clock.now())
    return replace(hook, hook_id=hook_id)


def _as_before(before: Hook, hook: Hook) -> Hook:
    """By the key and secret that CircleCI has; one that belonged to a former project of that name stays there."""
    url, hook_id = hook.url.replace(hook.key, before.key), before.hook_id
    same = before.project_id == hook.project_id
    return replace(hook, key=before.key, secret=before.secret, url=url, hook_id=hook_id if same else None)


def _explain_refusal(error: BotError, public_url: str) -> BotError:
    """CircleCI answers 403 or 404 to a person without the right; other refusals come with its own sentence."""
    if not isinstance(error, NotFound | Rejected) or error.status not in {403, 404}:
        return error
    reason = _("Only an admin of the organisation can add a webhook.")
    return NotAllowed(
        f"{error.message} {reason}",
        *installed_webhook_blocks.format_manual_steps(public_url + ROUTE),
    )


async def remove(context: Context, project: Project) -> bool:
    """At CircleCI first, so that nothing is left there that nobody knows of. False when there was none."""
    async with context.store.begin_read() as tx:
        hook = await tx.hooks.find(context.request.workspace, project.project)
    if hook is None:
        return False
    await remove_at_circleci(context.circleci, hook)
    async with context.store.begin() as tx:
        await tx.hooks.delete(hook.key)
    return True
