"""The workspace's users at the start, and user objects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.slack.ids import AGENCY, APP_ID, BOT_ID, BOT_USER, LAB, SANDBOX, TEAM_ID, Team

_ZONE_LABELS = {
    "GMT": "Greenwich Mean Time",
    "BST": "British Summer Time",
    "CET": "Central European Time",
    "CEST": "Central European Summer Time",
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
    "IST": "India Standard Time",
}
"""What Slack calls what is in force in a zone, by its abbreviation."""

_LANGUAGES = {"de-DE": "Deutsch"}
"""Of whom does not read English: their locale, and what the page says beside their name."""


@dataclass(frozen=True)
class FakeSlackUser:
    """A user of the workspace: a person that the page can act as, or the app's bot."""

    id: str
    name: str
    real_name: str
    email: str
    color: str
    dm: str
    is_admin: bool = False
    is_guest: bool = False
    is_bot: bool = False
    is_deleted: bool = False
    zone: str = "Europe/London"
    locale: str = "en-GB"
    team: str = TEAM_ID
    home: str = TEAM_ID

    @property
    def is_stranger(self) -> bool:
        """Whether the user is of another workspace, in a shared channel (Slack Connect)."""
        return self.team != self.home

    def as_page(self) -> dict[str, Any]:
        """A Person of the Page API."""
        initials = "".join(word[0] for word in self.real_name.split()[:2]).upper()
        return {
            "id": self.id,
            "name": self.name,
            "real_name": self.real_name,
            "avatar": {"initials": initials, "color": f"#{self.color}"},
            "is_guest": self.is_guest,
            "is_bot": self.is_bot,
            "locale": self.locale,
            "zone": self.zone,
            "remark": "guest" if self.is_guest else _LANGUAGES.get(self.locale),
        }

    def as_user(self, *, with_email: bool, now_s: float) -> dict[str, Any]:
        """A user object of the Web API (slack docs: user object). The address needs `users:read.email`."""
        here = datetime.fromtimestamp(now_s, UTC).astimezone(ZoneInfo(self.zone))
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.is_deleted,
            "color": self.color,
            "real_name": self.real_name,
            "tz": self.zone,
            "tz_label": _ZONE_LABELS[here.tzname() or "GMT"],
            "tz_offset": int((here.utcoffset() or timedelta()).total_seconds()),
            "profile": self.as_profile(with_email=with_email),
            "is_admin": self.is_admin,
            "is_owner": self.is_admin,
            "is_primary_owner": self.is_admin,
            **({"is_stranger": True} if self.is_stranger else {}),
            "is_restricted": self.is_guest,
            "is_ultra_restricted": self.is_guest,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1700000000,
            "is_email_confirmed": True,
        }

    def as_profile(self, *, with_email: bool) -> dict[str, Any]:
        """The profile part of a user object (slack docs: users.profile.get)."""
        profile: dict[str, Any] = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "status_text": "",
            "status_emoji": "",
            "avatar_hash": self.color,
            "team": self.team,
        }
        if with_email and not self.is_bot:
            profile["email"] = self.email
        if self.is_bot:
            profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID}
        return profile


def build_initial_people(app_name: str, team: Team = SANDBOX) -> dict[str, FakeSlackUser]:
    """Ada, Grace, Eve, Gus (a guest), Wim (whose id is an organisation's, and who reads German) and the bot; by id."""
    bot = FakeSlackUser(BOT_USER, app_name, app_name, "", "161616", "", is_bot=True, team=team.id, home=team.id)
    everyone = (*{AGENCY: _build_agency, LAB: _build_lab}.get(team, _build_sandbox)(), bot)
    return {person.id: person for person in everyone}


def _build_agency() -> tuple[FakeSlackUser, ...]:
    """Lin and Omar, who push commits to the first one's projects."""
    here = AGENCY.id
    return (
        FakeSlackUser(
            "U0LIN", "lin", "Lin Lane", "lin@agency.example", "b0568a", "D0LIN", is_admin=True, team=here, home=here
        ),
        FakeSlackUser("U0OMAR", "omar", "Omar Oak", "omar@agency.example", "52708a", "D0OMAR", team=here, home=here),
    )


def _build_lab() -> tuple[FakeSlackUser, ...]:
    """Ada and Grace, who are in both workspaces of their organisation."""
    return tuple(replace(each, team=LAB.id, home=LAB.id) for each in _build_sandbox()[:2])


def _build_sandbox() -> tuple[FakeSlackUser, ...]:
    return (
        FakeSlackUser(
            "U0ADA", "ada", "Ada Adams", "ada@acme.example", "9f69e7", "D0ADA", is_admin=True, zone="Europe/Berlin"
        ),
        FakeSlackUser(
            "U0GRACE", "grace", "Grace Green", "grace@acme.example", "2b7a5a", "D0GRACE", zone="America/New_York"
        ),
        FakeSlackUser("U0EVE", "eve", "Eve Evans", "eve@acme.example", "b14d3b", "D0EVE"),
        FakeSlackUser(
            "U0GUS", "gus", "Gus Grey", "gus@agency.example", "6b7480", "D0GUS", is_guest=True, zone="Asia/Kolkata"
        ),
        FakeSlackUser("W0WIM", "wim", "Wim Winter", "wim@acme.example", "3d6fb4", "D0WIM", locale="de-DE"),
    )
