"""`circlebot slack update`: an app gets this release's manifest, once the person has seen what changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.operating import prompts
from bot.operating.console import say
from bot.operating.process import CommandFailed, run_async
from bot.operating.slack_app import env_file, manifest_changes
from bot.operating.slack_app.config_token import read_config_token
from bot.operating.slack_app.setup_settings import SetupSettings
from bot.slack.app_configuration import AppConfiguration
from bot.slack.app_pages import AppPages


@dataclass(frozen=True, kw_only=True)
class UpdateWish:
    """Without `app` the one of SLACK_APP_ID, without `url` reached as before."""

    app: str | None = None
    url: str | None = None
    agreed: bool = False
    dry_run: bool = False
    token_file: Path | None = None


def update_app(wish: UpdateWish) -> bool:
    """Whether the app is as this release wants it, or was only to be looked at. Raises CommandFailed and UsageError."""
    settings = env_file.require_readable_settings()
    app_id = wish.app or SetupSettings().slack_app_id
    if app_id is None:
        raise CommandFailed(f"which app? --app A…; its id stands at {AppPages(settings.slack_api_url).all}.")
    token = read_config_token(wish.token_file, api_url=settings.slack_api_url)
    configuration = AppConfiguration(api_url=settings.slack_api_url, token=token)
    there = run_async(configuration.export(app_id))
    wanted = manifest_changes.build_wanted(there, url=wish.url)
    changes = manifest_changes.list_changes(there, wanted)
    if not changes:
        say(f"ok   app — {app_id} has this release's manifest")
        return True
    say("\n".join(changes))
    if wish.dry_run:
        return True
    if not wish.agreed and not _agrees():
        say("next agree — run the same command with --yes; nothing was changed")
        return False
    must_install = run_async(configuration.update(app_id, wanted))
    say(f"ok   app — {app_id} has this release's manifest now")
    if must_install or manifest_changes.wants_more_scopes(there, wanted):
        pages = AppPages(settings.slack_api_url, app_id)
        say(f"next install it again — open {pages.install} (until then Slack does not give it the new scopes)")
    return True


def _agrees() -> bool:
    return prompts.is_there() and prompts.ask("Change the app so? [y/N] ").lower() in {"y", "yes"}
