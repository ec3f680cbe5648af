"""The workflows of a pipeline to choose from: all of them, those that failed, or the holds that wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import action_blocks, kit, status_blocks
from bot.blocks.pager import pager
from bot.circleci.links import Links
from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.urgency import urgent_first
from bot.command import line
from bot.mrkdwn import code, link, middle

_ROOM = 9_000
"""Of a menu: some sixty workflows, or forty holds."""
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Listing:
    """`workflows` are a pipeline's newest; `held` is None unless only what waits is asked for, `failed` likewise."""

    pipeline: Pipeline
    workflows: Sequence[Workflow]
    held: Sequence[tuple[Workflow, Job]] | None = None
    failed: bool = False
    page: int = 1


def listed(listing: Listing, links: Links) -> list[kit.Block]:
    """One page."""
    pages = _offer(listing).pages(_ROOM)
    first = sum(map(len, pages[: listing.page - 1]))
    chosen = _everything(listing)[first : first + len(pages[listing.page - 1]) if listing.page <= len(pages) else first]
    again = line("workflow", listing.pipeline.id, failed=listing.failed, waiting=listing.held is not None)
    offered = _offer(listing).page(listing.page, _ROOM)
    foot = [
        *([kit.actions(offered)] if offered else []),
        *pager(listing.page, again, more=listing.page < len(pages)),
        kit.actions(list(_others(listing))),
    ]
    head = kit.section(_title(listing, links))
    return [head, *_rows(chosen, listing.pipeline, links, kit.ROOM - kit.weight([head, *foot]) - 200), *foot]


def _offer(listing: Listing) -> kit.Offer:
    if listing.held is not None:
        return action_blocks.to_approve(listing.held)
    workflows = [workflow for workflow, _ in _everything(listing)]
    return action_blocks.to_rerun(workflows) if listing.failed else action_blocks.to_show(workflows)


def _everything(listing: Listing) -> Sequence[tuple[Workflow, Job | None]]:
    if listing.held is not None:
        return listing.held
    return [(one, None) for one in urgent_first(listing.workflows) if one.status == "failed" or not listing.failed]


def _title(listing: Listing, links: Links) -> str:
    """`50 workflows of #341 on mono: 1 failed, 49 success`."""
    pipeline = listing.pipeline
    number = link(links.pipeline(pipeline.project, pipeline.number), f"#{pipeline.number}")
    where = f"{number} on {code(pipeline.ref or '?', 120)}"
    if listing.held is not None:
        return f"*{_count(len(listing.held), 'hold')}* of {where} {'waits' if len(listing.held) == 1 else 'wait'}"
    if listing.failed:
        return f"*{_count(len(_everything(listing)), 'workflow')}* of {where} failed"
    counts = Counter(status_blocks.word(one.status) for one in urgent_first(listing.workflows))
    told = ", ".join(f"{count} {middle(word, 30)}" for word, count in counts.items())
    return f"*{_count(len(listing.workflows), 'workflow')}* of {where}: {told}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _rows(
    chosen: Sequence[tuple[Workflow, Job | None]], pipeline: Pipeline, links: Links, room: int
) -> list[kit.Block]:
    """The first of them in words."""
    told = kit.within(room, [_row(workflow, hold, pipeline, links) for workflow, hold in chosen[:_NAMED]])
    more = [f"…and {len(chosen) - len(told)} more to choose from"] if len(told) < len(chosen) else []
    return [kit.section("\n".join([*told, *more]))] if chosen else []


def _row(workflow: Workflow, hold: Job | None, pipeline: Pipeline, links: Links) -> str:
    where = link(links.workflow(pipeline.project, pipeline.number, workflow.id), middle(workflow.name, 60))
    if hold:
        return f":raised_hand: {code(middle(hold.name, 60))} of {where}"
    took = f" · {status_blocks.duration(workflow.duration_s)}" if workflow.duration_s is not None else ""
    return f"{status_blocks.emoji(workflow.status)} {where} — {status_blocks.word(workflow.status)}{took}"


def _others(listing: Listing) -> Iterator[kit.Pressable]:
    """The other ways to look at them."""
    pipeline = listing.pipeline.id
    if listing.failed or listing.held is not None:
        yield kit.button("All workflows", line("workflow", pipeline))
    if not listing.failed and any(one.status == "failed" for one in listing.workflows):
        yield kit.button("Only what failed", line("workflow", pipeline, failed=True))
    if listing.held is None and not all(one.ended for one in listing.workflows):
        yield kit.button("Only what waits", line("workflow", pipeline, waiting=True))
    yield kit.button("Whole pipeline", line("pipeline", pipeline))
