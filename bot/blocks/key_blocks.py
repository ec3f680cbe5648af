"""A project's checkout keys: the list, one key, what is asked before one goes, and what came of an act."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, question_blocks, settings_blocks, status_blocks
from bot.blocks.question_blocks import Question
from bot.circleci.models import CheckoutKey
from bot.command import line
from bot.domain import ProjectSlug
from bot.messages import Message
from bot.mrkdwn import code, preformatted

_TYPES = {"deploy-key": "deploy key", "github-user-key": "user key"}


def listed(slug: ProjectSlug, keys: Sequence[CheckoutKey], page: int, digest: str) -> list[kit.Block]:
    """Keys can be added where the project checks out by keys of CircleCI's (API v2: POST checkout-key)."""
    may_add = slug.vcs != "circleci"
    new = {"Add a deploy key": "deploy-key", "Add a user key": "user-key"} if may_add else {}
    return settings_blocks.listed(
        slug,
        line("keys", str(slug), digest=digest if digest != "md5" else None),
        [_row(slug, key) for key in keys],
        page,
        title="Checkout keys",
        note="A deploy key reads this repository alone, a user key whatever its owner can read.",
        offers=[kit.button(label, line("keys", "add", str(slug), kind)) for label, kind in new.items()],
    )


def _row(slug: ProjectSlug, key: CheckoutKey) -> list[kit.Block]:
    show = kit.button("Show", line("keys", "show", str(slug), key.fingerprint))
    return [kit.section(named(key)), kit.actions([show, question_blocks.button("Remove", removal(slug, key))])]


def named(key: CheckoutKey) -> str:
    """`*deploy key* c9:0b:… — preferred, made 3 days ago`."""
    notes = ["preferred"] * key.preferred + ([f"made {status_blocks.ago(key.created_at)}"] if key.created_at else [])
    about = f" — {', '.join(notes)}" if notes else ""
    return f"*{_kind(key)}* {code(key.fingerprint, 100)}{about}"


def _kind(key: CheckoutKey) -> str:
    return _TYPES.get(key.type) or code(key.type, 40)


def shown(slug: ProjectSlug, key: CheckoutKey) -> list[kit.Block]:
    """One key with its public half, which is no secret."""
    return [
        kit.section(f"{named(key)}\nof {code(str(slug))}"),
        kit.section(preformatted([key.public_key], 2000)),
        kit.actions([question_blocks.button("Remove", removal(slug, key)), _all_of(slug)]),
    ]


def _all_of(slug: ProjectSlug) -> kit.Pressable:
    return kit.button("Show the keys", line("keys", str(slug)))


def removal(slug: ProjectSlug, key: CheckoutKey) -> Question:
    used = " Checkouts use it now: it is the preferred one." if key.preferred else ""
    return Question(
        "Remove this key?",
        f"The {_kind(key)} {code(key.fingerprint, 60)} of {code(str(slug), 80)} is deleted at CircleCI.{used}",
        "Remove the key",
        line("keys", "rm", str(slug), key.fingerprint),
    )


def added(slug: ProjectSlug, key: CheckoutKey) -> Message:
    text = f":key: Added the {_kind(key)} {code(key.fingerprint, 100)} to {code(str(slug))}."
    return Message(text, [kit.section(text), kit.actions([_all_of(slug)])])


def removed(slug: ProjectSlug, fingerprint: str, *, was_there: bool) -> Message:
    text = settings_blocks.removed(f"the key {code(fingerprint, 100)} of {code(str(slug))}", was_there=was_there)
    return Message(text, [kit.section(text), kit.actions([_all_of(slug)])])


def found(keys: Sequence[CheckoutKey]) -> str:
    """What a second look has found."""
    there = " and ".join(f"the {_kind(key)} {code(key.fingerprint, 100)}" for key in keys[:5])
    return f"I looked again, and found {there or 'no such key'}."
