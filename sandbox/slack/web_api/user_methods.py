"""users.*, usergroups.list, team.info and bots.info: who is who."""

from __future__ import annotations

from sandbox.slack.fake_slack_errors import Refused
from sandbox.slack.ids import APP_ID, BOT_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, TEAM_NAME
from sandbox.slack.web_api.web_api_call import Answer, Call
from sandbox.slack.workspace_users import Person

_DEPLOYERS = {
    "id": "S0DEPLOYERS",
    "team_id": TEAM_ID,
    "is_usergroup": True,
    "name": "Deployers",
    "handle": "deployers",
    "description": "Who may put things into production",
    "date_create": 1700000000,
    "date_update": 1700000000,
    "date_delete": 0,
    "user_count": 2,
}


async def info(call: Call) -> Answer:
    return {"user": _described(call, _known(call, call.text("user")))}


async def listed(call: Call) -> Answer:
    people, cursor = call.page(list(call.slack.people.values()))
    return {"members": [_described(call, each) for each in people], "cache_ts": call.slack.ids.now_s(), **cursor}


async def profile(call: Call) -> Answer:
    """Of whoever is named, else of whoever asks: the bot. There are no fields of this workspace's own."""
    person = _known(call, call.text("user") or BOT_USER)
    labels: Answer = {"fields": {}} if call.flag("include_labels") else {}
    return {"profile": person.profile(with_email=call.has_scope("users:read.email")) | labels}


async def lookup_by_email(call: Call) -> Answer:
    wanted = call.text("email").lower()
    found = next((each for each in call.slack.people.values() if each.email == wanted and not each.is_bot), None)
    if found is None:
        raise Refused("users_not_found")
    return {"user": _described(call, found)}


async def usergroups(call: Call) -> Answer:
    users = {"users": ["U0ADA", "U0GRACE"]} if call.flag("include_users") else {}
    return {"usergroups": [_DEPLOYERS | users]}


async def team(call: Call) -> Answer:
    if call.text("team") not in {"", TEAM_ID}:
        raise Refused("team_not_found")
    described = {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "acme.example"}
    return {"team": described | {"icon": {"image_default": True}, "url": f"{call.slack.public_url}/"}}


async def bot(call: Call) -> Answer:
    if call.text("bot") not in {"", BOT_ID}:
        raise Refused("bot_not_found")
    named = {"id": BOT_ID, "deleted": False, "name": call.slack.manifest.name, "app_id": APP_ID, "user_id": BOT_USER}
    return {"bot": named | {"updated": 1700000000, "icons": {}}}


def _known(call: Call, user: str) -> Person:
    if user not in call.slack.people:
        raise Refused("user_not_found")
    return call.slack.people[user]


def _described(call: Call, person: Person) -> Answer:
    return person.as_user(with_email=call.has_scope("users:read.email"), now_s=call.slack.ids.now_s())
