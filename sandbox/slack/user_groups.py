"""The workspace's user groups (slack docs: usergroup object)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sandbox.slack.ids import SANDBOX, Team

_MADE_AT = 1700000000


@dataclass(frozen=True)
class FakeUserGroup:
    """`disabled_at` is when somebody disabled it, in seconds: Slack deletes none."""

    id: str
    handle: str
    name: str
    description: str
    users: tuple[str, ...] = ()
    disabled_at: int = 0

    def as_usergroup(self, *, with_users: bool) -> dict[str, Any]:
        described: dict[str, Any] = {
            "id": self.id,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "description": self.description,
            "date_create": _MADE_AT,
            "date_update": _MADE_AT,
            "date_delete": self.disabled_at,
            "user_count": len(self.users),
        }
        return described | ({"users": list(self.users)} if with_users else {})


class FakeUserGroups(dict[str, FakeUserGroup]):
    """By id."""

    def find_by_handle(self, handle: str) -> FakeUserGroup | None:
        return next((group for group in self.values() if group.handle == handle), None)

    def change(self, group: str, *, users: tuple[str, ...] | None, disabled_at: int | None) -> None:
        """Other members, or disabled. Raises ValueError for an unknown one."""
        if group not in self:
            raise ValueError(f"there is no user group {group}")
        changed = self[group] if users is None else replace(self[group], users=users)
        self[group] = changed if disabled_at is None else replace(changed, disabled_at=disabled_at)


def build_initial_groups(team: Team) -> FakeUserGroups:
    groups = (
        FakeUserGroup("S0DEPLOYERS", "deployers", "Deployers", "Who may deploy", ("U0ADA", "U0GRACE")),
        FakeUserGroup("S0RELEASE", "release-managers", "Release managers", "Who decides on releases", ("U0GRACE",)),
        FakeUserGroup("S0PLATFORM", "platform", "Platform", "Who keeps it all running"),
    )
    return FakeUserGroups({group.id: group for group in groups} if team is SANDBOX else {})
