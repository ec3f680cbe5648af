"""What came between another run, mostly the last green one, and this one: commits, parameters, jobs, the config."""

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
    name = cut(escape(workflow.name), 80)
    numbers = {"number": pipeline.number, "other": difference.other.number}
    if difference.pipelines is None:
        return _("{workflow}: #{number} against #{other}", workflow=name, **numbers)
    return _("{workflow}: #{number} against #{other}, the last green", workflow=name, **numbers)


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
        *(kit.section(text) for text in _parts(difference, pipeline)),
        kit.actions(
            [
                *open_page,
                *config,
                kit.button(
                    _("Show #{number}", number=difference.other.number),
                    format_line("jobs", difference.other_run.id, overview=True),
                ),
                kit.button(
                    _("Show #{number}", number=pipeline.number), format_line("jobs", workflow.id, overview=True)
                ),
            ]
        ),
    ]


def _get_compare_url(difference: Difference, pipeline: Pipeline) -> str | None:
    if difference.other.repository_url != pipeline.repository_url or difference.other.revision == pipeline.revision:
        return None
    return build_compare_url(pipeline.repository_url, difference.other.revision, pipeline.revision)


def _head(difference: Difference, pipeline: Pipeline, workflow: Workflow, *, links: Links) -> str:
    if difference.pipelines is None:
        return _(
            "*{workflow}*: {run} against {other}",
            workflow=cut(escape(workflow.name), 80),
            run=_format_run(pipeline, workflow, links),
            other=_format_run(difference.other, difference.other_run, links),
        )
    at = difference.other_run.stopped_at or difference.other_run.created_at
    ago = f" ({status_blocks.format_ago(at)})" if at else ""
    told = _(
        "*{workflow}* on {ref}: {number} ({status}) against {other}, the last green",
        workflow=cut(escape(workflow.name), 80),
        ref=as_code(pipeline.ref or "?", 100),
        number=_link_run(pipeline, workflow, links),
        status=status_blocks.get_label(workflow.status),
        other=_link_run(difference.other, difference.other_run, links),
    )
    return f"{told}{ago}"


def _format_run(pipeline: Pipeline, workflow: Workflow, links: Links) -> str:
    return _(
        "{number} on {ref} ({status})",
        number=_link_run(pipeline, workflow, links),
        ref=as_code(pipeline.ref or "?", 100),
        status=status_blocks.get_label(workflow.status),
    )


def _link_run(pipeline: Pipeline, workflow: Workflow, links: Links) -> str:
    return as_link(links.workflow_url(pipeline.project, pipeline.number, workflow.id), f"#{pipeline.number}")


def _parts(difference: Difference, pipeline: Pipeline) -> Iterator[str]:
    if difference.pipelines is not None:
        yield _commits(difference, difference.pipelines)
    elif pipeline.revision and pipeline.revision == difference.other.revision:
        yield _("Both ran the same commit.")
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


def _commits(difference: Difference, between: Sequence[Pipeline]) -> str:
    """Of each push CircleCI knows the last commit; the compare page has all."""
    if not between:
        return _("It is the same pipeline: no commit came between.")
    if all(pipeline.revision == difference.other.revision for pipeline in between):
        return _("It is the same commit: no change of code came between.")
    shown = [_commit(pipeline) for pipeline in between[:_SHOWN]]
    rest = format_leftover(len(between) - len(shown))
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
