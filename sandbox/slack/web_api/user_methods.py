"""users.*, usergroups.list, team.info and bots.info: who is who."""

from __future__ import annotations

from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import APP_ID, BOT_ID, BOT_USER
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall
from sandbox.slack.workspace_users import FakeSlackUser


async def get_user(call: WebApiCall) -> Answer:
    person = _get_known_user(call, call.get_text("user"))
    return {"user": _describe_user(call, person) | _get_locale(call, person)}


async def list_users(call: WebApiCall) -> Answer:
    people, cursor = call.paginate(list(call.slack.people.values()))
    members = [_describe_user(call, each) | _get_locale(call, each) for each in people]
    return {"members": members, "cache_ts": call.slack.ids.now_s(), **cursor}


async def get_profile(call: WebApiCall) -> Answer:
    """The profile of the named user, else the bot's own. This workspace has no custom fields."""
    person = _get_known_user(call, call.get_text("user") or BOT_USER)
    labels: Answer = {"fields": {}} if call.get_flag("include_labels") else {}
    return {"profile": person.as_profile(with_email=call.has_scope("users:read.email")) | labels}


async def lookup_by_email(call: WebApiCall) -> Answer:
    wanted = call.get_text("email").lower()
    person = next((each for each in call.slack.people.values() if each.email == wanted and not each.is_bot), None)
    if person is None:
        raise FakeSlackError("users_not_found")
    return {"user": _describe_user(call, person)}


async def list_usergroups(call: WebApiCall) -> Answer:
    """Those that were disabled only where they are asked for (slack docs: usergroups.list)."""
    wanted = [
        group for group in call.slack.user_groups.values() if call.get_flag("include_disabled") or not group.disabled_at
    ]
    described = [group.as_usergroup(with_users=call.get_flag("include_users")) for group in wanted]
    return {"usergroups": [group | {"team_id": call.slack.team.id} for group in described]}


async def list_usergroup_users(call: WebApiCall) -> Answer:
    group = call.slack.user_groups.get(call.get_text("usergroup"))
    if group is None:
        raise FakeSlackError("no_such_subteam")
    return {"users": list(group.users)}


async def get_team(call: WebApiCall) -> Answer:
    if call.get_text("team") not in {"", call.slack.team.id}:
        raise FakeSlackError("team_not_found")
    team = call.slack.team
    described = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "acme.example"}
    return {"team": described | {"icon": {"image_default": True}, "url": f"{call.slack.public_url}/"}}


async def get_bot(call: WebApiCall) -> Answer:
    if call.get_text("bot") not in {"", BOT_ID}:
        raise FakeSlackError("bot_not_found")
    named = {"id": BOT_ID, "deleted": False, "name": call.slack.manifest.name, "app_id": APP_ID, "user_id": BOT_USER}
    return {"bot": named | {"updated": 1700000000, "icons": {}}}


def _get_known_user(call: WebApiCall, user: str) -> FakeSlackUser:
    if user not in call.slack.people:
        raise FakeSlackError("user_not_found")
    return call.slack.people[user]


def _get_locale(call: WebApiCall, person: FakeSlackUser) -> Answer:
    """Only where it is asked for (slack docs: users.info)."""
    return {"locale": person.locale} if call.get_flag("include_locale") else {}


def _describe_user(call: WebApiCall, person: FakeSlackUser) -> Answer:
    return person.as_user(with_email=call.has_scope("users:read.email"), now_s=call.slack.ids.now_s())
