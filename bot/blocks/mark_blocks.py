"""What admins say of a project: which marks it has, what each means, and what setting one changes."""

from __future__ import annotations

from collections.abc import Iterable

from slack_sdk.models.blocks import Option

from bot.blocks import kit
from bot.command import format_line
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.project_marks import Mark, ProjectMark
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code

_MEANS = {
    Mark.NEVER_EXTERNAL: N_("nothing of it goes to a channel that people of other companies read"),
    Mark.NO_LOGS: N_("logs, test results and artifacts go to whoever asks, not to channels"),
    Mark.NO_LOG_TAILS: N_("logs, test results and artifacts are shown nowhere in Slack"),
}


def render_marks(project: ProjectSlug, marks: Iterable[ProjectMark], *, is_admin: bool) -> list[kit.Block]:
    """Each with what it means; admins change them there."""
    has = {one.mark: one.scope for one in marks}
    told = [f":no_entry: {as_code(mark)} — {_(_MEANS[mark])}" for mark in Mark if mark in has]
    own = {mark for mark, scope in has.items() if scope.exact}
    menu = kit.menu(_("Mark it…"), [_build_option(project, mark, wanted=mark not in own) for mark in Mark])
    said = "\n".join(told) or (_("No marks: channels hear of it as of any other project.") if is_admin else "")
    return [kit.section(said, menu if is_admin else None)] if said else []


def _build_option(project: ProjectSlug, mark: Mark, *, wanted: bool) -> Option:
    label = _("Mark {mark}", mark=mark) if wanted else _("Unmark {mark}", mark=mark)
    return kit.option(label, format_line("project", str(project), **{"mark" if wanted else "unmark": mark}))


def render_change(scope: ProjectScope, mark: Mark, *, wanted: bool, changed: bool) -> Message:
    values = {"project": as_code(scope.name), "mark": as_code(mark), "means": _(_MEANS[mark])}
    if not changed:
        said = _("That is how it was already.")
    elif wanted:
        said = _(
            ":no_entry: {project} is marked {mark}: {means}. Cards follow; other messages that I posted before stay.",
            **values,
        )
    else:
        said = _(":white_check_mark: {project} is no longer marked {mark}.", **values)
    button = kit.button(_("Undo"), format_line("project", str(scope), **{"unmark" if wanted else "mark": mark}))
    return Message(said, [kit.section(said, button if changed else None)])
