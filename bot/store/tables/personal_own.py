"""What is a person's own: rows that go with them. The other facts, and what they are for: personal.py."""

from __future__ import annotations

from typing import Final

from bot.language import N_
from bot.store.tables.personal_fact import Holds, PersonalFact

_ITSELF = "They themselves"
_CHANNEL = "Whoever reads the channel"
_WORKSPACE = "Everybody in the workspace"
_OPERATOR = "Nobody but operators"
_MONTH = "30 days"
_UNTIL_ERASED = "Until they change it, or are erased"
_TOLD_OF_ACCOUNTS = ("circleci_id", "login", "name", "token_sealed", "scope")


def _build_own(*details: str) -> dict[str, Holds]:
    """Columns of a row that is a person's own."""
    return {"user": Holds.OWNER, **dict.fromkeys(details, Holds.DETAIL)}


OWN_FACTS: Final[tuple[PersonalFact, ...]] = (
    PersonalFact(
        "accounts",
        N_("Your CircleCI token, and who you are at CircleCI"),
        "To act in their name with their own rights",
        "Until they disconnect, leave Slack, or are erased",
        f"{_ITSELF}; what they are called: {_WORKSPACE.lower()}. The token: nobody",
        {"user": Holds.OWNER, **dict.fromkeys(_TOLD_OF_ACCOUNTS, Holds.DETAIL)},
    ),
    PersonalFact(
        "sign_ins",
        N_("That you are on the way to CircleCI's page and back"),
        "To know the address that they bring back",
        "Ten minutes, an hour at most",
        f"{_OPERATOR}; what it is known by is encrypted",
        _build_own("attempt_sealed"),
    ),
    PersonalFact(
        "logins",
        N_("Your logins at GitHub, Bitbucket or GitLab"),
        "To know whose pipeline it is",
        "Until they remove it, or are erased",
        _WORKSPACE,
        _build_own("folded", "login"),
    ),
    PersonalFact(
        "people",
        N_("Which direct messages you want"),
        "To send no others",
        _UNTIL_ERASED,
        _ITSELF,
        _build_own("messages"),
    ),
    PersonalFact(
        "languages",
        N_("Your language"),
        "To answer in it",
        _UNTIL_ERASED,
        _ITSELF,
        _build_own("chosen", "locale"),
    ),
    PersonalFact(
        "greetings",
        N_("That you were greeted"),
        "To greet nobody twice",
        "Until they are erased",
        _OPERATOR,
        {"user": Holds.OWNER},
    ),
    PersonalFact(
        "waiting",
        N_("What you asked before you connected"),
        "To do it once they are connected",
        "30 minutes",
        f"{_OPERATOR}; the line is encrypted",
        _build_own("line", "line_sealed", "reply_to_sealed"),
    ),
    PersonalFact(
        "choices",
        N_("What you chose last in the form that starts a pipeline"),
        "To offer it again",
        _MONTH,
        f"{_ITSELF}; it is encrypted",
        _build_own("chosen_sealed"),
    ),
    PersonalFact(
        "long_values",
        N_("What is too long for a button or menu that you were shown"),
        "Slack's buttons hold 2,000 characters",
        _MONTH,
        f"{_OPERATOR}; it is encrypted",
        _build_own("value_sealed"),
    ),
    PersonalFact(
        "spending",
        N_("How many requests your token made lately"),
        "To stay below CircleCI's limits",
        "An hour or two",
        "They themselves, and admins",
        {"user": Holds.OWNER},
    ),
    PersonalFact(
        "lookers",
        N_("Which failures you look into"),
        "To tell the others",
        f"{_MONTH}, or until it passes",
        _CHANNEL,
        _build_own("ref"),
    ),
    PersonalFact(
        "mentions",
        N_("For which pipelines you were mentioned"),
        "To mention nobody twice for one",
        _MONTH,
        _CHANNEL,
        {"mentioned": Holds.OWNER},
    ),
)
