"""config [project] [NUMBER|ID|LINK] — the YAML that a pipeline ran with, as a file."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.share_files import with_files
from bot.circleci.models import Config, Pipeline
from bot.command import Command, Context, File, Group, Line, Reply, line
from bot.errors import NotThere, UsageError
from bot.line import Written
from bot.mrkdwn import code
from bot.untrusted import shown_text
from bot.untrusted.reader_process import TooLarge


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    compiled: bool
    setup: bool
    here: bool

    def again(self, *words: str) -> Written:
        return line("config", *words, compiled=self.compiled, setup=self.setup)


def parse(said: Line) -> Args:
    if said.flag("source") and said.flag("compiled"):
        raise UsageError("`--source` is as written, `--compiled` as CircleCI ran it: choose one.")
    return Args(target_words.words(said), said.flag("compiled"), said.flag("setup"), said.flag("here"))


async def run(context: Context, args: Args) -> Reply:
    pipeline, rest = await targets.pipeline(context, args.words, args.again)
    if rest:
        raise UsageError(f"I do not know what {code(rest[0], 100)} is for.")
    text = _wanted(await context.circleci.pipeline_config(pipeline.id), args)
    if not text.strip():
        raise NotThere(_missing(pipeline, args))
    title = f"{_called(args)} of #{pipeline.number}"
    file = File(f"config-{pipeline.number}{'-setup' if args.setup else ''}.yml", title, await _masked(text))
    return with_files(context, [file], title, here=args.here, again=args.again(pipeline.id))


async def _masked(text: str) -> bytes:
    """People write into configs what they should not."""
    try:
        return await shown_text.file(text)
    except TooLarge:
        raise NotThere("This config is too large to be looked through for secrets: read it at CircleCI.") from None


def _wanted(config: Config, args: Args) -> str:
    if args.setup:
        return (config.compiled_setup_config if args.compiled else config.setup_config) or ""
    return config.compiled if args.compiled else config.source


def _called(args: Args) -> str:
    return f"The {'compiled ' if args.compiled else ''}{'setup config' if args.setup else 'config'}"


def _missing(pipeline: Pipeline, args: Args) -> str:
    if args.setup:
        return f"Pipeline #{pipeline.number} had no setup config: its config is not dynamic."
    if pipeline.errors:
        return f"CircleCI could not compile the config of #{pipeline.number}: `pipeline {pipeline.number}` says why."
    return f"CircleCI keeps no config of pipeline #{pipeline.number} (any more)."


COMMAND = Command(
    name="config",
    summary="Sends the YAML that a pipeline ran with",
    usage="config [project] [NUMBER|ID|LINK] [--job N] [--source] [--compiled] [--setup] [--here]",
    example="config gh/acme/web 341 --compiled",
    parse=parse,
    run=run,
    carries=lambda _args: True,
    group=Group.PIPELINES,
    covers=("GET /pipeline/{pipeline-id}/config",),
)
