"""What the lists of a project's settings have in common: a head, a page, and the way to the other settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.blocks import kit
from bot.blocks.pager import build_pager
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.line import Written
from bot.mrkdwn import as_code

PAGE = 8

PAGES: Sequence[tuple[str, str, Mapping[str, bool]]] = (
    (N_("Environment variables"), "env", {}),
    (N_("Checkout keys"), "project", {"keys": True}),
    (N_("Schedules"), "schedules", {}),
    (N_("Contexts"), "env", {"contexts": True}),
    (N_("Webhooks"), "webhooks", {}),
)
"""The title of each, its command and what says that it is meant."""


def render_list(
    slug: ProjectSlug,
    asked: Written,
    rows: Sequence[kit.Block],
    *,
    page: int,
    title: str,
    note: str,
    offers: Iterable[kit.Pressable] = (),
) -> list[kit.Block]:
    """One page of rows. `asked` is the list's line; `offers` are buttons for the list as a whole."""
    return [
        kit.section(
            _("*{title}* of {slug} ({count})", title=title, slug=as_code(str(slug)), count=len(rows) or "none")
        ),
        *rows[(page - 1) * PAGE : page * PAGE],
        *build_pager(page, asked, more=page * PAGE < len(rows)),
        kit.actions([*offers, *_build_other_pages(slug, title)]),
        kit.context(note),
    ]


def _build_other_pages(slug: ProjectSlug, here: str) -> Iterable[kit.Pressable]:
    """The way to the project's other settings; `here` is the title of the page itself."""
    others = [page for page in PAGES if page[0] != here]
    choices = [(title, format_line(command, str(slug), **options)) for title, command, options in others]
    return filter(None, [kit.overflow(choices)])


def format_removed(what: str, *, was_there: bool) -> str:
    """What came of a removal that CircleCI has answered; `what` is mrkdwn."""
    if was_there:
        return _(":wastebasket: Removed {what}.", what=what)
    return _(":information_source: CircleCI does not know {what}, hides it from you, or lets you only read.", what=what)
