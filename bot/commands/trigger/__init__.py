"""trigger [project] [--branch NAME] [key=value …] — starts a pipeline: typed whole, or by a form."""

from __future__ import annotations

from datetime import datetime

from bot.actions.lost_answer import told
from bot.blocks import kit
from bot.circleci.parameter_values import TYPES
from bot.command import Command, Context, Group, Line, Reply, Request, Source, View
from bot.commands.trigger import start, start_form
from bot.commands.trigger.start import Wanted
from bot.errors import UsageError
from bot.messages import Message
from bot.mrkdwn import code


def parse(said: Line) -> Wanted:
    if len(said.words) > 1:
        raise UsageError(f"I do not know what {code(said.words[1], 100)} is for.", "Parameters are `key=value`.")
    if said.flag("branch") and said.flag("tag"):
        raise UsageError("A pipeline runs on a branch or on a tag: not on both.")
    return Wanted(
        project=said.words[0] if said.words else None,
        branch=_option(said, "branch"),
        tag=_option(said, "tag"),
        definition=_option(said, "definition"),
        config_branch=_option(said, "config-branch"),
        preset=_option(said, "preset"),
        parameters=said.pairs,
        types={name: kind for kind in TYPES for name in said.listed(kind)},
    )


def _option(said: Line, name: str) -> str | None:
    value = said.option(name)
    if value is not None and not value.strip():
        raise UsageError(f"`--{name}` needs a value.")
    return value


def opens(_request: Request, said: Line) -> View | None:
    """The form, when nothing is said but perhaps the project."""
    alone = len(said.words) <= 1 and not (said.options or said.pairs)
    if not alone or any(("=" in word and "://" not in word) or word.startswith("--") for word in said.words):
        return None
    return View(start_form.TITLE, kit.loading())


async def run(context: Context, args: Wanted) -> Reply:
    if context.request.view_id and context.request.source is not Source.FORM:
        return Reply(view=await start_form.draw(context, args))
    wanted = _asked(context, args)
    if wanted.bare:
        return Reply(_how(wanted))
    return Reply(Message(await start.start(context, await start.plan(context, wanted))))


def _asked(context: Context, args: Wanted) -> Wanted:
    return start_form.handed_in(context, args) if context.request.source is Source.FORM else args


def _how(wanted: Wanted) -> Message:
    """Where no form could be opened: somebody wrote a message instead of a slash command."""
    text = "Press the button for a form, or say it all at once: `trigger gh/acme/web --branch main image-tag=4.8.2`."
    return Message(text, [kit.section(text), kit.actions([kit.button("Trigger…", wanted.line(), style="primary")])])


@told
async def reread(context: Context, args: Wanted, began_at: datetime) -> str:
    """Look for the pipeline that may have started."""
    return await start.look(context, await start.plan(context, _asked(context, args)), began_at)


COMMAND = Command(
    name="trigger",
    summary="Starts a pipeline; alone it opens a form",
    usage="trigger [project] [--branch NAME] [--tag NAME] [--definition NAME] [--config-branch NAME] [--preset NAME] "
    "[--string KEYS] [--integer KEYS] [--boolean KEYS] [key=value …]",
    example="trigger gh/acme/web --branch main image-tag=4.8.2",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    covers=(
        "POST /project/{project-slug}/pipeline",
        "POST /project/{provider}/{organization}/{project}/pipeline/run",
        "GET /projects/{project_id}/pipeline-definitions",
    ),
    acts=True,
    reread=reread,
    opens=opens,
    suggest=start_form.suggest,
    aliases=("run", "deploy"),
)
