"""`circlebot outbox`: what waits to be said or was refused, why, and what mends it. No message is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from cyclopts import App, Parameter

from bot.messages import Undelivered, WaitReason
from bot.operating import serve, settings_problems
from bot.operating.confirmation import ask_first
from bot.operating.console import say
from bot.operating.environment import require_settings
from bot.operating.operator_records import record_operation
from bot.operating.process import CommandFailed, run_async
from bot.operating.replay_command import replay
from bot.untrusted.masking import mask_secrets

outbox = App(name="outbox", help="What waits to be said in Slack, and why.")
outbox.command(replay)

_REASONS = {
    WaitReason.SENDING: "is on its way right now",
    WaitReason.UNREADABLE: "cannot be read: it is damaged, or a later release wrote it",
    WaitReason.FAILING: "failed again and again: the log says why at delivery.failed",
    WaitReason.NO_CARD: "waits for its card, in whose thread it belongs",
    WaitReason.NO_ANSWER: "Slack did not answer: circlebot looks for it before it posts again",
    WaitReason.SLACK_LIMIT: "Slack asked to wait",
    WaitReason.REFUSED: "was refused by Slack",
    WaitReason.HIDDEN: "nobody there who is connected may see its project now",
    WaitReason.LATER: "is for later, or nobody there may see its project now",
    WaitReason.IN_LINE: "is due, behind others or about to go",
}
_SHOWN = 200
"""Lines of the table. `--json` has all."""

_KEY_ROOM = 60

Ids = Annotated[list[str], Parameter(help="As `circlebot outbox list` shows them, such as notice:12.")]


@outbox.command(name="list")
def list_waiting(
    *, as_json: Annotated[bool, Parameter("--json", negative=(), help="As JSON, for programs.")] = False
) -> None:
    """List what waits or was refused, for whom, since when, and why. Texts are not shown."""
    waiting = run_async(_load())
    if as_json:
        say(json.dumps([_to_json(one) for one in waiting], indent=2))
        return
    say("\n".join(map(_format, waiting[:_SHOWN])) or "Nothing waits.")
    if len(waiting) > _SHOWN:
        say(f"and {len(waiting) - _SHOWN:,} more: --json has all.")


@outbox.command(name="retry")
def send_now(ids: Ids) -> None:
    """Send these as soon as possible; what may be in Slack already is looked for first."""
    known = _check_known(ids, run_async(_load()))
    run_async(_change(known, is_dropped=False))
    say(f"{len(known)} will be sent as soon as possible.")


@outbox.command(name="drop")
def drop_messages(
    ids: Ids, *, yes: Annotated[bool, Parameter("--yes", negative=(), help="Do not ask whether it is meant.")] = False
) -> None:
    """Never post these. What Slack has already stays there."""
    known = _check_known(ids, run_async(_load()))
    say("\n".join(map(_format, known)))
    ask_first("Never post this?" if len(known) == 1 else f"Never post these {len(known)}?", yes=yes)
    run_async(_change(known, is_dropped=True))
    say(f"{len(known)} will never be posted.")


def _check_known(ids: Sequence[str], waiting: Sequence[Undelivered]) -> list[Undelivered]:
    """Each once. Raises CommandFailed where one does not wait, or is on its way: nothing is done then."""
    by_id = {one.id: one for one in waiting}
    for name in ids:
        if name not in by_id:
            raise CommandFailed(f"{mask_secrets(name)} does not wait: `circlebot outbox list` shows what does.")
        if by_id[name].why is WaitReason.SENDING:
            raise CommandFailed(f"{name} is on its way to Slack right now: look again in a few seconds.")
    return [by_id[name] for name in dict.fromkeys(ids)]


def _format(one: Undelivered) -> str:
    until = f" (again at {one.until:%Y-%m-%d %H:%M:%S} UTC)" if one.until else ""
    tries = f", {one.tries} tries" if one.tries > 1 else ""
    where = f"{one.workspace} {one.channel}"
    says = f"{_REASONS[one.why]}{f': {one.reason}' if one.reason else ''}"
    return f"{one.id:12} {where}  since {one.since:%Y-%m-%d %H:%M} UTC{tries}  {says}{until}"


def _to_json(one: Undelivered) -> dict[str, object]:
    """A key names what it is about by ids; whatever else it might hold is masked."""
    shown = {"key": mask_secrets(one.key)[:_KEY_ROOM], "why": one.why.value, "says": _REASONS[one.why]}
    moments = {"since": one.since.isoformat(), "until": one.until and one.until.isoformat()}
    return asdict(one) | shown | moments


async def _load() -> list[Undelivered]:
    async with serve.open_store(require_settings(settings_problems.find_store_problems)) as store:
        now = await store.now()
        async with store.begin_read() as tx:
            return await tx.undelivered.list_all(now)


async def _change(known: Sequence[Undelivered], *, is_dropped: bool) -> None:
    ids = [one.id for one in known]
    async with serve.open_store(require_settings(settings_problems.find_store_problems)) as store:
        now = await store.now()
        async with store.begin() as tx:
            await (tx.undelivered.drop if is_dropped else tx.undelivered.make_due)(ids, now)
            record_operation(tx, f"outbox {'drop' if is_dropped else 'retry'}", now, what=", ".join(ids))
