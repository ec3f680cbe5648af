"""What accompanies a request on its way: what was read of who asks, and what is recorded of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.audit_records import AuditTrail
from bot.store.known_askers import KnownAsker


@dataclass(kw_only=True)
class Asking:
    """`asker` was read as the request began, None where nobody looked."""

    trail: AuditTrail = field(default_factory=AuditTrail)
    asker: KnownAsker | None = None
