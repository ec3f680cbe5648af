"""A project's outbound webhooks, to read. Their secrets are never fetched, and of an address only what is safe."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.blocks import kit, settings_blocks, status_blocks
from bot.circleci.models import Webhook
from bot.domain import ProjectSlug
from bot.language import _
from bot.line import format_line
from bot.mrkdwn import as_code, cut, escape

_LONGEST_PATH = 20
"""Characters of a path that are shown: enough to know the place, too few to hold a secret of its own."""


def render_list(
    slug: ProjectSlug, hooks: Sequence[Webhook], page: int, *, ours: str, offers: Sequence[kit.Pressable] = ()
) -> list[kit.Block]:
    """One page; `ours` describes the one that we installed, `offers` are buttons for it."""
    return settings_blocks.render_list(
        slug,
        format_line("webhooks", str(slug)),
        [kit.section(_row(hook)) for hook in hooks],
        page=page,
        here=settings_blocks.WEBHOOKS,
        note=" ".join([ours, _("A project has five at most. Add and remove others in its settings at CircleCI.")]),
        offers=offers,
    )


def _row(hook: Webhook) -> str:
    made = [_("made {ago}", ago=status_blocks.format_ago(hook.created_at))] if hook.created_at else []
    unsafe = [] if hook.verify_tls else [_(":warning: does not verify TLS")]
    head = " — ".join([f"*{cut(escape(hook.name), 150)}*", *made, *unsafe])
    return f"{head}\n{_format_reports(hook)}"


def _format_reports(hook: Webhook) -> str:
    address = as_code(_shorten_url(hook.url), 150)
    if not hook.events:
        return _("reports nothing to {address}", address=address)
    events = ", ".join(as_code(event, 60) for event in hook.events[:5])
    return _("reports {events} to {address}", events=events, address=address)


def _shorten_url(url: str) -> str:
    """Scheme, host and the beginning of the path: what follows may be a secret (as in hooks.slack.com)."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "?"
    return cut(f"{parts.scheme}://{host}{cut(parts.path, _LONGEST_PATH)}", 150)
