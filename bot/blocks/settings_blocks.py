"""What the lists of a project's settings have in common: a head, a page, and the way to the other settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.blocks import kit
from bot.blocks.pager import build_pager
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.language.formats import format_number
from bot.line import Written
from bot.mrkdwn import as_code

PAGE = 8


class SettingsPage(NamedTuple):
    """Its title, its command and what says that it is meant."""

    title: str
    command: str
    options: Mapping[str, bool]


VARIABLES = SettingsPage(N_("Environment variables"), "env", {})
KEYS = SettingsPage(N_("Checkout keys"), "project", {"keys": True})
SCHEDULES = SettingsPage(N_("Schedules"), "schedules", {})
WEBHOOKS = SettingsPage(N_("Webhooks"), "webhooks", {})

PAGES = (VARIABLES, KEYS, SCHEDULES, SettingsPage(N_("Contexts"), "env", {"contexts": True}), WEBHOOKS)


def render_list(
    slug: ProjectSlug,
    asked: Written,
    rows: Sequence[kit.Block],
    *,
    page: int,
    here: SettingsPage,
    note: str,
    offers: Iterable[kit.Pressable] = (),
) -> list[kit.Block]:
    """One page of rows. `asked` is the list's line; `offers` are buttons for the list as a whole."""
    return [
        kit.section(_format_heading(_(here.title), as_code(slug.name), len(rows))),
        *rows[(page - 1) * PAGE : page * PAGE],
        *build_pager(page, asked, more=page * PAGE < len(rows)),
        kit.actions([*offers, *_build_other_pages(slug, here)]),
        *kit.build_notes(note),
    ]


def _format_heading(title: str, project: str, count: int) -> str:
    if not count:
        return _("*{title}* of {project} (none)", title=title, project=project)
    return _("*{title}* of {project} ({count})", title=title, project=project, count=format_number(count))


def _build_other_pages(slug: ProjectSlug, here: SettingsPage) -> Iterable[kit.Pressable]:
    """The way to the project's other settings."""
    others = [page for page in PAGES if page != here]
    choices = [(_(title), format_line(command, str(slug), **options)) for title, command, options in others]
    return filter(None, [kit.overflow(choices)])
