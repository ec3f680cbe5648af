"""What the doctor found, for an admin: a line for each symptom, and one for all that is well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.blocks import kit, status_blocks
from bot.blocks.person_blocks import format_user
from bot.blocks.subscription_blocks import format_channel
from bot.circleci.v3_host import V3State
from bot.command import format_line
from bot.domain.project_feeds import TokenOwner
from bot.domain.symptoms import CHECKS, Finding, Symptom
from bot.language import _, ngettext
from bot.language.formats import format_duration, format_number, join_and
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, format_leftover

_MOST_NAMED = 10
_ROOM = kit.ROOM - 1_500


def render(findings: Sequence[Finding], *, v3: V3State | None = None) -> Message:
    wrong: dict[str, list[Finding]] = {}
    for one in findings:
        if one.symptom:
            wrong.setdefault(one.symptom.key, []).append(one)
    title = _format_title(len(wrong))
    told = [kit.section(_format_symptom(theirs)) for theirs in wrong.values()]
    shown = kit.take_fitting(_ROOM, told)
    rest = format_leftover(len(told) - len(shown))
    notes = kit.build_notes(rest, *_format_well(findings), *([_format_v3(v3)] if v3 else []))
    return Message(title, [kit.section(title), *shown, *_build_ways_on(findings), *notes])


def _format_v3(state: V3State) -> str:
    """What the process that answers knows of it."""
    if not state.is_asked:
        return _("CircleCI's API v3: not asked, by `CIRCLECI_API_V3` or since this is a Server.")
    if not state.has_it:
        known = state.has_it is not None
        return _("CircleCI's API v3: not there.") if known else _("CircleCI's API v3: nobody has asked for it yet.")
    if not state.aside:
        return _("CircleCI's API v3: there, and quick.")
    told = [
        _("{family} since {moment}", family=as_code(family), moment=status_blocks.format_moment(since))
        for family, since in sorted(state.aside.items())
    ]
    return _("CircleCI's API v3: there, but v2 answers instead: {families}.", families=join_and(told))


def _build_ways_on(findings: Sequence[Finding]) -> list[kit.Block]:
    """Where messages wait: the list of them."""
    if not any(one.symptom and one.check in {"outbox", "channels"} for one in findings):
        return []
    return [kit.actions([kit.button(_("Show What Was Not Said"), format_line("undelivered"))])]


def _format_title(wrong: int) -> str:
    if not wrong:
        return _(":white_check_mark: I find nothing wrong with me.")
    return ngettext(
        ":stethoscope: *{count} thing is wrong.*",
        ":stethoscope: *{count} things are wrong.*",
        wrong,
    )


def _format_symptom(found: Sequence[Finding]) -> str:
    """The first of its kind; of the others how many there are."""
    first = found[0]
    return " ".join(filter(None, [f":x: {_fill_in(first)}", format_leftover(len(found) - 1)]))


def _fill_in(finding: Finding) -> str:
    symptom: Symptom | None = finding.symptom
    if symptom is None:
        return ""
    values = {name: _format_value(name, value) for name, value in finding.values.items()}
    command = as_code(symptom.command.format_map(finding.values), 300)
    return f"{as_bold(_(symptom.says, **values))} {_(symptom.mend, **values, command=command)}"


def _format_value(name: str, value: object) -> str:
    """What comes from outside is code; a sentence is said."""
    if isinstance(value, str):
        return format_channel(value) if name == "channel" else as_code(value)
    if isinstance(value, tuple):
        shown = [as_code(str(one)) for one in value[:_MOST_NAMED]]
        return join_and([*shown, *filter(None, [format_leftover(len(value) - _MOST_NAMED)])])
    if isinstance(value, TokenOwner):
        return format_user(value.user) or as_code(value.user)
    if isinstance(value, timedelta):
        return format_duration(value.total_seconds())
    if isinstance(value, datetime):
        return status_blocks.format_moment(value)
    return format_number(value) if isinstance(value, int) else str(value)


def _format_well(findings: Sequence[Finding]) -> Iterator[str]:
    """The checks that found nothing, by what they look at."""
    wrong = {one.check for one in findings if one.symptom}
    well = dict.fromkeys(one.check for one in findings if one.check not in wrong)
    if well:
        yield _("Nothing wrong with {checks}.", checks=join_and([_(CHECKS[check]) for check in well]))
