"""An organisation with several workspaces (Enterprise Grid): one installation, one token, payloads that say so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.delivery.ack import PayloadKind

Json = dict[str, Any]


@dataclass
class Organisation:
    """`teams` are its workspaces. While it `is_installed`, the app is in those of `granted`, by one token for all."""

    id: str
    name: str
    teams: Collection[str]
    is_installed: bool = False
    granted: set[str] = field(default_factory=set)

    def install(self) -> None:
        self.is_installed, self.granted = True, set(self.teams)

    def uninstall(self) -> None:
        self.is_installed, self.granted = False, set()

    def has_app_in(self, team: str) -> bool:
        return self.is_installed and team in self.granted

    def as_api(self) -> Json:
        return {"id": self.id, "name": self.name}

    def mark(self, kind: PayloadKind, payload: Json, team: str) -> Json:
        """The payload as the app gets it (slack docs: developing apps for organisations)."""
        whole = self.has_app_in(team)
        if kind == "slash_commands":
            named = {"enterprise_id": self.id, "enterprise_name": self.name}
            return payload | named | {"is_enterprise_install": str(whole).lower()}
        return self._mark_event(payload, whole) if kind == "events_api" else self._mark_interaction(payload, whole)

    def _mark_event(self, payload: Json, whole: bool) -> Json:
        """`authorizations` names the installation: that of the organisation has no workspace."""
        of = {"enterprise_id": self.id, "is_enterprise_install": whole} | ({"team_id": None} if whole else {})
        authorizations = [one | of for one in payload["authorizations"]]
        named = {"enterprise_id": self.id, "context_enterprise_id": self.id}
        return payload | named | {"authorizations": authorizations}

    def _mark_interaction(self, payload: Json, whole: bool) -> Json:
        """`team` is null in what comes of a view (slack docs: interaction payloads of organisations)."""
        named = {"enterprise": self.as_api(), "is_enterprise_install": whole}
        if whole and "view" in payload:
            view = payload["view"] | {"app_installed_team_id": self.id}
            return payload | named | {"team": None, "view": view}
        team = payload["team"] | {"enterprise_id": self.id, "enterprise_name": self.name}
        return payload | named | {"team": team}
