"""A digest: what was kept for a channel. Deploys by where they went, the rest by project and branch, failures first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from bot.blocks import deploy_notice_blocks, kit, notice_blocks, person_blocks, status_blocks
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
"""Characters of all places and branches as JSON (Slack takes about 13,000 a message)."""

_OF_PLACES, _PLACES = 4_000, 10
"""Of these characters, and how many places: so that many branches hide no deploy, nor many previews a branch."""

_URGENT: tuple[str, ...] = (
    OutcomeKind.FAILED,
    OutcomeKind.ERRORED_CONFIG,
    OutcomeKind.UNAUTHORIZED,
    OutcomeKind.ON_HOLD,
    OutcomeKind.CANCELED,
    OutcomeClass.RECOVERED,
    OutcomeKind.DEPLOY_FAILED,
    OutcomeKind.ROLLED_BACK,
    OutcomeKind.DEPLOYED,
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
    places, branches = _places(told), _branches(told)
    deployed = list(_take_fitting([kit.section(_place(one, links)) for one in places[:_PLACES]], _OF_PLACES))
    shown = list(_take_fitting([kit.section(_branch(one, links)) for one in branches], _BUDGET - _weigh(deployed)))
    more = _build_rest(_format_more_places, places[len(deployed) :])
    more += _build_rest(_format_more_branches, branches[len(shown) :])
    foot = kit.build_notes(_period(told), *_reasons(told))
    buttons = kit.actions([kit.button(_("Show All Rules"), format_line("subscriptions"))])
    return Message(title, [kit.section(title), *deployed, *shown, *more, buttons, *foot])


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
        if one.outcome.deploy is None:
            branches.setdefault((one.name, one.outcome.branch or one.outcome.tag or "?"), []).append(one)
    return [branches[key] for key in sorted(branches, key=lambda key: (*_rank_branch(branches[key]), *key))]


def _places(told: Sequence[QueuedOutcome]) -> list[Branch]:
    """Deploys by project, environment and component; where the newest of them went first."""
    places: dict[tuple[str, ...], list[QueuedOutcome]] = {}
    for one in told:
        if deploy := one.outcome.deploy:
            places.setdefault((one.name, deploy.environment, deploy.component, deploy.namespace), []).append(one)
    return sorted(places.values(), key=lambda place: place[-1].outcome.happened_at, reverse=True)


def _place(place: Branch, links: Links) -> str:
    """The newest first, each with its version."""
    counts = format_counts([one.outcome for one in place])
    project, where = cut(escape(place[0].name), 120), deploy_notice_blocks.format_where(place[0].outcome)
    head = (
        _("*{project}* in {place} — {counts}", project=project, place=where, counts=counts)
        if len(place) > 1
        else _("*{project}* in {place}", project=project, place=where)
    )
    newest = sorted(place, key=lambda one: one.outcome.happened_at, reverse=True)
    lines = [_line(one.outcome, links) for one in newest[:_LINES]]
    return "\n".join(filter(None, [head, *lines, format_leftover(len(place) - _LINES)]))


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


def _weigh(rows: Sequence[kit.Block]) -> int:
    return sum(len(json.dumps(row)) for row in rows)


def _take_fitting(rows: Sequence[kit.Block], room: int) -> Iterator[kit.Block]:
    for row in rows[:40]:
        room -= _weigh([row])
        if room < 0:
            return
        yield row


def _build_rest(more: Callable[[int, str], str], left: Sequence[Branch]) -> list[kit.Block]:
    counts = format_counts([one.outcome for group in left for one in group])
    return [kit.context(more(len(left), counts))] if left else []


def _format_more_branches(count: int, outcomes: str) -> str:
    return ngettext(
        "…and {count} more branch: {outcomes}. `/circle recent` lists its pipelines.",
        "…and {count} more branches: {outcomes}. `/circle recent` lists their pipelines.",
        count,
        outcomes=outcomes,
    )


def _format_more_places(count: int, outcomes: str) -> str:
    return ngettext(
        "…and {count} more environment: {outcomes}. `/circle deploys` shows what runs there.",
        "…and {count} more environments: {outcomes}. `/circle deploys` shows what runs there.",
        count,
        outcomes=outcomes,
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
