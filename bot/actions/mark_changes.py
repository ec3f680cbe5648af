"""Admins mark projects, and take marks away: recorded, and cards that stand already follow."""

from __future__ import annotations

from bot.actions.audit_trail import record
from bot.command import Context
from bot.domain import ProjectScope
from bot.domain.audit_records import AuditKind
from bot.domain.project_marks import Mark, ProjectMark
from bot.errors import NotAllowed, UsageError
from bot.language import _
from bot.language.formats import join_or
from bot.mrkdwn import as_code
from bot.permissions import format_whom_to_ask


def parse_mark(text: str) -> Mark:
    """Raises UsageError."""
    try:
        return Mark(text.strip().lower())
    except ValueError:
        known = join_or([as_code(one) for one in Mark])
        raise UsageError(_("A mark is {known}.", known=known)) from None


async def change(context: Context, scope: ProjectScope, mark: Mark, *, wanted: bool) -> bool:
    """Whether something is different now. Raises NotAllowed for whoever is no admin."""
    if not context.admin:
        nobody = _("Nobody is an admin yet: set `ADMIN_USERS` where circlebot runs.")
        whom = format_whom_to_ask(context.rights.admins, nobody)
        raise NotAllowed(_("Only a circlebot admin may mark a project."), whom)
    request, now = context.request, context.clock.now()
    async with context.store.begin() as tx:
        if wanted:
            new = ProjectMark(request.workspace, scope, mark, request.user, now)
            changed = await tx.project_marks.insert(new)
        else:
            changed = await tx.project_marks.delete(request.workspace, scope, mark)
        if changed:
            await tx.cards.mark_scope_dirty(request.workspace, scope)
            await tx.boards.redraw_workspace(request.workspace)
            word = "mark" if wanted else "unmark"
            record(context, tx, AuditKind.POLICY, act=f"project --{word}", what=f"{scope} {mark}", project=str(scope))
    context.wake()
    return changed
