"""Organisations: how one is called, and the list of those that a person belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from bot.blocks import kit
from bot.blocks.pager import build_pager
from bot.circleci.models import Collaboration
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import _
from bot.mrkdwn import as_code, cut, escape

PAGE = 10


def format_name(org: Collaboration) -> str:
    """`gh/acme` as code; an opaque slug gives way to the name."""
    if org.slug.startswith("circleci/") and org.name:
        return f"*{cut(escape(org.name), 150)}*"
    return as_code(org.slug or org.name, 150)


def render_list(
    orgs: Sequence[Collaboration], page: int, here: ProjectSlug | None, *, words: AbstractSet[str]
) -> list[kit.Block]:
    """One page, each with what can be asked of it; `here` is the channel's project, `words` are the commands."""
    shown = orgs[(page - 1) * PAGE : page * PAGE]
    return [
        kit.header(_("Your organisations at CircleCI ({count})", count=len(orgs))),
        *[block for org in shown for block in _row(org, here, words)],
        *([] if shown else [kit.section(_("There are no more."))]),
        *build_pager(page, format_line("projects", orgs=True), more=page * PAGE < len(orgs)),
    ]


def _row(org: Collaboration, here: ProjectSlug | None, words: AbstractSet[str]) -> Iterator[kit.Block]:
    slug = f" · {as_code(org.slug, 150)}" if org.slug.startswith("circleci/") else ""
    vcs = f" · {cut(escape(org.vcs_type), 40)}" if org.vcs_type else ""
    yours = " · " + _("your own account") if org.id is None else ""
    note = " — :pushpin: " + _("of the project here") if here and here.org_slug == org.slug else ""
    yield kit.section(f"{format_name(org)}{slug}{vcs}{yours}{note}")
    buttons = [
        kit.button(label, said, about=org.display_name)
        for label, word, said in (
            (_("Show Recent Pipelines"), "recent", format_line("recent", org=org.slug)),
            (_("Show Insights"), "insights", format_line("insights", org=org.slug)),
            (_("Show Contexts"), "env", format_line("env", org.slug, contexts=True)),
        )
        if org.slug and word in {"recent", *words}
    ]
    if buttons:
        yield kit.actions(buttons)
