"""subscribe [project] [--branch GLOB] [--workflow GLOB] [--only KINDS] — lets a channel hear how things end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.blocks import subscription as blocks
from bot.circleci.models import Project
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import DEFAULT_KINDS, OUTCOME_KINDS, Message, Subscription
from bot.errors import UsageError
from bot.meaning import targets
from bot.mrkdwn import code

_ALSO = {
    "all": ("everything", "any", "*"),
    "passed": ("success", "succeeded", "successes", "pass", "passes", "green", "ok"),
    "failed": ("fail", "failure", "failures", "failing", "broken", "red"),
    "recovered": ("recovery", "recoveries", "fixed", "fixes", "back-to-normal"),
    "on-hold": ("hold", "holds", "on_hold", "held", "approval", "approvals", "waiting"),
    "canceled": ("cancelled", "cancel", "cancels", "cancellations"),
    "errored": ("error", "errors", "config", "config-error", "config-errors"),
    "unauthorized": ("unauthorised", "forbidden"),
    "not-run": ("not_run", "notrun", "skipped"),
    "empty": ("nothing",),
}
_MEANS = {word: kind for kind, words in _ALSO.items() for word in (kind, *words)}


@dataclass(frozen=True, slots=True)
class Args:
    project: str | None
    branch: str
    workflow: str
    only: frozenset[str]


def parse(said: Line) -> Args:
    if len(said.words) > 1:
        raise UsageError(f"I do not know what {code(said.words[1], 100)} is for.", "Branches are named by `--branch`.")
    only = _kinds(said.listed("only")) if said.flag("only") else DEFAULT_KINDS
    return Args(said.words[0] if said.words else None, _glob(said, "branch"), _glob(said, "workflow"), only)


def _glob(said: Line, name: str) -> str:
    glob = said.option(name) if said.flag(name) else "*"
    if not glob or len(glob) > 200:
        raise UsageError(f"`--{name}` needs a pattern like `release/*`, of 200 characters at most.")
    return glob


def _kinds(words: Iterable[str]) -> frozenset[str]:
    kinds = frozenset(_kind(word.strip().lower()) for word in words if word.strip())
    if not kinds:
        raise UsageError("`--only` needs to say what: " + ", ".join(OUTCOME_KINDS) + ", or all.")
    return frozenset({"all"}) if "all" in kinds else kinds


def _kind(word: str) -> str:
    if kind := _MEANS.get(word):
        return kind
    near = get_close_matches(word, _MEANS, n=1)
    meant = f" Did you mean `{_MEANS[near[0]]}`?" if near else ""
    raise UsageError(
        f"I do not know the outcome {code(word, 50)}.{meant}", f"There are: {', '.join(OUTCOME_KINDS)}, all."
    )


async def run(context: Context, args: Args) -> Reply:
    slug = await targets.project(context, args.project, lambda slug: _again(args, slug))
    project = await context.circleci.project(slug)
    rule = await _add(context, args, project)
    names = {slug: project.full_name} if slug.vcs == "circleci" else {}
    return Reply(Message(f"This channel hears of {blocks.sentence(rule, names)}", blocks.made(rule, names)))


def _again(args: Args, slug: str) -> str:
    only = ",".join(sorted(args.only))
    return line("subscribe", slug, "--branch", args.branch, "--workflow", args.workflow, "--only", only)


async def _add(context: Context, args: Args, project: Project) -> Subscription:
    """The rule and the watch on its project stand or fall together."""
    request, now = context.request, context.clock.now()
    rule = Subscription(
        id=0,
        workspace=request.workspace,
        channel=request.channel or request.user,
        project=project.project,
        branch=args.branch,
        workflow=args.workflow,
        only=args.only,
        made_by=request.user,
        made_at=now,
    )
    async with context.store.begin() as tx:
        await tx.watches.ensure(rule.project, now)
        stored = await tx.subscriptions.add(rule)
    context.nudge()
    return stored


COMMAND = Command(
    name="subscribe",
    summary="Lets this channel hear what fails, recovers or waits",
    usage="subscribe [project] [--branch GLOB] [--workflow GLOB] [--only KINDS]",
    example="subscribe gh/acme/web --branch release/* --only failed,recovered",
    parse=parse,
    run=run,
    group=Group.RULES,
    aliases=("watch",),
)
