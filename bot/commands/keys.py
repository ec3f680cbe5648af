"""keys [list|add|show|rm] [project] … — the keys that CircleCI checks a project's code out with."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from bot.actions import confirm, subcommands, target_projects, targets
from bot.actions.lost_answer import SKEW, told
from bot.blocks import key_blocks
from bot.circleci.checkout_keys_api import Digest, KeyType
from bot.command import Command, Context, Group, Line, Reply, Request, View, line
from bot.domain import ProjectSlug
from bot.errors import NotThere, Step, UsageError
from bot.line import Written
from bot.messages import Message

_FINGERPRINT = re.compile(r"([0-9a-f]{2}:){15}[0-9a-f]{2}|SHA256:[\w+/=-]+")
_DEPLOY, _USER = cast("tuple[KeyType, KeyType]", get_args(KeyType))
_KINDS = {"deploy": _DEPLOY, "user": _USER, _DEPLOY: _DEPLOY, _USER: _USER}


@dataclass(frozen=True, slots=True)
class Args:
    """`which` is a fingerprint, or the kind of a new key."""

    verb: str
    project: str | None
    which: str
    digest: Digest
    page: int
    sure: bool

    def again(self, slug: str) -> Written:
        return line("keys", self.verb, slug, *filter(None, [self.which]))


def parse(said: Line) -> Args:
    verb, words = subcommands.read(said.words, ("list", "add", "show", "rm"))
    fits = {"list": lambda _: False, "add": _KINDS.__contains__}.get(verb, _FINGERPRINT.fullmatch)
    which, words = (words[-1], words[:-1]) if words and fits(words[-1]) else ("", words)
    subcommands.no_more(words[1:])
    if verb == "add" and not which:
        raise UsageError("Which kind? A `deploy-key` reads this repository alone, a `user-key` whatever you can read.")
    if verb in {"show", "rm"} and not which:
        raise UsageError("Which key? Name it by its fingerprint.", Step("Show the keys", line("keys", *words)))
    if (digest := said.option("digest") or "md5") not in {"md5", "sha256"}:
        raise UsageError("A digest is `md5` or `sha256`.")
    project = words[0] if words else None
    return Args(verb, project, which, cast("Digest", digest), targets.page(said), said.flag("sure"))


def acts(request: Request, args: Args) -> bool:
    return args.verb == "add" or (args.verb == "rm" and confirm.asked(request, sure=args.sure))


def opens(request: Request, said: Line) -> View | None:
    with suppress(UsageError):
        args = parse(said)
        return confirm.opens(request, sure=args.sure) if args.verb == "rm" else None
    return None


async def run(context: Context, args: Args) -> Reply:
    slug = await target_projects.project(context, args.project, args.again)
    if args.verb == "add":
        return Reply(await _add(context, slug, _KINDS[args.which]))
    if args.verb == "rm":
        return await _remove(context, slug, args)
    if args.verb == "show":
        return Reply(Message("The key", key_blocks.shown(slug, await context.circleci.checkout_key(slug, args.which))))
    keys = await context.circleci.checkout_keys(slug, args.digest)
    return Reply(Message(f"Checkout keys: {len(keys)}", key_blocks.listed(slug, keys, args.page, args.digest)))


async def _add(context: Context, slug: ProjectSlug, kind: KeyType) -> Message:
    if slug.vcs == "circleci":
        raise NotThere("CircleCI makes no checkout keys for projects that use GitLab or the GitHub App.")
    return key_blocks.added(slug, await context.circleci.add_checkout_key(slug, kind))


async def _remove(context: Context, slug: ProjectSlug, args: Args) -> Reply:
    if not confirm.asked(context.request, sure=args.sure):
        return confirm.ask(context, key_blocks.removal(slug, await context.circleci.checkout_key(slug, args.which)))
    was_there = await context.circleci.remove_checkout_key(slug, args.which)
    return Reply(key_blocks.removed(slug, args.which, was_there=was_there))


@told
async def reread(context: Context, args: Args, began_at: datetime) -> str:
    """Look whether the key is there now."""
    slug = await target_projects.project(context, args.project, args.again)
    keys = await context.circleci.checkout_keys(slug, "sha256" if args.which.startswith("SHA256:") else "md5")
    if args.verb == "add":
        return key_blocks.found([key for key in keys if key.created_at and key.created_at >= began_at - SKEW])
    return key_blocks.found([key for key in keys if key.fingerprint == args.which])


COMMAND = Command(
    name="keys",
    summary="Shows, adds and removes a project's checkout keys",
    usage="keys [list|add|show|rm] [project] [FINGERPRINT|deploy-key|user-key] [--digest KIND] [--page N] [--sure]",
    example="keys add gh/acme/web deploy-key",
    parse=parse,
    run=run,
    changes=lambda args: args.verb in {"add", "rm"},
    group=Group.SETTINGS,
    covers=(
        "GET /project/{project-slug}/checkout-key",
        "POST /project/{project-slug}/checkout-key",
        "GET /project/{project-slug}/checkout-key/{fingerprint}",
        "DELETE /project/{project-slug}/checkout-key/{fingerprint}",
    ),
    acts=acts,
    reread=reread,
    opens=opens,
)
