"""A digest: what was kept for a channel, by project and branch, what failed first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bot.blocks import kit, notice_blocks, person_blocks, status_blocks
from bot.blocks.status_counts import list_counts
from bot.circleci.links import Links
from bot.domain import Outcome, OutcomeClass, OutcomeKind
from bot.language import _, ngettext
from bot.language.formats import join_and
from bot.line import format_line
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, cut, escape, format_leftover
from bot.rules.muting import DeferralReason, QueuedOutcome

_LINES = 5
"""Outcomes of one branch that are told one by one."""

_BUDGET = 10_500
"""Characters of all branches as JSON (Slack takes about 13,000 a message)."""

_URGENT: tuple[str, ...] = (
    OutcomeKind.FAILED,
    OutcomeKind.ERRORED_CONFIG,
    OutcomeKind.UNAUTHORIZED,
    OutcomeKind.ON_HOLD,
    OutcomeKind.CANCELED,
    OutcomeClass.RECOVERED,
)
_ORDER = {kind: place for place, kind in enumerate(_URGENT)}
_BAD = frozenset(_URGENT[:3])
_ENDED = _BAD | {OutcomeKind.PASSED, OutcomeKind.CANCELED, OutcomeKind.NOT_RUN}

Branch = Sequence[QueuedOutcome]
"""What was kept of one branch (or tag) of a project; the oldest first."""


def render(told: Sequence[QueuedOutcome], links: Links) -> Message:
    """`told` is not empty, and of one channel; the oldest first."""
    told = _without_starts(told)
    title = f":inbox_tray: *{_title(told)}*: {format_counts([one.outcome for one in told])}"
    rows = [kit.section(_branch(branch, links)) for branch in _branches(told)]
    shown = list(_take_fitting(rows))
    left = [one for branch in _branches(told)[len(shown) :] for one in branch]
    more = [kit.context(_format_rest(len(rows) - len(shown), left))] if left else []
    foot = kit.build_notes(_period(told), *_reasons(told))
    buttons = kit.actions([kit.button(_("Show All Rules"), format_line("subscriptions"))])
    return Message(title, [kit.section(title), *shown, *more, buttons, *foot])


def _without_starts(told: Sequence[QueuedOutcome]) -> Sequence[QueuedOutcome]:
    """Leaves out that a workflow started where its end is in the digest too."""
    ended = {one.outcome.workflow_id for one in told if one.outcome.kind in _ENDED}
    return [one for one in told if one.outcome.kind != OutcomeKind.STARTED or one.outcome.workflow_id not in ended]


def _title(told: Sequence[QueuedOutcome]) -> str:
    whys = {one.why for one in told}
    if whys == {DeferralReason.QUIET}:
        return _("What happened in the quiet hours")
    return _("What happened while it was muted") if whys == {DeferralReason.MUTED} else _("Digest")


def format_counts(outcomes: Sequence[Outcome]) -> str:
    """`2 failed, 1 recovered and 12 passed`, what needs somebody first."""
    return join_and(list_counts(sorted(map(_word, outcomes), key=_urgency)))


def _word(outcome: Outcome) -> str:
    return OutcomeClass.RECOVERED if OutcomeClass.RECOVERED in outcome.classes else outcome.kind


def _urgency(kind: str) -> tuple[int, str]:
    return _ORDER.get(kind, len(_ORDER)), kind


def _branches(told: Sequence[QueuedOutcome]) -> list[Branch]:
    """Those with the most failures first."""
    branches: dict[tuple[str, str], list[QueuedOutcome]] = {}
    for one in told:
        branches.setdefault((one.name, one.outcome.branch or one.outcome.tag or "?"), []).append(one)
    return [branches[key] for key in sorted(branches, key=lambda key: (*_rank_branch(branches[key]), *key))]


def _rank_branch(branch: Branch) -> tuple[int, int]:
    return -sum(one.outcome.kind in _BAD for one in branch), min(_urgency(_word(one.outcome))[0] for one in branch)


def _branch(branch: Branch, links: Links) -> str:
    """How many of each, where there are several: of one its line says it."""
    first = branch[0]
    project, ref = cut(escape(first.name), 120), as_code(first.outcome.branch or first.outcome.tag or "?", 120)
    counts = format_counts([one.outcome for one in branch])
    head = (
        _("*{project}* on {branch} — {counts}", project=project, branch=ref, counts=counts)
        if len(branch) > 1
        else _("*{project}* on {branch}", project=project, branch=ref)
    )
    worst_first = sorted(branch, key=_rank_outcome)
    lines = [_line(one.outcome, links) for one in worst_first[:_LINES]]
    return "\n".join(filter(None, [head, *lines, format_leftover(len(branch) - _LINES)]))


def _rank_outcome(one: QueuedOutcome) -> tuple[int, float]:
    """What needs somebody first, then the newest."""
    return _urgency(_word(one.outcome))[0], -one.outcome.happened_at.timestamp()


def _line(outcome: Outcome, links: Links) -> str:
    number = outcome.pipeline_number
    name = f"{outcome.workflow} #{number}" if outcome.workflow else f"#{number}"
    if outcome.workflow_id:
        url = links.workflow_url(outcome.project, number, outcome.workflow_id)
    else:
        url = links.pipeline_url(outcome.project, number)
    emoji, text = notice_blocks.format_outcome(outcome, as_link(url, name, 80), late=True)
    return f"{emoji} {text} · {status_blocks.format_ago(outcome.happened_at)}"


def _take_fitting(rows: Sequence[kit.Block]) -> Iterator[kit.Block]:
    left = _BUDGET
    for row in rows[:40]:
        left -= len(json.dumps(row))
        if left < 0:
            return
        yield row


def _format_rest(branches: int, left: Sequence[QueuedOutcome]) -> str:
    return ngettext(
        "…and {count} more branch: {outcomes}. `/circle recent` lists its pipelines.",
        "…and {count} more branches: {outcomes}. `/circle recent` lists their pipelines.",
        branches,
        outcomes=format_counts([one.outcome for one in left]),
    )


def _period(told: Sequence[QueuedOutcome]) -> str:
    """Nothing of one outcome: its line says when."""
    if len(told) == 1:
        return ""
    since, until = (status_blocks.format_moment(one.outcome.happened_at) for one in (told[0], told[-1]))
    return _("From {since} to {until}.", since=since, until=until) if since != until else since


def _reasons(told: Sequence[QueuedOutcome]) -> Iterator[str]:
    """Beside others: of quiet hours alone the title tells."""
    whys = {one.why for one in told}
    rules = sorted({one.rule_id for one in told if one.why == DeferralReason.DIGEST})
    if rules:
        shown = ", ".join(map(str, rules[:10]))
        yield ngettext("Rule {rules} asks for a digest.", "Rules {rules} ask for a digest.", len(rules), rules=shown)
    if DeferralReason.QUIET in whys and len(whys) > 1:
        yield _("Kept over quiet hours: `/circle quiet` shows them.")
    by = sorted({one.by for one in told if one.why == DeferralReason.MUTED and one.by})
    if people := list(filter(None, map(person_blocks.format_user, by[:5]))):
        yield _("Muted by {people}.", people=", ".join(people))
