"""To record what a request did, in the transaction that does it."""

from __future__ import annotations

from typing import Any

from bot.circleci.client import CircleCI
from bot.command import Context, Request
from bot.domain.audit_records import AuditKind, AuditRecord, AuditResult, AuditTrail
from bot.domain.people import Account
from bot.rules.undoable_change import ThingChange, get_own
from bot.store.store import Tx


def record(context: Context, tx: Tx, kind: AuditKind, **known: Any) -> None:
    """One row of the record, committed with the rest of this transaction. `known` are fields of AuditRecord.

    Who, where, by which door and which request is known already, as is what `context.trail.add(…)` was told.
    """
    given = {"kind": kind, "at": context.clock.now(), **context.trail.known, **known}
    given["detail"] = {**context.trail.known.get("detail", {}), **known.get("detail", {})}
    tx.record(build_record(context.request, context.account, context.trail, **given))
    context.trail.recorded = True


def record_asked(context: Context, tx: Tx, result: AuditResult, error: str = "") -> None:
    """What CircleCI was asked to change, unless the command has recorded it: nothing where it was asked to change none.

    A command that records what it did more exactly (follow_pipeline) has done so by now.
    """
    if context.circleci.changes and not context.trail.recorded:
        record(context, tx, AuditKind.ACT, result=result, detail=list_changes(context.circleci, error))


def explain_change(change: ThingChange) -> dict[str, Any]:
    """What was changed, and how it was before and after."""
    thing = " ".join(filter(None, change.thing))
    return {"thing": thing, "before": get_own(change.before), "after": get_own(change.after)}


def list_changes(circleci: CircleCI, error: str = "") -> dict[str, Any]:
    """What was asked, and the ids in CircleCI's answers."""
    return {"circleci": [one.to_json() for one in circleci.changes], **({"error": error} if error else {})}


def build_record(request: Request, account: Account | None, trail: AuditTrail, **known: Any) -> AuditRecord:
    """The row of a request: `known` completes it."""
    person = {"circleci_id": account.circleci_id, "login": account.login} if account else {}
    given = {"act": trail.act, "request": trail.request, "door": request.door, **person, **known}
    team = request.team if request.away else ""
    return AuditRecord(
        **{
            "workspace": request.workspace,
            "user": request.user,
            "team": team,
            "channel": request.channel or "",
            **given,
        }
    )
