"""The administration of a workspace: a row for each thing that somebody looks after, and a page behind each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import administration_page_blocks, kit, status_blocks
from bot.command import format_line
from bot.domain.admin_overview import (
    AdminOverview,
    ReplayProgress,
    is_broken,
)
from bot.domain.audit_records import AuditResult
from bot.language import _, ngettext
from bot.language.formats import format_number
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, cut, escape

PAGE = 15
_NAMED = 5


def render(overview: AdminOverview, *, in_home: bool) -> Message:
    title = _("Administration")
    rows = [
        _build_people(overview),
        _build_rules(overview),
        _build_waiting(overview),
        _build_webhooks(overview),
        _build_budgets(overview),
        _build_refusals(overview),
        _build_doctor(overview),
        *_build_workspaces(overview),
    ]
    return Message(title, [kit.header(title), *rows, _build_ways_on(in_home=in_home), _build_versions(overview)])


def _build_row(name: str, lines: Sequence[str], label: str, line: Written) -> kit.Block:
    """What it is, what of it wants somebody first, and the way to it."""
    return kit.section("\n".join([as_bold(name), *filter(None, lines)]), kit.button(label, line, about=name))


def _build_people(overview: AdminOverview) -> kit.Block:
    again = sum(not one.is_active for one in overview.people)
    soon = sum(one.is_expiring(overview.now) for one in overview.people)
    active = len(overview.people) - again
    lines = [
        ngettext("{count} person has to connect again.", "{count} people have to connect again.", again)
        if again
        else "",
        ngettext(
            "The connection of {count} person ends within a week.",
            "The connections of {count} people end within a week.",
            soon,
        )
        if soon
        else "",
        ngettext("{count} person is connected.", "{count} people are connected.", active),
    ]
    return _build_row(_("People"), _warn(lines, again + soon), _("Show People"), format_line("admin", "people"))


def _warn(lines: Sequence[str], troubles: int) -> list[str]:
    """The first line that says something carries the sign, where something is wrong."""
    told = [line for line in lines if line]
    return [f":warning: {told[0]}", *told[1:]] if troubles and told else told


def _build_rules(overview: AdminOverview) -> kit.Block:
    rules = sum(one.rules for one in overview.projects)
    troubled = sum(one.troubled for one in overview.projects)
    lines = [
        ngettext("{count} rule does not work.", "{count} rules do not work.", troubled) if troubled else "",
        ngettext("{count} rule.", "{count} rules.", rules),
    ]
    return _build_row(_("Rules"), _warn(lines, troubled), _("Show Rules"), format_line("admin", "rules"))


def _build_waiting(overview: AdminOverview) -> kit.Block:
    lines = [
        ngettext("{count} message could not be said.", "{count} messages could not be said.", overview.stuck)
        if overview.stuck
        else _("Everything was said, or comes by itself."),
        ngettext("{count} message comes by itself.", "{count} messages come by themselves.", overview.waiting)
        if overview.waiting
        else "",
        *map(_format_replay, overview.replays[:_NAMED]),
    ]
    label, line = _("Show Messages"), format_line("undelivered")
    return _build_row(_("Delivery"), _warn(lines, overview.stuck), label, line)


def _format_replay(one: ReplayProgress) -> str:
    return _(
        "{project} is told again: {read} of {all} pipelines read.",
        project=as_code(one.project, 120),
        read=format_number(one.read),
        all=format_number(one.read + one.left),
    )


def _build_webhooks(overview: AdminOverview) -> kit.Block:
    broken = sum(map(is_broken, overview.hooks))
    lines = [
        ngettext(
            "{count} webhook does not arrive as it should.", "{count} webhooks do not arrive as they should.", broken
        )
        if broken
        else "",
        ngettext("{count} webhook is installed.", "{count} webhooks are installed.", len(overview.hooks))
        if overview.hooks
        else _("None: polling finds what ends."),
    ]
    label, line = _("Show Webhooks"), format_line("admin", "webhooks")
    return _build_row(_("Webhooks"), _warn(lines, broken), label, line)


def _build_budgets(overview: AdminOverview) -> kit.Block:
    near = sum(administration_page_blocks.get_load(one).is_heavy for one in overview.budgets)
    made = sum(one.requests for one in overview.budgets)
    lines = [
        ngettext("{count} token is near its limit.", "{count} tokens are near their limits.", near) if near else "",
        ngettext("{count} request in the last hour.", "{count} requests in the last hour.", made),
    ]
    label, line = _("Show Requests"), format_line("admin", "budgets")
    return _build_row(_("Requests to CircleCI"), _warn(lines, near), label, line)


def _build_refusals(overview: AdminOverview) -> kit.Block:
    told = list(map(administration_page_blocks.format_refusal, overview.refusals))
    lines = told or [_("Nothing was refused.")]
    line = format_line("audit", result=AuditResult.REFUSED.value)
    return _build_row(_("Last refusals"), lines, _("Show Refusals"), line)


def _build_doctor(overview: AdminOverview) -> kit.Block:
    wrong = overview.wrong
    if wrong is None:
        line = _("Something does not answer at once: ask, and I give it half a minute.")
    elif wrong:
        line = ngettext("{count} thing is wrong.", "{count} things are wrong.", wrong)
    else:
        line = _("I find nothing wrong with me.")
    return _build_row(_("Doctor"), _warn([line], wrong or 0), _("Ask the Doctor"), format_line("doctor"))


def _build_workspaces(overview: AdminOverview) -> list[kit.Block]:
    """Where an organisation has several."""
    count = len(overview.workspaces)
    if count < 2:
        return []
    stuck = sum(bool(one.stuck) for one in overview.workspaces)
    lines = [
        ngettext(
            "{count} workspace has messages that could not be said.",
            "{count} workspaces have messages that could not be said.",
            stuck,
        )
        if stuck
        else "",
        ngettext("You look after {count} workspace.", "You look after {count} workspaces.", count),
    ]
    label, line = _("Show Workspaces"), format_line("admin", "workspaces")
    return [_build_row(_("Workspaces"), _warn(lines, stuck), label, line)]


def _build_ways_on(*, in_home: bool) -> kit.Block:
    back = [kit.button(_("Show My Home"), format_line("admin", "close"))] if in_home else []
    return kit.actions([*back, kit.button(_("Refresh"), format_line("admin"))])


def _build_versions(overview: AdminOverview) -> kit.Block:
    replicas = len(overview.seen_at)
    return kit.context(
        _("Release {release}, database {revision}.", release=overview.release, revision=overview.revision),
        ngettext("{count} process listens to Slack.", "{count} processes listen to Slack.", replicas),
        _format_workspace(overview),
    )


def _format_workspace(overview: AdminOverview) -> str:
    if overview.installed_as is None or overview.installed_at is None:
        return ""
    name, ago = escape(cut(overview.installed_as, 80)), status_blocks.format_ago(overview.installed_at)
    return _("Installed in {workspace} {ago}.", workspace=name, ago=ago)


def build_open_button() -> kit.Pressable:
    """In the Home of an admin."""
    return kit.button(_("Administration"), format_line("admin"))
