"""A project's checkout keys: the list, one key, what is asked before one goes, and what came of an act."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, question_blocks, settings_blocks, status_blocks
from bot.blocks.question_blocks import Confirmation
from bot.circleci.models import CheckoutKey
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _, ngettext
from bot.language.formats import join_and
from bot.messages import Message
from bot.mrkdwn import as_code, as_code_block

_TYPES = {"deploy-key": N_("deploy key"), "github-user-key": N_("user key")}


def render_list(slug: ProjectSlug, keys: Sequence[CheckoutKey], page: int, *, digest: str) -> list[kit.Block]:
    """Keys can be added where the project checks out by keys of CircleCI's (API v2: POST checkout-key)."""
    kinds = [(_("Add a Deploy Key"), "deploy-key"), (_("Add a User Key"), "user-key")]
    may_add = slug.vcs != "circleci"
    return settings_blocks.render_list(
        slug,
        format_line("project", str(slug), digest=digest if digest != "md5" else None, keys=True),
        [_row(slug, key) for key in keys],
        page=page,
        here=settings_blocks.KEYS,
        note=_("A deploy key reads this repository alone, a user key whatever its owner can read."),
        offers=[
            kit.button(label, format_line("project", "add", str(slug), kind, keys=True))
            for label, kind in (kinds if may_add else ())
        ],
    )


def _row(slug: ProjectSlug, key: CheckoutKey) -> kit.Block:
    show = format_line("project", "show", str(slug), key.fingerprint, keys=True)
    remove = build_removal_confirmation(slug, key).line
    return kit.section(format_key(key), kit.overflow([(_("Show key"), show), (_("Remove key…"), remove)]))


def format_key(key: CheckoutKey) -> str:
    """`*deploy key* c9:0b:… — preferred, made 3 days ago`."""
    made = [_("made {ago}", ago=status_blocks.format_ago(key.created_at))] if key.created_at else []
    notes = [*([_("preferred")] if key.preferred else []), *made]
    about = f" — {', '.join(notes)}" if notes else ""
    return f"*{_kind(key)}* {as_code(key.fingerprint, 100)}{about}"


def _kind(key: CheckoutKey) -> str:
    return _(_TYPES[key.type]) if key.type in _TYPES else as_code(key.type, 40)


def _name(key: CheckoutKey) -> str:
    return f"{as_code(key.fingerprint, 60)} ({_kind(key)})"


def render_details(slug: ProjectSlug, key: CheckoutKey) -> list[kit.Block]:
    """One key with its public half, which is no secret."""
    return [
        kit.section(_("{key}\nof {project}", key=format_key(key), project=as_code(slug.name))),
        kit.section(as_code_block([key.public_key], 2000)),
        kit.actions(
            [question_blocks.build_button(_("Remove"), build_removal_confirmation(slug, key)), _build_list_button(slug)]
        ),
    ]


def _build_list_button(slug: ProjectSlug) -> kit.Pressable:
    return kit.button(_("Show the Keys"), format_line("project", str(slug), keys=True))


def build_removal_confirmation(slug: ProjectSlug, key: CheckoutKey) -> Confirmation:
    what = _("CircleCI deletes the key {key} of {project}.", key=_name(key), project=as_code(slug.name, 80))
    used = _("Checkouts use it now: it is the preferred one.")
    return Confirmation(
        _("Remove key"),
        f"{what} {used}" if key.preferred else what,
        _("Remove Key"),
        format_line("project", "rm", str(slug), key.fingerprint, keys=True),
    )


def render_added(slug: ProjectSlug, key: CheckoutKey) -> Message:
    text = _(":key: Added the key {key} to {project}.", key=_name(key), project=as_code(slug.name))
    return Message(text, [kit.section(text), kit.actions([_build_list_button(slug)])])


def render_removed(slug: ProjectSlug, fingerprint: str, *, was_there: bool) -> Message:
    text = _(_REMOVED if was_there else _UNKNOWN, key=as_code(fingerprint, 100), project=as_code(slug.name))
    return Message(text, [kit.section(text), kit.actions([_build_list_button(slug)])])


_REMOVED = N_(":wastebasket: Removed the key {key} of {project}.")
_UNKNOWN = N_(
    ":information_source: CircleCI does not know the key {key} of {project}, hides it from you, or lets you only read."
)


def format_found_keys(keys: Sequence[CheckoutKey]) -> str:
    """What a second look has found."""
    if not keys:
        return _("I looked again, and found no such key.")
    there = join_and([_name(key) for key in keys[:5]])
    return ngettext(
        "I looked again, and found the key {keys}.", "I looked again, and found the keys {keys}.", len(keys), keys=there
    )
