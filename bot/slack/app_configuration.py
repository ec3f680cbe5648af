"""Slack's manifest API: makes an app, reads it back and changes it, by a person's configuration token.

Every refusal is a UsageError with what happened and what to do; no token is in it. Nothing is tried twice: an app that
was made before the answer got lost would be made again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import UsageError
from bot.slack import slack_errors
from bot.slack.app_pages import AppPages

Json = dict[str, Any]
Ask = Callable[[], Awaitable[AsyncSlackResponse]]

_MOST_SHOWN = 300
_NEW_TOKEN = "make a new one at {pages.all}, under Your App Configuration Tokens"  # noqa: S105 - a sentence
_NO_RIGHT = ("you may not make or change apps there", "ask an admin of the workspace, or a collaborator of the app")
_NOT_YOURS = ("Slack knows no such app of yours", "look up its id at {pages.all}, or ask a collaborator of the app")

_REFUSALS: Mapping[str | None, tuple[str, str]] = {
    **dict.fromkeys(
        ("invalid_auth", "not_authed", "token_revoked", "account_inactive"),
        ("Slack does not know this configuration token", _NEW_TOKEN),
    ),
    "token_expired": ("the configuration token is older than twelve hours", _NEW_TOKEN),
    "not_allowed_token_type": ("this is no configuration token", _NEW_TOKEN),
    "invalid_refresh_token": ("the refresh token was used before, or is none", _NEW_TOKEN),
    **dict.fromkeys(
        (
            *("no_permission", "access_denied", "not_in_team", "invalid_team_id", "team_access_not_granted"),
            *("enterprise_is_restricted", "accesslimited", "app_not_eligible", "failed_adding_collaborator"),
        ),
        _NO_RIGHT,
    ),
    "managed_app_limit_reached": ("you have as many apps as Slack lets you make", "delete one at {pages.all}"),
    **dict.fromkeys(
        ("app_not_found", "invalid_app_id", "invalid_app", "app_not_owned_by_manager_app"),
        _NOT_YOURS,
    ),
}
"""By Slack's code: what happened, what to do."""


@dataclass(frozen=True, slots=True)
class CreatedApp:
    """What Slack says of an app only when it makes it."""

    id: str
    client_id: str
    client_secret: str
    signing_secret: str


class AppConfiguration:
    """One person's, in one workspace."""

    def __init__(self, *, api_url: str, token: str) -> None:
        self._client = _build_client(api_url, token)
        self._pages = AppPages(api_url)

    async def create(self, manifest: Json) -> CreatedApp:
        """Raises UsageError; where nobody knows whether the app was made, it says so."""
        answer = await self._call(partial(self._client.apps_manifest_create, manifest=manifest), made=True)
        secrets = answer.get("credentials") or {}
        told = [str(secrets.get(name) or "") for name in ("client_id", "client_secret", "signing_secret")]
        return CreatedApp(answer["app_id"], *told)

    async def export(self, app_id: str) -> Json:
        """The manifest that the app has. Raises UsageError."""
        manifest: Json = (await self._call(partial(self._client.apps_manifest_export, app_id=app_id)))["manifest"]
        return manifest

    async def update(self, app_id: str, manifest: Json) -> bool:
        """Whether the app must be installed again. Raises UsageError."""
        answer = await self._call(partial(self._client.apps_manifest_update, app_id=app_id, manifest=manifest))
        return bool(answer.get("permissions_updated"))

    async def _call(self, ask: Ask, *, made: bool = False) -> AsyncSlackResponse:
        return await _call(ask, self._pages, made=made)


async def rotate_token(api_url: str, refresh_token: str) -> tuple[str, str]:
    """A configuration token and the next refresh token; the one given is spent. Raises UsageError."""
    ask = partial(_build_client(api_url).tooling_tokens_rotate, refresh_token=refresh_token)
    answer = await _call(ask, AppPages(api_url))
    return answer["token"], answer["refresh_token"]


def _build_client(api_url: str, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=api_url, retry_handlers=[])


async def _call(ask: Ask, pages: AppPages, *, made: bool = False) -> AsyncSlackResponse:
    try:
        return await ask()
    except SlackApiError as error:
        raise UsageError(_format_refusal(error, pages)) from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        unknown = f" Whether Slack made the app is not known: look at {pages.all} first." if made else ""
        raise UsageError(f"{slack_errors.format_reason(error)}: {slack_errors.CHECK_NETWORK}.{unknown}") from None


def _format_refusal(error: SlackApiError, pages: AppPages) -> str:
    code = slack_errors.find_code(error)
    if code == "invalid_manifest":
        return _format_wrong_manifest(error)
    if code == "ratelimited":
        return f"Slack was asked too often: try again in {slack_errors.get_retry_after_s(error, 60):.0f} seconds."
    told = slack_errors.format_reason(error)
    what, mend = _REFUSALS.get(code, (told, slack_errors.CHECK_NETWORK if code is None else "try again later"))
    known = f" ({told})" if code in _REFUSALS else ""
    return f"{what[0].upper()}{what[1:]}{known}: {mend.format(pages=pages)}."


def _format_wrong_manifest(error: SlackApiError) -> str:
    """The first problem: the others often follow from it. Of the manifest only the name is the person's."""
    problems = error.response.get("errors") or [{}]
    where, why = (str(problems[0].get(key) or "")[:_MOST_SHOWN] for key in ("pointer", "message"))
    if where.startswith(("/display_information/name", "/features/bot_user")):
        return f"Slack does not take this name ({why}): take another, --name NAME."
    return f"Slack refuses the manifest at {where or '/'} ({why}): install the newest release of circlebot."
