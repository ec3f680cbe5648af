"""ADMIN_USERS names people of a workspace: whoever has the same id elsewhere, or comes from elsewhere, is no admin."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.dispatch.whom_to_ask import AdminRoster, Admins
from bot.operating import settings_problems
from bot.operating.demo_bot import build_settings
from bot.rules.policy_decision import Asker
from tests.plugins.each_case import each_case

MANY = {"slack_bot_token": None, "slack_client_id": "1.2", "slack_client_secret": SecretStr("s")}
IDS = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=4)


@given(workspaces=st.lists(IDS.map("T".__add__), min_size=1, max_size=4), user=IDS.map("U".__add__), data=st.data())
def test_among_many_workspaces_only_the_named_pair_is_one(workspaces: list[str], user: str, data: Any) -> None:
    named = data.draw(st.sets(st.sampled_from([f"{one}/{user}" for one in workspaces] + [user])))
    admins = Admins(frozenset(named), single_workspace=False)
    for workspace in workspaces:
        roster = AdminRoster(admins.get_fixed(workspace))
        assert roster.has(Asker(user=user)) == (f"{workspace}/{user}" in named)
        assert not roster.has(Asker(user=user, external=True))
        assert not roster.has(Asker(user=f"{workspace}/{user}"))


def test_where_one_workspace_is_the_only_one_its_id_may_be_left_out() -> None:
    admins = Admins(frozenset({"U1"}), single_workspace=True)
    assert admins.get_fixed("T1") == {"U1"}


def test_whoever_is_in_a_group_that_was_added_is_one_unless_they_come_from_elsewhere() -> None:
    roster = AdminRoster(frozenset({"U1"}), frozenset({"S1", "U2"}))
    member = Asker(user="U3", groups=frozenset({"S1"}))
    assert roster.has(member)
    assert not roster.has(replace(member, external=True))
    assert roster.whom == ["U1", "U2", "S1"]


@each_case(
    ("changed", "says"),
    [
        ({"admin_users": frozenset({"ada"})}, "ADMIN_USERS holds something that is no Slack user id"),
        ({"admin_users": frozenset({"U1/T1"})}, "ADMIN_USERS holds something that is no Slack user id"),
        ({"admin_users": frozenset({"T1/U1", "xoxb-1"})}, "ADMIN_USERS holds something that is no Slack user id"),
        ({**MANY, "admin_users": frozenset({"U1"})}, "ADMIN_USERS names somebody without a workspace"),
        ({"allowed_workspaces": frozenset({"acme"})}, "ALLOWED_WORKSPACES holds something that is no id"),
    ],
)
def test_what_names_nobody_is_complained_about_and_not_repeated(changed: dict[str, Any], says: str) -> None:
    settings = build_settings("http://127.0.0.1:1", "sqlite:///x.db")
    given = settings.model_copy(update={"public_url": "https://circle.example.com", **changed})
    (sentence,) = settings_problems.find_sending_problems(given)
    assert says in sentence
    assert "xoxb-1" not in sentence
