"""The environment (or `.env`), read once into a frozen Settings. Nobody else reads os.environ.

Bolt reads some of these names on its own; bot/app/builders.py builds it so that only what is here counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from dotenv.parser import parse_stream
from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.language.spoken import ENGLISH, NAMES
from bot.secret_hashes import opened_secrets
from bot.setting_files import SettingFiles, Variables, refuse_unusable, to_file_name

_KEPT = r"(act|rule|policy|account|read|install|operation)=[1-9]\d{0,4}"
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_ENV_FILE = ".env"


@dataclass(frozen=True, slots=True)
class EnvFile:
    """`.env` as it is written: the names in it, the lines that are none, or why it cannot be read at all."""

    names: tuple[str, ...] = ()
    unreadable: tuple[int, ...] = ()
    error: str | None = None


def read_env_file() -> EnvFile:
    try:
        with Path(_ENV_FILE).open(encoding="utf-8") as file:
            lines = list(parse_stream(file))
    except FileNotFoundError:
        return EnvFile()
    except (OSError, UnicodeDecodeError) as error:
        return EnvFile(error=type(error).__name__)
    unreadable = (one.original for one in lines if one.error)
    numbers = (one.line + len(one.string) - len(one.string.lstrip("\n")) for one in unreadable)
    return EnvFile(tuple(one.key for one in lines if one.key), tuple(numbers))


def find_origins(*, env_file: bool) -> dict[str, str]:
    """Where each setting that is set comes from: `environment`, `.env`, or the file's path; by the setting's name."""
    variables = {"environment": _get_variables(EnvSettingsSource(Settings))}
    if env_file:
        variables[_ENV_FILE] = _get_variables(DotEnvSettingsSource(Settings))
    found: dict[str, str] = {}
    for origin, given in variables.items():
        for name in Settings.model_fields:
            file = given.get(to_file_name(name))
            if where := f"file {file}" if file else origin if given.get(name) else None:
                found.setdefault(name, where)
    return found


def get_env_names() -> list[str]:
    """All names that are set in it."""
    return list(os.environ)


def _add_slash(url: str) -> str:
    return url.rstrip("/") + "/"


def _strip_slash(url: str) -> str:
    return url.rstrip("/")


def is_local(url: str) -> bool:
    """Whether an address leads no further than this machine."""
    try:
        return urlsplit(url).hostname in _THIS_MACHINE
    except ValueError:
        return False


def _find_password(url: str) -> str | None:
    """Of an address; None where it has none, or is no address."""
    try:
        return unquote(urlsplit(url).password or "") or None
    except ValueError:
        return None


def _check_language(language: str) -> str:
    if language not in NAMES:
        raise ValueError(f"is none that we have: {', '.join(NAMES)}")
    return language


def _get_variables(source: PydanticBaseSettingsSource) -> Variables:
    """Those that are set to something, by their names in lower case."""
    return source.env_vars if isinstance(source, EnvSettingsSource) else {}


class Settings(BaseSettings):
    """What a person sets, with what holds when they do not; docs/settings.md is made of it.

    Raises pydantic.ValidationError when a value cannot be read; the secret itself is never in the message.
    """

    model_config = SettingsConfigDict(
        env_file=_ENV_FILE, extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    slack_bot_token: SecretStr | None = None
    """One workspace; many install by OAuth instead."""
    slack_app_token: SecretStr | None = None
    """Socket Mode when it is set, else HTTP."""
    slack_signing_secret: SecretStr | None = None
    """For HTTP."""
    slack_client_id: str | None = None
    """OAuth: people install at `/slack/install`."""
    slack_client_secret: SecretStr | None = None
    """Belongs to `SLACK_CLIENT_ID`."""
    slack_api_url: Annotated[str, AfterValidator(_add_slash)] = "https://slack.com/api/"
    """Another one only for tests."""
    allow_http: bool = False
    """Allows `http://` addresses of other machines for Slack and CircleCI; anybody on the way can read the tokens."""

    circleci_url: Annotated[str, AfterValidator(_strip_slash)] = "https://circleci.com"
    """Or your CircleCI Server."""
    circleci_token: SecretStr | None = None
    """A service account for polling; without one, the tokens of the people who asked are used."""
    circleci_token_workspaces: Annotated[frozenset[str], NoDecode] = frozenset()
    """The workspaces that it reads for: `T012AB3CD,T045EF6GH`, or `*`; in the others, people's own tokens are used.
    Unset: the one of `SLACK_BOT_TOKEN`; with OAuth none."""
    circleci_api_v3: Literal["auto", "on", "off"] = "auto"
    """API v3 beside v2, for what it does better: `auto` asks CircleCI's cloud once whether it is there, `on` any host,
    `off` none; whatever it cannot answer, v2 does."""
    circleci_webhook_secret: SecretStr | None = None
    """Then `POST /circleci/webhook` makes circlebot read the project at once."""

    public_url: Annotated[str | None, AfterValidator(lambda url: url and _strip_slash(url))] = None
    """Where Slack and browsers reach `circlebot web`."""
    host: str | None = None
    """Unset: `0.0.0.0`; but `circlebot run` in Socket Mode without `PUBLIC_URL` or `CIRCLECI_WEBHOOK_SECRET` listens on
    `127.0.0.1`: where a platform looks at `/healthz` from outside, set `0.0.0.0`."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Where it listens."""
    admin_host: str = "127.0.0.1"
    """Where `/metrics` and the reasons of `/readyz` are served."""
    admin_port: int = Field(default=9090, ge=0, le=65535)
    """`0`: they are served nowhere."""

    database_url: SecretStr = SecretStr("sqlite:///circlebot.db")
    """Or `postgresql://…`, with the extra `postgresql`."""
    encryption_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Comma-separated; the first one encrypts."""
    admin_users: Annotated[frozenset[str], NoDecode] = frozenset()
    """Comma-separated: `T…/U…` (workspace and user); just `U…` where `SLACK_BOT_TOKEN` is set."""
    allowed_workspaces: Annotated[frozenset[str], NoDecode] = frozenset()
    """OAuth: ids of the workspaces that may install it, comma-separated; unset: any may."""
    uninstall_grace_days: float = Field(default=30.0, ge=0)
    """For how many days a workspace that removed the app finds its rules again; its secrets are deleted at once."""
    allow_external: Annotated[frozenset[str], NoDecode] = frozenset()
    """Other workspaces whose people may use it in shared channels (`T…`, comma-separated; `*`: all); unset: nobody from
    another workspace may."""
    allow_guests: bool = False
    """Whether guests may use it; without the scope `users:read` Slack does not say who is a guest, and everybody counts
    as a member."""
    allow_pasted_tokens: bool = True
    """Whether people may paste a personal API token, which carries all their rights. `false`: they connect at
    CircleCI's own page alone, which a CircleCI Server has not; tokens that were pasted before go on."""
    poll_interval_s: float = Field(default=5.0, gt=0)
    """How often a running pipeline is read."""
    slack_pace: float = Field(default=1.0, gt=0)
    """How many times as fast as Slack's documents allow (a post a second a channel)."""
    summarise_after_h: float = Field(default=24.0, gt=0)
    """Messages that could not be sent for this many hours become one summary for each channel and project."""
    failpoint: str | None = Field(default=None, pattern=r"^[a-z_.]+(@[1-9]\d*)?$")
    """For tests, with Slack and CircleCI on this machine: the step at which the process kills itself."""
    delivery_steps: str | None = None
    """For tests, as above: the file to which each step of a delivery is added."""
    language: Annotated[str, AfterValidator(_check_language)] = ENGLISH
    """Or `de`: what is posted to channels; what one person alone reads is in the language of their Slack, or as
    `/circle me --language de` says."""
    otel_exporter_otlp_endpoint: str | None = None
    """Where traces go, by OTLP over HTTP, with the extra `tracing`: `http://localhost:4318`. OpenTelemetry's other
    `OTEL_…` names count too."""
    audit_log: str = "none"
    """Where each row of the record goes as a line of JSON, for a SIEM: `none`, `stdout`, or the path of a file."""
    retention_audit: str = Field(default="", pattern=rf"^({_KEPT}(,{_KEPT})*)?$")
    """Days after which rows of the record are deleted, by kind: `read=90,act=730` (`act`, `rule`, `policy`, `account`,
    `read`, `install`, `operation`); unset: none ever are. Acts stay thirty days at least."""
    log_format: Literal["console", "json"] = "console"
    """Or `json`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged: `debug`, `info`, `warning` or `error`."""

    @field_validator(
        "encryption_keys",
        "admin_users",
        "allowed_workspaces",
        "allow_external",
        "circleci_token_workspaces",
        mode="before",
    )
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    _refuse_unusable = field_validator("*", mode="before")(refuse_unusable)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - a folder with a file for each: not offered
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """In the order in which they count."""
        variables = {**_get_variables(dotenv_settings), **_get_variables(env_settings)}
        return init_settings, SettingFiles(settings_cls, variables), env_settings, dotenv_settings

    def model_post_init(self, _context: Any) -> None:
        """Our log never shows what is secret here."""
        for name, secret in self._list_secrets():
            opened_secrets.remember(f"setting:{name}", secret, for_ever=True)

    def _list_secrets(self) -> Iterator[tuple[str, str]]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            for number, one in enumerate(value if isinstance(value, tuple) else (value,)):
                if isinstance(one, SecretStr):
                    yield f"{name}:{number}", one.get_secret_value()
        if password := _find_password(self.database_url.get_secret_value()):
            yield "database_password", password

    @property
    def served_workspaces(self) -> frozenset[str] | None:
        """Those that CIRCLECI_TOKEN reads for; None: every one, which is the one of SLACK_BOT_TOKEN, or `*`."""
        alone = not self.circleci_token_workspaces and not self.oauth
        return None if alone or "*" in self.circleci_token_workspaces else self.circleci_token_workspaces

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.get_secret_value().startswith("sqlite")

    @property
    def socket_mode(self) -> bool:
        return self.slack_app_token is not None

    def get_listen_host(self, *, apart: bool) -> str:
        """Everywhere, where somebody outside has to reach us: Slack without Socket Mode, or CircleCI's webhooks.

        What stands `apart` from the worker is for platforms, which end a process that they do not reach.
        """
        awaited = apart or not self.socket_mode or self.public_url or self.circleci_webhook_secret
        return self.host or ("0.0.0.0" if awaited else "127.0.0.1")  # noqa: S104 - containers route to any address

    @property
    def in_sandbox(self) -> bool:
        """Slack and CircleCI are both of this machine, so that nothing real comes to harm."""
        return all(map(is_local, (self.slack_api_url, self.circleci_url)))

    @property
    def oauth(self) -> bool:
        return bool(self.slack_client_id and self.slack_client_secret)
