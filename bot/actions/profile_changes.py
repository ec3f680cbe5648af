"""To link a person with logins, and to change which messages they get."""

from __future__ import annotations

import re

from bot.actions import audit_trail, channel_announcement, thing_states
from bot.actions.channel_announcement import Announcement, Told
from bot.blocks.me_blocks import PersonalSettings
from bot.command import Context, format_line
from bot.conversation import Place
from bot.domain.audit_records import AuditKind
from bot.domain.project_feeds import ReadRule, TokenOwner
from bot.errors import NextStep, NotAllowed, TargetError, UsageError
from bot.language import _
from bot.mrkdwn import as_code
from bot.rules.dm_topics import LETTER
from bot.rules.undoable_change import Thing, ThingKind

_LONGEST = 100
_UNFIT = re.compile(r"[<>|\x00-\x1f]")


def parse_login(text: str) -> str:
    """A login as people write it: `octocat`, `@octocat`. Raises UsageError."""
    name = text.strip().removeprefix("@")
    if not name or len(name) > _LONGEST or _UNFIT.search(name):
        raise UsageError(
            _("{text} is not a login.", text=as_code(text.strip() or " ", 60)),
            _("Say it as CircleCI shows it beside a pipeline: `me --login octocat`."),
        )
    return name


async def load_settings(context: Context) -> PersonalSettings:
    request = context.request
    async with context.store.begin_read() as tx:
        logins = await tx.logins.list_for_user(request.workspace, request.user)
        topics = await tx.dm_preferences.load_topics(request.workspace, request.user)
        language, _locale = await tx.languages.load_wishes(request.workspace, request.user)
    return PersonalSettings(context.account, tuple(logins), topics, language)


async def list_read_rules(context: Context) -> list[ReadRule]:
    """What this person's token reads for rules of their workspace."""
    async with context.store.begin_read() as tx:
        return await tx.coverage.list_read_with(TokenOwner(context.request.team, context.request.user))


async def claim(context: Context, name: str) -> None:
    """This login is theirs, they say. Raises NotAllowed when it is somebody else's."""
    request = context.request
    async with context.store.begin() as tx:
        owner = await tx.logins.insert_claimed(request.workspace, request.user, name, now=context.clock.now())
        if owner is None:
            audit_trail.record(context, tx, AuditKind.ACCOUNT, what=f"login {name} claimed")
    if owner is None:
        return
    if owner.verified:
        raise NotAllowed(
            _(
                "{login} is <@{user}>'s: their own CircleCI token says so.",
                login=as_code(owner.login, 100),
                user=owner.user,
            ),
            _("If it is yours, connect with a token of that login."),
            NextStep(_("Connect CircleCI"), format_line("connect")),
        )
    raise NotAllowed(
        _("<@{user}> says that {login} is theirs.", user=owner.user, login=as_code(owner.login, 100)),
        _("If it is yours, connect with a token of that login. A token counts more."),
        NextStep(_("Connect CircleCI"), format_line("connect")),
    )


async def forget(context: Context, name: str) -> Told:
    """What is told of it. Raises TargetError when it is not theirs."""
    request, now = context.request, context.clock.now()
    theirs = Place(request.workspace, request.user)
    async with context.store.begin() as tx:
        was = await thing_states.load_states(tx, theirs, [Thing(ThingKind.LOGIN, name.casefold())], now)
        if not await tx.logins.delete(*theirs, name):
            raise TargetError(
                _("{login} is not one of your logins.", login=as_code(name, 100)),
                NextStep(_("Show My Logins"), format_line("me")),
            )
        changes = await thing_states.list_changes(tx, theirs, was, now)
        said = Announcement(act="me", text=lambda: _("<@{user}> removed one of their logins.", user=request.user))
        return await channel_announcement.announce(tx, context, theirs.channel, changes=changes, said=said)


async def update_topics(context: Context, topics: frozenset[str]) -> frozenset[str]:
    """Messages of these topics and no others, from this moment on; what they wished before.

    Messages about the other topics that wait to be sent are dropped.
    """
    request = context.request
    async with context.store.begin() as tx:
        before = await tx.dm_preferences.load_topics(request.workspace, request.user)
        await tx.dm_preferences.upsert(request.workspace, request.user, topics)
        for topic in sorted(before - topics):
            prefix, now = f"{LETTER}{topic}:", context.clock.now()
            await tx.outbox.withdraw(request.workspace, request.user, prefix, reason="opted_out", now=now)
        if before != topics:
            changed = {"before": sorted(before), "after": sorted(topics)}
            audit_trail.record(context, tx, AuditKind.ACCOUNT, what="direct messages", detail=changed)
    return before
