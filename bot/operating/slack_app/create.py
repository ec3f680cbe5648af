"""`circlebot slack create`: from a configuration token to hello in a channel, each step once.

What is done is known from the settings, so the same command goes on where it stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.operating import prompts, serve
from bot.operating.console import say
from bot.operating.doctor_command import examine
from bot.operating.findings import format_line
from bot.operating.process import CommandFailed, run_async
from bot.operating.slack_app import env_file
from bot.operating.slack_app.config_token import read_config_token
from bot.operating.slack_app.setup_settings import SetupSettings
from bot.settings import Settings
from bot.slack.app_configuration import AppConfiguration, CreatedApp
from bot.slack.app_pages import AppPages
from bot.slack.hello import fetch_workspace, say_hello
from bot.slack.manifest import build_manifest

_TOKEN = re.compile(r"[\w-]+")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
_NAMED_APP = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")


@dataclass(frozen=True, kw_only=True)
class AppWish:
    """What the person who sets it up says: HTTP at `url`, else Socket Mode; `many` workspaces; hello in `channel`."""

    url: str | None = None
    many: bool = False
    name: str = "circlebot"
    channel: str | None = None
    token_file: Path | None = None


@dataclass(frozen=True)
class NeededToken:
    """A token that only a person can fetch, and where."""

    setting: str
    prefix: str
    what: str
    how: str


def create_app(wish: AppWish) -> bool:
    """Whether all is done; else it has said what is a person's turn. Raises CommandFailed and UsageError."""
    settings = env_file.make_env_file()
    app_id = SetupSettings().slack_app_id
    if app_id:
        _check_same(wish, settings)
    else:
        app_id = _make_app(wish, settings)
    pages = AppPages(settings.slack_api_url, app_id)
    say(f"ok   app — {app_id}, {pages.app}")
    if not _fetch_tokens(app_id, pages):
        return False
    settings = env_file.require_readable_settings()
    _check(settings)
    _greet(wish.channel, settings)
    _say_next(settings, pages)
    return True


def _check_same(wish: AppWish, settings: Settings) -> None:
    if wish.url and wish.url != settings.public_url:
        raise CommandFailed(
            f"SLACK_APP_ID is set, so the app is there, and not for {wish.url}: "
            f"`circlebot slack update --url {wish.url}` changes it."
        )


def _make_app(wish: AppWish, settings: Settings) -> str:
    """Its id. What Slack tells only now is in `.env` before anything else happens."""
    if problem := next(_find_conflicts(wish, settings), None):
        raise CommandFailed(problem)
    token = read_config_token(wish.token_file, api_url=settings.slack_api_url)
    configuration = AppConfiguration(api_url=settings.slack_api_url, token=token)
    created = run_async(configuration.create(build_manifest(url=wish.url, name=wish.name)))
    env_file.add_settings(_list_settings(wish, created, settings))
    return created.id


def _find_conflicts(wish: AppWish, settings: Settings) -> Iterator[str]:
    if settings.slack_bot_token or settings.oauth:
        yield (
            "there is an app already (SLACK_BOT_TOKEN or SLACK_CLIENT_ID is set): `circlebot slack update --app A…` "
            "brings it to this release; for a new app, unset them."
        )
    if wish.many and not wish.url:
        yield "many workspaces install it by OAuth, which needs an address: --url https://…"
    if wish.url and settings.slack_app_token:
        yield "SLACK_APP_TOKEN is set, which means Socket Mode: unset it, or leave --url out."
    if wish.url and settings.public_url not in {None, wish.url}:
        yield f"PUBLIC_URL is {settings.public_url}, and --url is {wish.url}: make them the same."


def _list_settings(wish: AppWish, created: CreatedApp, settings: Settings) -> dict[str, str]:
    """What the app needs of us: over HTTP the secret that signs, for many workspaces what OAuth is done with."""
    values = {"SLACK_APP_ID": created.id}
    if wish.url:
        values |= {"SLACK_SIGNING_SECRET": created.signing_secret}
        values |= {} if settings.public_url else {"PUBLIC_URL": wish.url}
    if wish.many:
        values |= {"SLACK_CLIENT_ID": created.client_id, "SLACK_CLIENT_SECRET": created.client_secret}
    return values


