"""keys, said `project --keys` — the keys that CircleCI checks a project's code out with."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from bot.actions import act_targets, confirm, subcommands, target_projects, targets
from bot.actions.lost_answer import SKEW, catch_errors
from bot.blocks import key_blocks
from bot.circleci.checkout_keys_api import Digest, KeyType
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, format_line
from bot.domain import ProjectSlug
from bot.errors import TargetError, UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message

_CHANGES = ("add", "rm")
_FINGERPRINT = re.compile(r"([0-9a-f]{2}:){15}[0-9a-f]{2}|SHA256:[\w+/=-]+")
_DEPLOY, _USER = cast("tuple[KeyType, KeyType]", get_args(KeyType))
_KINDS = {"deploy": _DEPLOY, "user": _USER, _DEPLOY: _DEPLOY, _USER: _USER}


@dataclass(frozen=True, slots=True)
class KeysArgs:
    """`which` is a fingerprint, or the kind of a new key."""

    verb: str
    project: str | None
    which: str
    digest: Digest
    page: int
    sure: bool

    def to_line(self, slug: str) -> Written:
        return format_line("project", self.verb, slug, *filter(None, [self.which]), keys=True)


def parse(line: ParsedLine) -> KeysArgs:
    verb, words = subcommands.parse(line.words, ("list", "add", "show", "rm"))
    fits = {"list": lambda _: False, "add": _KINDS.__contains__}.get(verb, _FINGERPRINT.fullmatch)
    which, words = (words[-1], words[:-1]) if words and fits(words[-1]) else ("", words)
    subcommands.check_no_more(words[1:])
    verb = subcommands.list_if_unnamed(verb, which, {"add", "show", "rm"})
    if (digest := line.get_value("digest") or "md5") not in {"md5", "sha256"}:
        raise UsageError(_("A digest is `md5` or `sha256`."))
    project = words[0] if words else None
    return KeysArgs(verb, project, which, cast("Digest", digest), targets.parse_page(line), line.has_flag("sure"))


def is_write(request: Request, args: KeysArgs) -> bool:
    return args.verb == "add" or (args.verb == "rm" and confirm.is_confirmed(request, sure=args.sure))


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    with suppress(UsageError):
        args = parse(line)
        return confirm.build_loading_modal(request, _("Remove key"), sure=args.sure) if args.verb == "rm" else None
    return None


async def run(context: Context, args: KeysArgs) -> Reply:
    slug = await target_projects.resolve_project(context, args.project, args.to_line)
    if args.verb in _CHANGES:
        await act_targets.check_project_act(context, slug)
    if args.verb == "add":
        return Reply(await _add(context, slug, _KINDS[args.which]))
    if args.verb == "rm":
        return await _remove(context, slug, args)
    if args.verb == "show":
        return Reply(
            Message(
                _("The key"),
                key_blocks.render_details(slug, await context.circleci.fetch_checkout_key(slug, args.which)),
            )
        )
    keys = await context.circleci.list_checkout_keys(slug, args.digest)
    return Reply(
        Message(
            _("Checkout keys: {count}", count=len(keys)),
            key_blocks.render_list(slug, keys, args.page, digest=args.digest),
        )
    )


async def _add(context: Context, slug: ProjectSlug, kind: KeyType) -> Message:
    if slug.vcs == "circleci":
        raise TargetError(_("CircleCI makes no checkout keys for projects that use GitLab or the GitHub App."))
    return key_blocks.render_added(slug, await context.circleci.add_checkout_key(slug, kind))


async def _remove(context: Context, slug: ProjectSlug, args: KeysArgs) -> Reply:
    if not confirm.is_confirmed(context.request, sure=args.sure):
        return confirm.ask(
            context,
            key_blocks.build_removal_confirmation(slug, await context.circleci.fetch_checkout_key(slug, args.which)),
        )
    was_there = await context.circleci.remove_checkout_key(slug, args.which)
    return Reply(key_blocks.render_removed(slug, args.which, was_there=was_there))


@catch_errors
async def resolve_lost_answer(context: Context, args: KeysArgs, began_at: datetime) -> str:
    """Look whether the key is there now."""
    slug = await target_projects.resolve_project(context, args.project, args.to_line)
    keys = await context.circleci.list_checkout_keys(slug, "sha256" if args.which.startswith("SHA256:") else "md5")
    if args.verb == "add":
        return key_blocks.format_found_keys(
            [key for key in keys if key.created_at and key.created_at >= began_at - SKEW]
        )
    return key_blocks.format_found_keys([key for key in keys if key.fingerprint == args.which])


COMMAND = Command(
    name="keys",
    summary=N_("Shows, adds and removes a project's checkout keys"),
    usage=(
        "project --keys [list|add|show|rm] [project] [FINGERPRINT|deploy-key|user-key] "
        "[--digest KIND] [--page N] [--sure]"
    ),
    example="project --keys add acme/web deploy-key",
    parse=parse,
    run=run,
    is_change=lambda args: args.verb in _CHANGES,
    group=Group.PROJECTS,
    endpoints=(
        "GET /project/{project-slug}/checkout-key",
        "POST /project/{project-slug}/checkout-key",
        "GET /project/{project-slug}/checkout-key/{fingerprint}",
        "DELETE /project/{project-slug}/checkout-key/{fingerprint}",
    ),
    writes=is_write,
    resolve_lost_answer=resolve_lost_answer,
    build_first_modal=build_first_modal,
)
