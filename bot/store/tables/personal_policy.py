"""What a workspace's policy holds about people: a part of FACTS (bot/store/tables/personal.py)."""

from __future__ import annotations

from typing import Final

from bot.language import N_
from bot.store.tables.personal_fact import Holds, PersonalFact

_STAYS = N_("an admin's decision is not undone by whom it is about; admins change it")

POLICY_FACTS: Final = (
    PersonalFact(
        "admins",
        N_("Whether you are an admin of circlebot, and whom you made one"),
        "Admins change who may do what",
        "Until an admin removes them; who added them until they are erased",
        "Admins, and whoever is told whom to ask",
        {"who": Holds.KEPT, "added_by": Holds.NAME},
        _STAYS,
    ),
    PersonalFact(
        "policies",
        N_("Lines of the workspace's policy that name you"),
        "Admins say who may do what",
        "Until admins change the line",
        "Everybody whom it refuses; admins",
        {"users": Holds.KEPT},
        _STAYS,
    ),
    PersonalFact(
        "user_groups",
        N_("The Slack user groups that you are in"),
        "A policy may name a group",
        "As long as Slack tells of it, and its last members while a policy may name it",
        "Nobody; that somebody is refused by a group: they themselves",
        {"members": Holds.KEPT, **dict.fromkeys(("id", "handle", "name"), Holds.DETAIL)},
        N_("it is Slack's, which still tells it; whoever administers the workspace changes the group"),
    ),
    PersonalFact(
        "policy_versions",
        N_("Lines of the workspace's policy that name you, and those that you changed"),
        "Admins say who may do what, and see who changed it",
        "For good; who changed it until they are erased",
        "Everybody whom it refuses; admins",
        {"lines": Holds.KEPT, "summary": Holds.KEPT, "changed_by": Holds.NAME},
        _STAYS,
    ),
)
