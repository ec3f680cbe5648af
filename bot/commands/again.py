"""again [project] [pipeline] [key=value …] — triggers a pipeline again, with its parameters and your changes to them.

It says what `trigger` would say: what that one asks, checks and remembers holds here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.actions import definitions, target_words, targets
from bot.blocks import kit, question_blocks
from bot.blocks.question_blocks import Confirmation
from bot.circleci.models import Pipeline, Project
from bot.circleci.parameter_values import TYPES
from bot.circleci.run_parameters import fetch_run_parameters
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import OptionValue, Written, extend_line
from bot.messages import Message
from bot.mrkdwn import as_code

_DEFINITION = "pipeline.definition.id"
_TITLE = N_("Trigger again")


@dataclass(frozen=True, slots=True)
class AgainArgs:
    """`changes` go over the parameters of the pipeline, `types` say of what type they are; `form` asks first."""

    words: tuple[str, ...] = ()
    changes: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form: bool = False

    def to_line(self, *words: str) -> Written:
        options: dict[str, OptionValue] = {**self.types, "form": self.form}
        return extend_line(format_line("again", *words, **options), self.changes)


def parse(line: ParsedLine) -> AgainArgs:
    types = {kind: line.get_values(kind) for kind in TYPES}
    return AgainArgs(target_words.add_job_option(line), line.pairs, types, line.has_flag("form"))


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    return (
        Modal(_(_TITLE), kit.build_loading(_("Reading what the pipeline ran with")))
        if _is_asked_first(request, form=line.has_flag("form"))
        else None
    )


def _is_asked_first(request: Request, *, form: bool) -> bool:
    """A shortcut acts on what somebody only pointed at."""
    return form or request.source is RequestSource.SHORTCUT


async def run(context: Context, args: AgainArgs) -> Reply:
    pipeline, rest = await targets.resolve_pipeline(context, args.words, args.to_line)
    if rest:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(rest[0], 100)), _("Parameters are `key=value`.")
        )
    line = await _build_trigger_line(context, pipeline, args)
    request = context.request
    led = replace(request, line=line, written=True, came_by=request.door)
    if not _is_asked_first(request, form=args.form):
        return Reply(resume=replace(led, key=f"{request.key}:again"))
    if not request.view_id:
        return Reply(_render_offer(pipeline, args))
    if pipeline.tag:
        return Reply(view=question_blocks.render_dialog(_build_question(pipeline, args)))
    return Reply(resume=replace(led, source=RequestSource.BUTTON))


def _render_offer(pipeline: Pipeline, args: AgainArgs) -> Message:
    """Where no form can be opened: somebody wrote a message."""
    text = _format_question(pipeline)
    form = kit.button(_("Trigger Again…"), replace(args, form=True).to_line(pipeline.id), style="primary")
    return Message(text, [kit.section(text), kit.actions([form])])


async def _build_trigger_line(context: Context, pipeline: Pipeline, args: AgainArgs) -> Written:
    """What triggers the same, on the same branch or tag as it is now."""
    project = await context.circleci.fetch_project(pipeline.project)
    known = await definitions.fetch_declared(context, project, pipeline.branch, tag=pipeline.tag)
    ran_with = await fetch_run_parameters(context.circleci, pipeline, known)
    line = format_line(
        "trigger",
        str(pipeline.project),
        branch=None if pipeline.tag else pipeline.branch or project.default_branch,
        tag=pipeline.tag,
        definition=await _find_definition(context, pipeline, project),
        **args.types,
    )
    return extend_line(line, {**ran_with, **args.changes})


async def _find_definition(context: Context, pipeline: Pipeline, project: Project) -> str | None:
    """Only projects of the GitHub App have several."""
    if project.project.vcs != "circleci":
        return None
    found = (await context.circleci.fetch_pipeline_values(pipeline.id)).get(_DEFINITION)
    return found if isinstance(found, str) else None


def _build_question(pipeline: Pipeline, args: AgainArgs) -> Confirmation:
    """The form chooses among branches alone: of a tag it is asked whether."""
    line = replace(args, form=False).to_line(pipeline.id)
    return Confirmation(_(_TITLE), _format_question(pipeline), _("Trigger Again"), line)


def _format_question(pipeline: Pipeline) -> str:
    values = {"project": as_code(pipeline.project.name), "number": pipeline.number}
    if pipeline.ref:
        return _(
            "{project} runs again on {branch}, as it is there now, with the parameters of #{number}.",
            **values,
            branch=as_code(pipeline.ref, 120),
        )
    return _(
        "{project} runs again on its default branch, as it is there now, with the parameters of #{number}.", **values
    )


COMMAND = Command(
    name="again",
    summary=N_("Triggers a pipeline again: its branch and parameters, with your changes"),
    usage="again [project] [NUMBER|ID|LINK] [--job N] [--string KEYS] [--integer KEYS] [--boolean KEYS] [--form] "
    "[key=value …]",
    example="again acme/web 341 environment=production",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    endpoints=("GET /pipeline/{pipeline-id}/values",),
    build_first_modal=build_first_modal,
)
