"""artifacts [project] [pipeline] [job] [GLOB] — the files that a job stored, listed or sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.actions import targets
from bot.actions.share_files import is_private_conversation, reply_with_files
from bot.blocks import artifact_blocks
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.commands.artifacts import target_artifacts
from bot.commands.artifacts.artifact_transfer import download_artifacts, fetch_coverage, fetch_sizes
from bot.commands.artifacts.target_artifacts import FoundArtifacts
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written, extend_line
from bot.messages import Message
from bot.mrkdwn import escape
from bot.untrusted.numbers import parse_whole_number

MOST_NODES = 9999


@dataclass(frozen=True, slots=True)
class ArtifactsArgs:
    words: tuple[str, ...]
    job: str | None
    node: int | None
    send: bool
    here: bool
    page: int

    def to_line(self, *words: str) -> Written:
        return extend_line(self.to_list_line(*words), send=self.send, here=self.here)

    def to_list_line(self, *words: str) -> Written:
        return format_line("artifacts", *words, node=None if self.node is None else str(self.node))


def parse(line: ParsedLine) -> ArtifactsArgs:
    node = line.get_value("node")
    number = parse_whole_number(node, MOST_NODES) if node is not None else None
    if node is not None and number is None:
        raise UsageError(_("Nodes are numbers, counted from 0."))
    here = line.has_flag("here")
    return ArtifactsArgs(
        line.words, line.get_value("job"), number, line.has_flag("send") or here, here, targets.parse_page(line)
    )


async def run(context: Context, args: ArtifactsArgs) -> Reply:
    meant = await target_artifacts.resolve(context, args.words, args.job, args.node, args.to_line)
    return await (_send_files if args.send else _render_list)(context, args, meant)


async def _render_list(context: Context, args: ArtifactsArgs, meant: FoundArtifacts) -> Reply:
    first = (args.page - 1) * artifact_blocks.PAGE
    shown = meant.artifacts[first : first + artifact_blocks.PAGE]
    on_first_page = meant.artifacts if args.page == 1 else ()
    found, known = await asyncio.gather(
        fetch_coverage(context.circleci, on_first_page), fetch_sizes(context.circleci, shown)
    )
    listing = artifact_blocks.ArtifactPage(
        called=meant.job.label,
        artifacts=meant.artifacts,
        rows=list(zip(shown, known, strict=True)),
        page=args.page,
        coverage=found,
        list_line=args.to_list_line(*meant.job.words, *meant.narrowing),
        artifact_line=meant.build_line_for,
        send_options={"send": True} if is_private_conversation(context) else {"send": True, "here": True},
    )
    return Reply(Message(escape(artifact_blocks.format_title(listing)), artifact_blocks.render_list(listing)))


async def _send_files(context: Context, args: ArtifactsArgs, meant: FoundArtifacts) -> Reply:
    carried = await download_artifacts(context, meant.artifacts, called=meant.job.label)
    back = artifact_blocks.build_back_button(format_line("artifacts", *meant.job.words))
    if not carried.files:
        return Reply(
            Message(_("I have nothing to send."), artifact_blocks.render_nothing_to_send(carried.skipped, back))
        )
    await context.progress(_(":arrow_up: Uploading to Slack…"))
    again = args.to_line(*meant.job.words, *meant.narrowing)
    title = artifact_blocks.format_sent(meant.job.label, [file.title for file in carried.files])
    return reply_with_files(
        context, carried.files, title, here=args.here, again=again, notes=carried.skipped, more=[back]
    )


COMMAND = Command(
    name="artifacts",
    summary=N_("Lists the files that a job stored, and sends them"),
    usage="artifacts [project] [pipeline] [job] [GLOB] [--job JOB] [--node N] [--send] [--here] [--page N]",
    example="artifacts acme/web 341 test coverage/*",
    parse=parse,
    run=run,
    sends_file=lambda args: args.send,
    group=Group.REASONS,
    endpoints=("GET /project/{project-slug}/{job-number}/artifacts",),
    aliases=("artifact",),
)
