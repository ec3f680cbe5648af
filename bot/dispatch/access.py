"""Who may run what: the workspace's policy first, then the command's own access."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.command import Access, Command, Request
from bot.dispatch.rights import GrantedRights, check_connected
from bot.dispatch.whom_to_ask import Admins
from bot.domain.audit_records import AuditTrail
from bot.domain.people import Account
from bot.errors import NotAllowed
from bot.language import _
from bot.permissions import format_whom_to_ask
from bot.rules.policy import Policy, PolicyAction
from bot.store.store import Store


def authorise(
    command: Command[Any],
    request: Request,
    account: Account | None,
    policies: Iterable[Policy],
    admins: Admins,
    *,
    changes: bool,
    store: Store,
    trail: AuditTrail,
) -> GrantedRights:
    """What the person may do further, or NotConnected or NotAllowed with a sentence that says what would help."""
    act = PolicyAction(command.name, changes)
    granted = GrantedRights(
        act=act,
        title=command.title,
        request=request,
        account=account,
        policies=tuple(policies),
        store=store,
        admins=sorted(admins.get_users(request.workspace)),
        trail=trail,
    )
    granted.check_here()
    if command.access is Access.ADMIN and not admins.has(request):
        nobody = _("Nobody is an admin yet: set `ADMIN_USERS` where circlebot runs.")
        raise NotAllowed(_("Only a circlebot admin may do that."), format_whom_to_ask(granted.admins, nobody))
    if command.access is Access.CONNECTED:
        check_connected(account)
    return granted
