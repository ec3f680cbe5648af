"""What a rule would have posted lately, before anybody makes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.blocks import kit, status_blocks
from bot.blocks.deploy_blocks import format_unknown_environments
from bot.blocks.deploy_notice_blocks import list_parts
from bot.blocks.subscription_blocks import Names, format_rule
from bot.domain import Outcome, ProjectSlug
from bot.language import N_, _, ngettext
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, cut, escape, format_leftover, join_first
from bot.rules.kinds import list_outcome_labels
from bot.rules.match import wants_nothing_but_deploys
from bot.rules.quiet_hours import QuietHours
from bot.rules.replay import DryRun
from bot.rules.subscription import Subscription

_SHOWN = 15


def render(tried: DryRun, rule: Subscription, names: Names, *, again: Written, hours: QuietHours) -> Message:
    """`again` is the line that makes the rule, `hours` are the channel's."""
    heard = tried.outcomes
    volume = list(_list_volume(heard, rule, hours))
    if tried.reminders:
        volume.append(ngettext("{count} reminder", "{count} reminders", tried.reminders))
    text = ngettext(
        "In the last pipeline this rule would have posted: {volume}.",
        "In the last {count} pipelines this rule would have posted: {volume}.",
        tried.pipelines,
        volume=" · ".join(volume),
    )
    text += " " + _("Nothing is subscribed yet.")
    return Message(
        text,
        [
            kit.section(f":test_tube: {text}\n{format_rule(rule, names)}"),
            *([kit.section("\n".join(_format_row(outcome) for outcome in heard[:_SHOWN]))] if heard else []),
            kit.actions([kit.button(_("Subscribe"), again, style="primary")]),
            *kit.build_notes(
                format_leftover(len(heard) - _SHOWN),
                *_list_deploy_notes(tried, rule),
                "" if wants_nothing_but_deploys(rule.rule) else _(_BY_JOBS),
            ),
        ],
    )


_BY_JOBS = N_("This does not read test results: `newly-failing` goes by jobs here.")


def _list_deploy_notes(tried: DryRun, rule: Subscription) -> Iterator[str]:
    """Why there are none."""
    if tried.untold:
        yield _("CircleCI does not tell me what was deployed of {projects}.", projects=_join_projects(tried.untold))
    if tried.without:
        yield _("CircleCI shows no deploys of {projects}.", projects=_join_projects(tried.without))
    if tried.environments:
        yield format_unknown_environments(rule.rule, tried.environments)


def _join_projects(projects: Collection[ProjectSlug]) -> str:
    return join_first([as_code(project.name, 60) for project in projects], 5)


def _list_volume(heard: Sequence[Outcome], rule: Subscription, hours: QuietHours) -> Iterator[str]:
    """How many messages that is; and how many digests it is, or would be."""
    count, digests = len(heard), len({hours.get_next_digest(rule.rule.at, one.happened_at) for one in heard})
    if rule.rule.to == "digest":
        yield ngettext("{count} outcome", "{count} outcomes", count)
        yield ngettext("in {count} digest", "in {count} digests", digests)
    elif rule.rule.to == "thread":
        cards = len({outcome.pipeline_id for outcome in heard})
        yield ngettext("{count} reply", "{count} replies", count)
        yield ngettext("in the thread of {count} card", "in the threads of {count} cards", cards)
    else:
        yield ngettext("{count} message", "{count} messages", count)
        if digests < count:
            yield ngettext("with `--to digest`: {count} digest", "with `--to digest`: {count} digests", digests)


def _format_row(outcome: Outcome) -> str:
    names = [f"*{cut(escape(outcome.workflow), 60)}*"] if outcome.workflow else []
    where = _(
        "{project} #{number} on {ref}",
        project=as_code(outcome.project.name, 60),
        number=outcome.pipeline_number,
        ref=as_code(outcome.branch or outcome.tag or "?", 60),
    )
    parts = [
        *names,
        *list_parts(outcome),
        *list_outcome_labels(outcome),
        where,
        status_blocks.format_ago(outcome.happened_at),
    ]
    return f"• {' · '.join(parts)}"
