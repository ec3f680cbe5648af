"""The language that a person chooses to be answered in, whatever their Slack speaks."""

from __future__ import annotations

from bot.actions import audit_trail
from bot.command import Context
from bot.domain.audit_records import AuditKind
from bot.errors import UsageError
from bot.language import _
from bot.language.formats import join_and, list_language_names
from bot.language.spoken import AS_IN_SLACK, NAMES, find_language, set_language
from bot.mrkdwn import as_code

_SAME = {AS_IN_SLACK, "none", "default"}


def parse(text: str) -> str:
    """A language that we have, or AS_IN_SLACK: of `de`, `de-AT`, `Deutsch`, `german`. Raises UsageError."""
    word = text.strip().casefold()
    found = AS_IN_SLACK if word in _SAME else list_language_names().get(word) or find_language(word)
    if found is None:
        raise UsageError(
            _("I do not have the language {language}.", language=as_code(text.strip() or " ", 60)),
            _(
                "I have {languages}; `me --language slack` follows your Slack.",
                languages=join_and(list(NAMES.values())),
            ),
        )
    return found


async def choose(context: Context, wish: str) -> str:
    """Answer them in it from here on; what they wished before."""
    request, chosen = context.request, None if wish == AS_IN_SLACK else wish
    async with context.store.begin() as tx:
        before, _locale = await tx.languages.load_wishes(request.workspace, request.user)
        await tx.languages.upsert_chosen(request.workspace, request.user, chosen)
        audit_trail.record(context, tx, AuditKind.ACCOUNT, what=f"language {wish}")
        set_language(await tx.languages.load(request.workspace, request.user))
    return before or AS_IN_SLACK
