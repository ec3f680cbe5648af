"""What each column holds about people, why, for how long, who can read it, and what erasing a person does with it.

One truth for `circlebot people`, `/circle me` and docs/privacy.md. A test wants every column here, or among those that
say nothing about people (tests/store/test_personal_data.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.language import N_
from bot.store.tables.approving import APPROVAL_FACTS
from bot.store.tables.personal_fact import Holds, PersonalFact
from bot.store.tables.personal_own import OWN_FACTS
from bot.store.tables.personal_policy import POLICY_FACTS

_CHANNEL = "Whoever reads the channel"
_OPERATOR = "Nobody but operators"
_MONTH = "30 days"
_HOOK = {"user": Holds.NAME, "secret_sealed": Holds.DETAIL}


FACTS: Final[tuple[PersonalFact, ...]] = (
    *OWN_FACTS,
    *APPROVAL_FACTS,
    PersonalFact(
        "subscriptions",
        N_("Rules that you made"),
        "Somebody answers for each rule; its projects are read with their token",
        "Until the rule is removed",
        _CHANNEL,
        {"made_by": Holds.NAME, "rule": Holds.TEXT},
    ),
    PersonalFact(
        "presets",
        N_("Presets that you saved"),
        "Their owner may change them",
        "Until the preset is removed",
        _CHANNEL,
        {"made_by": Holds.NAME, **dict.fromkeys(("parameters", "definition", "asked"), Holds.DETAIL)},
    ),
    PersonalFact(
        "project_marks",
        N_("Marks of projects that you set"),
        "To say who set them",
        "Until admins remove the mark",
        "Everybody who sees the project",
        {"made_by": Holds.NAME},
    ),
    PersonalFact(
        "freezes",
        N_("Freezes that you made, ended, or are excepted from"),
        "To say who made them, and whom they let through",
        "30 days after the freeze ends",
        "Everybody in the workspace",
        {"made_by": Holds.NAME, "ended_by": Holds.NAME, "exempt": Holds.TEXT, "name": Holds.TEXT},
    ),
    PersonalFact(
        "mutes",
        N_("Mutes that you set"),
        "To say who set them",
        "Until the mute ends",
        _CHANNEL,
        {"made_by": Holds.NAME, "about": Holds.DETAIL},
    ),
    PersonalFact(
        "boards",
        N_("Boards of what runs where that you pinned"),
        "To tell them where one cannot be pinned",
        "Until it is unpinned",
        _CHANNEL,
        {"made_by": Holds.NAME},
    ),
    PersonalFact(
        "kept",
        N_("What waits for later because of your mute"),
        "To say why",
        _MONTH,
        _CHANNEL,
        {"by": Holds.NAME, "name": Holds.DETAIL, "why": Holds.DETAIL},
    ),
    PersonalFact(
        "webhooks",
        N_("Webhooks that you installed"),
        "Only their token looks after them at CircleCI",
        "Until the webhook is removed",
        "Everybody who sees the project",
        _HOOK,
    ),
    PersonalFact(
        "hooks",
        N_("Webhooks that you installed, as the release before kept them"),
        "A process of that release may still run",
        "Until the next release",
        _OPERATOR,
        _HOOK,
    ),
    PersonalFact(
        "deeds",
        N_("What you did to pipelines"),
        "Cards and threads say who did what",
        _MONTH,
        _CHANNEL,
        {"user": Holds.NAME, "text": Holds.TEXT},
    ),
    PersonalFact(
        "audit",
        N_("The record of what you did and what was refused"),
        "The workspace accounts for who did what, such as a deployment",
        "For good, or as long as `RETENTION_AUDIT_…` says",
        "Admins; what was done to a pipeline: whoever reads its card",
        {
            **dict.fromkeys(("user", "team", "circleci_id", "login"), Holds.KEPT),
            **dict.fromkeys(("act", "what", "door", "decided_by", "request", "detail"), Holds.DETAIL),
        },
        N_("the workspace has to account for who did what; nobody can change the record unnoticed"),
    ),
    PersonalFact(
        "acts",
        N_("Which buttons you pressed"),
        "To do nothing twice",
        _MONTH,
        "Whoever presses the same button again",
        {"user": Holds.NAME, "line": Holds.TEXT, "result": Holds.TEXT},
    ),
    PersonalFact(
        "undos",
        N_("What you changed lately, and how it was before"),
        "To undo it",
        _MONTH,
        _CHANNEL,
        {
            "user": Holds.NAME,
            "undone_by": Holds.NAME,
            **dict.fromkeys(("changes", "notices"), Holds.TEXT),
            "act": Holds.DETAIL,
        },
    ),
    PersonalFact(
        "cards",
        N_("Cards that you asked for"),
        "To tell them where a card cannot be shown",
        "30 days after the pipeline ended",
        _CHANNEL,
        {"asked_by": Holds.ASKER},
    ),
    PersonalFact(
        "outbox",
        N_("Messages to you, and messages that mention you"),
        "To post each once, and to change it later",
        f"{_MONTH} after it was posted",
        "Whoever reads the channel, or the one who got it",
        dict.fromkeys(("message", "details", "reason", "key"), Holds.TEXT),
    ),
    PersonalFact(
        "installations",
        N_("That you installed the app"),
        "To tell them what is wrong with it",
        "Until the workspace is purged",
        _OPERATOR,
        {"installed_by": Holds.ASKER, **dict.fromkeys(("name", "token_sealed", "refresh_sealed"), Holds.DETAIL)},
    ),
    PersonalFact(
        "watches",
        N_("Which projects were last read with your token"),
        "To read it with a token that works",
        "Until another token reads it",
        "Whoever may see the project",
        {"read_by": Holds.ASKER},
    ),
    PersonalFact(
        "listings",
        N_("Which organisations were last listed with your token"),
        "To list it with a token that works",
        "Until another token lists it",
        _OPERATOR,
        {"reader": Holds.ASKER},
    ),
    PersonalFact(
        "outcomes",
        N_("Which workflows a login of yours started"),
        "To know whose failure it is, and to post nothing twice",
        "For good; the login until they are erased",
        "Whoever may see the project",
        {"actor": Holds.ASKER},
    ),
    PersonalFact(
        "pipelines",
        N_("What CircleCI tells of pipelines: who started, approved or wrote them, and values that a policy asks for"),
        "Cards show it",
        "30 days after the pipeline ended",
        "Whoever may see the project",
        {"snapshot": Holds.KEPT},
        N_("it is CircleCI's, which still tells it; it goes 30 days after the pipeline ended"),
    ),
    *POLICY_FACTS,
)

BY_TABLE: Final[Mapping[str, PersonalFact]] = {fact.table: fact for fact in FACTS}
