"""What came between the last green run and this one: commits, parameters, jobs and the config."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import kit, person_blocks, status_blocks
from bot.circleci.links import Links, build_compare_url
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.run_difference import Change, Difference
from bot.command import format_line
from bot.language import _
from bot.mrkdwn import as_code, as_link, cut, escape, format_leftover

_SHOWN = 15


def format_title(difference: Difference, pipeline: Pipeline, workflow: Workflow) -> str:
    return _(
        "{workflow}: #{number} against #{green}, the last green",
        workflow=cut(escape(workflow.name), 80),
        number=pipeline.number,
        green=difference.green.number,
    )


def render(difference: Difference, pipeline: Pipeline, workflow: Workflow, *, links: Links) -> list[kit.Block]:
    """The message."""
    page = _get_compare_url(difference, pipeline)
    open_page = [kit.link_button(_("Open the Changes"), page)] if page else []
    config = (
        [kit.button(_("Show Config"), format_line("pipeline", pipeline.id, config=True))]
        if difference.config_changed
        else []
    )
    return [
        kit.section(_head(difference, pipeline, workflow, links=links)),
        *(kit.section(text) for text in _parts(difference)),
        kit.actions(
            [
                *open_page,
                *config,
                kit.button(
                    _("Show #{number}", number=difference.green.number),
                    format_line("jobs", difference.green_run.id, overview=True),
                ),
                kit.button(
                    _("Show #{number}", number=pipeline.number), format_line("jobs", workflow.id, overview=True)
                ),
            ]
        ),
    ]


def _get_compare_url(difference: Difference, pipeline: Pipeline) -> str | None:
    if difference.green.repository_url != pipeline.repository_url or difference.green.revision == pipeline.revision:
        return None
    return build_compare_url(pipeline.repository_url, difference.green.revision, pipeline.revision)


def _head(difference: Difference, pipeline: Pipeline, workflow: Workflow, *, links: Links) -> str:
    project, green = pipeline.project, difference.green
    now = as_link(links.workflow_url(project, pipeline.number, workflow.id), f"#{pipeline.number}")
    before = as_link(links.workflow_url(project, green.number, difference.green_run.id), f"#{green.number}")
    at = difference.green_run.stopped_at or difference.green_run.created_at
    ago = f" ({status_blocks.format_ago(at)})" if at else ""
    told = _(
        "*{workflow}* on {ref}: {number} ({status}) against {green}, the last green",
        workflow=cut(escape(workflow.name), 80),
        ref=as_code(pipeline.ref or "?", 100),
        number=now,
        status=status_blocks.get_label(workflow.status),
        green=before,
    )
    return f"{told}{ago}"


def _parts(difference: Difference) -> Iterator[str]:
    yield _commits(difference)
    if difference.config_changed is not None:
        yield _("*The config* changed.") if difference.config_changed else _("*The config* is the same.")
    if difference.parameters:
        yield _changes(_("*Parameters that changed*"), difference.parameters, _("(not set)"))
    else:
        yield _("No pipeline parameter changed.")
    statuses = [(job, _label(before), _label(now)) for job, before, now in difference.jobs]
    if statuses:
        yield _changes(_("*Jobs that changed*"), statuses, _("(did not run)"))
    else:
        yield _("All jobs ended the same.")


def _label(status: str | None) -> str | None:
    return status_blocks.get_label(status) if status else None


def _commits(difference: Difference) -> str:
    """Of each push CircleCI knows the last commit; the compare page has all."""
    if not difference.pipelines:
        return _("It is the same pipeline: no commit came between.")
    if all(pipeline.revision == difference.green.revision for pipeline in difference.pipelines):
        return _("It is the same commit: no change of code came between.")
    shown = [_commit(pipeline) for pipeline in difference.pipelines[:_SHOWN]]
    rest = format_leftover(len(difference.pipelines) - len(shown))
    return "\n".join(filter(None, [_("*Pushed since, newest first* (the last commit of each push)"), *shown, rest]))


def _commit(pipeline: Pipeline) -> str:
    revision = as_code(pipeline.revision[:7]) if pipeline.revision else ""
    subject = cut(escape(pipeline.subject or ""), 120) or _("(no subject)")
    who = person_blocks.format_author(pipeline, 60)
    by = f" — {who}" if who else ""
    return f"• #{pipeline.number} {revision} {subject}{by}"


def _changes(head: str, changes: Sequence[Change], none: str) -> str:
    """`none` stands for what was not there at one end."""
    lines = [
        f"• {as_code(key, 80)}: {_word(before, none)} → {_word(now, none)}" for key, before, now in changes[:_SHOWN]
    ]
    return "\n".join(filter(None, [head, *lines, format_leftover(len(changes) - _SHOWN)]))


def _word(value: str | None, none: str) -> str:
    return none if value is None else as_code(value, 120)
