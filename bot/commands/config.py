"""config, said `pipeline --config` — the YAML that a pipeline ran with, as a file."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.share_files import reply_with_files
from bot.circleci.models import Config, Pipeline
from bot.command import Command, Context, File, Group, ParsedLine, Reply, format_line
from bot.errors import TargetError, UsageError
from bot.language import N_, _
from bot.line import Written
from bot.mrkdwn import as_code
from bot.untrusted import shown_text
from bot.untrusted.reader_process import TooLarge


@dataclass(frozen=True, slots=True)
class ConfigArgs:
    words: tuple[str, ...]
    compiled: bool
    setup: bool
    here: bool

    def to_line(self, *words: str) -> Written:
        return format_line("pipeline", *words, config=True, compiled=self.compiled, setup=self.setup)


def parse(line: ParsedLine) -> ConfigArgs:
    if line.has_flag("source") and line.has_flag("compiled"):
        raise UsageError(_("`--source` is as written, `--compiled` as CircleCI ran it: choose one."))
    return ConfigArgs(
        target_words.add_job_option(line), line.has_flag("compiled"), line.has_flag("setup"), line.has_flag("here")
    )


async def run(context: Context, args: ConfigArgs) -> Reply:
    pipeline, rest = await targets.resolve_pipeline(context, args.words, args.to_line)
    if rest:
        raise UsageError(_("I do not know what {rest} is for.", rest=as_code(rest[0], 100)))
    text = _get_config_text(await context.circleci.fetch_pipeline_config(pipeline.id), args)
    if not text.strip():
        raise TargetError(_format_missing_config(pipeline, args))
    title = _format_title(args, pipeline.number)
    file = File(f"config-{pipeline.number}{'-setup' if args.setup else ''}.yml", title, await _mask_config(text))
    return reply_with_files(context, [file], title, here=args.here, again=args.to_line(pipeline.id))


async def _mask_config(text: str) -> bytes:
    """People write into configs what they should not."""
    try:
        return await shown_text.sanitize_file(text)
    except TooLarge:
        raise TargetError(
            _("This config is too large to be looked through for secrets: read it at CircleCI.")
        ) from None


def _get_config_text(config: Config, args: ConfigArgs) -> str:
    if args.setup:
        return (config.compiled_setup_config if args.compiled else config.setup_config) or ""
    return config.compiled if args.compiled else config.source


def _format_title(args: ConfigArgs, number: int) -> str:
    if args.setup:
        return (
            _("The compiled setup config of #{number}", number=number)
            if args.compiled
            else _("The setup config of #{number}", number=number)
        )
    return (
        _("The compiled config of #{number}", number=number)
        if args.compiled
        else _("The config of #{number}", number=number)
    )


def _format_missing_config(pipeline: Pipeline, args: ConfigArgs) -> str:
    if args.setup:
        return _("Pipeline #{number} had no setup config: its config is not dynamic.", number=pipeline.number)
    if pipeline.errors:
        return _(
            "CircleCI could not compile the config of #{number}: `pipeline {number}` says why.", number=pipeline.number
        )
    return _("CircleCI keeps no config of pipeline #{number} (any more).", number=pipeline.number)


COMMAND = Command(
    name="config",
    summary=N_("Sends the YAML that a pipeline ran with"),
    usage="pipeline --config [project] [NUMBER|ID|LINK] [--job N] [--source] [--compiled] [--setup] [--here]",
    example="pipeline --config acme/web 341 --compiled",
    parse=parse,
    run=run,
    sends_file=lambda _args: True,
    group=Group.PIPELINES,
    endpoints=("GET /pipeline/{pipeline-id}/config",),
)