def _fetch_tokens(app_id: str, pages: AppPages) -> bool:
    """Ask for each token that is missing, in turn; without a terminal, say all of them and return False."""
    settings = env_file.require_readable_settings()
    missing = list(_list_missing(settings, pages))
    for one in missing:
        say(f"next {one.what} — {one.how}")
        if prompts.is_there():
            env_file.add_settings({one.setting: _ask_token(one, app_id)})
    if missing and not prompts.is_there():
        names = " and ".join(one.setting for one in missing)
        say(f"next then — set {names} in the environment or in .env, and run the same command again")
        return False
    return True


def _list_missing(settings: Settings, pages: AppPages) -> Iterator[NeededToken]:
    if not settings.slack_bot_token and not settings.oauth:
        how = f"open {pages.install} and press Allow, then copy the Bot User OAuth Token from {pages.bot_token}"
        yield NeededToken("SLACK_BOT_TOKEN", "xoxb-", "bot token", how)
    if not settings.slack_app_token and not settings.slack_signing_secret:
        how = (
            f"open {pages.app_tokens} and press Generate Token and Scopes under App-Level Tokens, add "
            "connections:write, press Generate, and copy it"
        )
        yield NeededToken("SLACK_APP_TOKEN", "xapp-", "app-level token", how)


def _ask_token(needed: NeededToken, app_id: str) -> str:
    """Until what is typed can be that token."""
    while True:
        token = prompts.ask_secret(f"     {needed.what} ({needed.prefix}…), unseen: ")
        named = _NAMED_APP.match(token)
        if not (token.startswith(needed.prefix) and _TOKEN.fullmatch(token)):
            say(f"     That is none: it begins with {needed.prefix}.")
        elif named and named[1] != app_id:
            say(f"     That one is of another app, {named[1]}.")
        else:
            return token


def _check(settings: Settings) -> None:
    """Raises CommandFailed; each finding has been printed."""
    if settings.on_sqlite:
        run_async(serve.migrate_database(settings))
    found = run_async(examine(settings))
    say("\n".join(map(format_line, found)))
    if any(one.symptom for one in found):
        raise CommandFailed("mend what FAILs, and run the same command again.")


def _greet(channel: str | None, settings: Settings) -> None:
    if not settings.slack_bot_token:
        return
    if channel is None and prompts.is_there():
        channel = prompts.ask("Say hello in which channel? #name, or nothing: ")
    if not channel:
        return
    place = channel if _CHANNEL_ID.fullmatch(channel) else f"#{channel.removeprefix('#')}"
    said = run_async(_say_hello_once(settings, settings.slack_bot_token.get_secret_value(), place))
    say(f"ok   hello — {'said' if said else 'was said before'} in {place}")


async def _say_hello_once(settings: Settings, token: str, place: str) -> bool:
    """False if it was said before. What cannot be said is not remembered: the transaction ends with the error."""
    workspace = await fetch_workspace(settings.slack_api_url, token)
    async with serve.open_store(settings) as store, store.begin() as tx:
        is_new = await tx.greetings.insert(workspace, place, SystemClock().now())
        if is_new:
            await say_hello(settings.slack_api_url, token, place, language=settings.language)
    return is_new


def _say_next(settings: Settings, pages: AppPages) -> None:
    passing = " and ".join(env_file.list_passing("slack_bot_token", "slack_app_token"))
    needs = f", with {passing} in its environment: .env does not have them" if passing else ""
    say(f"next start it — circlebot run{needs}")
    if not settings.socket_mode:
        say(f"next address — once it runs at {settings.public_url}, open {pages.events} and press Retry")
    if settings.oauth:
        say(f"next install it — {settings.public_url}/slack/install, in each workspace")
