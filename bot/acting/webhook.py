"""The webhook of a project: to make it stand at CircleCI as we have it, and to take it away again.

The command does so for a person, the caretaker goes on in that person's name. Its secret is made here, stored sealed,
and told to nobody but CircleCI.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from secrets import token_urlsafe
from urllib.parse import urlsplit

from bot.blocks import hook as said
from bot.blocks import kit
from bot.circleci.client import CircleCI
from bot.circleci.models import Project, Webhook
from bot.circleci.webhooks import EVENTS, MOST_WEBHOOKS
from bot.command import Context, line
from bot.domain import Hook, ProjectSlug
from bot.errors import BotError, NotAllowed, NotFound, NotThere, Rejected, Step

ROUTE = "/circleci/webhook"
_NAME = "circlebot"


def new(project: Project, public_url: str, workspace: str, user: str, now: datetime) -> Hook:
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


async def establish(circleci: CircleCI, hook: Hook, *, anew: bool) -> str:
    """Make it stand at CircleCI as we have it, `anew` with its secret too; its id there.

    One of ours that is there already is mended, whatever became of an earlier answer. Raises CircleCIError, and
    NotThere when there is no room for another one.
    """
    there = await circleci.webhooks(hook.project_id)
    ours = next((one for one in there if one.id == hook.hook_id or _leads_here(one, hook)), None)
    if ours is None:
        if len(there) >= MOST_WEBHOOKS:
            raise NotThere(
                f"The project has {len(there)} webhooks already, and CircleCI allows no more than {MOST_WEBHOOKS}.",
                Step("Show its webhooks", line("webhooks", str(hook.project))),
            )
        return (await circleci.add_webhook(hook.project_id, name=_NAME, url=hook.url, secret=hook.secret)).id
    if anew or not _right(ours, hook):
        await circleci.set_webhook(ours.id, url=hook.url, secret=hook.secret)
    return ours.id


def _leads_here(webhook: Webhook, hook: Hook) -> bool:
    return urlsplit(webhook.url)._replace(query="") == urlsplit(hook.url)._replace(query="")


def _right(webhook: Webhook, hook: Hook) -> bool:
    return webhook.url == hook.url and webhook.verify_tls and set(EVENTS) <= set(webhook.events)


async def offers(context: Context, project: ProjectSlug) -> list[kit.Pressable]:
    """A button that installs it, where CircleCI can reach us and there is none yet."""
    if context.public_url is None:
        return []
    async with context.store.read() as tx:
        hook = await tx.hooks.of(project)
    return [] if hook else [kit.button("Let CircleCI tell us at once", line("webhooks", "install", str(project)))]


async def install(context: Context, project: Project) -> Hook:
    """It is written down first: whatever becomes of the answer, it can be found, mended and taken away again.

    Raises NotThere without an address of ours or without room, NotAllowed when the person may not.
    """
    if context.public_url is None:
        raise NotThere("CircleCI cannot reach us.", said.WITHOUT_ADDRESS)
    request = context.request
    hook = new(project, context.public_url, request.workspace, request.user, context.clock.now())
    async with context.store.begin() as tx:
        before = await tx.hooks.of(project.project)
        await tx.hooks.save(hook)
    try:
        hook_id = await establish(context.circleci, hook, anew=True)
    except (NotFound, Rejected, NotThere) as error:
        await _stay(context, before, hook)
        raise _refused(error, context.public_url) from error
    async with context.store.begin() as tx:
        await tx.hooks.checked(project.project, context.clock.now(), hook_id, None)
    return replace(hook, hook_id=hook_id)


async def _stay(context: Context, before: Hook | None, hook: Hook) -> None:
    """CircleCI said no: what stood before still stands."""
    async with context.store.begin() as tx:
        if before:
            await tx.hooks.save(before)
        else:
            await tx.hooks.remove(hook.project)


def _refused(error: NotFound | Rejected | NotThere, public_url: str) -> BotError:
    """CircleCI says 403 or 404 to whoever may not; what else it refuses it says itself."""
    if isinstance(error, NotThere) or error.status not in {403, 404}:
        return error
    return NotAllowed(f"{error.message} Only an admin of the organisation may.", *said.by_hand(public_url + ROUTE))


async def remove(context: Context, project: Project) -> bool:
    """At CircleCI first, so that nothing is left there that nobody knows of. False when there was none."""
    async with context.store.read() as tx:
        hook = await tx.hooks.of(project.project)
    if hook is None:
        return False
    if hook.hook_id:
        await context.circleci.remove_webhook(hook.hook_id)
    async with context.store.begin() as tx:
        await tx.hooks.remove(hook.project)
    return True
