"""artifacts [project] [pipeline] [job] [GLOB] — the files that a job stored, listed or sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.actions import targets
from bot.actions.share_files import between_us, with_files
from bot.blocks import artifact_blocks
from bot.command import Command, Context, Group, Line, Reply, line
from bot.commands.artifacts import target_artifacts
from bot.commands.artifacts.artifact_transfer import carry, covered, sizes
from bot.commands.artifacts.target_artifacts import Meant
from bot.errors import UsageError
from bot.line import Written, also
from bot.messages import Message
from bot.untrusted.numbers import whole

MOST_NODES = 9999


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    job: str | None
    node: int | None
    send: bool
    here: bool
    page: int

    def again(self, *words: str) -> Written:
        return also(self.listing(*words), send=self.send, here=self.here)

    def listing(self, *words: str) -> Written:
        return line("artifacts", *words, node=None if self.node is None else str(self.node))


def parse(said: Line) -> Args:
    node = said.option("node")
    number = whole(node, MOST_NODES) if node is not None else None
    if node is not None and number is None:
        raise UsageError("Nodes are numbers, counted from 0.")
    here = said.flag("here")
    return Args(said.words, said.option("job"), number, said.flag("send") or here, here, targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    meant = await target_artifacts.find(context, args.words, args.job, args.node, args.again)
    return await (_sent if args.send else _listed)(context, args, meant)


async def _listed(context: Context, args: Args, meant: Meant) -> Reply:
    first = (args.page - 1) * artifact_blocks.PAGE
    shown = meant.artifacts[first : first + artifact_blocks.PAGE]
    on_first_page = meant.artifacts if args.page == 1 else ()
    found, known = await asyncio.gather(covered(context.circleci, on_first_page), sizes(context.circleci, shown))
    listing = artifact_blocks.Listing(
        called=meant.job.called,
        all=meant.artifacts,
        rows=list(zip(shown, known, strict=True)),
        page=args.page,
        covered=found,
        all_of_them=args.listing(*meant.job.words, *meant.narrowing),
        one=meant.only,
        sends={"send": True} if between_us(context) else {"send": True, "here": True},
    )
    return Reply(Message(artifact_blocks.title(listing), artifact_blocks.listing(listing)))


async def _sent(context: Context, args: Args, meant: Meant) -> Reply:
    carried = await carry(context, meant.artifacts, called=meant.job.called)
    back = artifact_blocks.back(line("artifacts", *meant.job.words))
    if not carried.files:
        return Reply(Message("I have nothing to send.", artifact_blocks.nothing(carried.left, back)))
    await context.progress(":arrow_up: Uploading to Slack…")
    again = args.again(*meant.job.words, *meant.narrowing)
    said = artifact_blocks.sent(meant.job.called, [file.title for file in carried.files])
    return with_files(context, carried.files, said, here=args.here, again=again, notes=carried.left, more=[back])


COMMAND = Command(
    name="artifacts",
    summary="Lists the files that a job stored, and sends them",
    usage="artifacts [project] [pipeline] [job] [GLOB] [--job JOB] [--node N] [--send] [--here] [--page N]",
    example="artifacts gh/acme/web 341 test coverage/*",
    parse=parse,
    run=run,
    carries=lambda args: args.send,
    group=Group.REASONS,
    covers=("GET /project/{project-slug}/{job-number}/artifacts",),
    aliases=("artifact",),
)
