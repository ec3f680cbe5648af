"""The command line, but for what runs for months (bot/operating/run_commands.py): that is here to be told in help."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from bot import __version__, beside, logging_setup
from bot.clock import SystemClock
from bot.commands import COMMANDS
from bot.operating import arguments, backup_commands, effective_settings, environment, serve, settings_problems
from bot.operating.audit_commands import audit
from bot.operating.authorize_command import print_return_address
from bot.operating.console import print_error, say
from bot.operating.doctor_command import list_workspaces, print_findings
from bot.operating.health import print_health
from bot.operating.key_commands import keys
from bot.operating.operator_records import record_done
from bot.operating.outbox_commands import outbox
from bot.operating.people_commands import people
from bot.operating.process import CommandFailed, run_async
from bot.operating.run_commands import PROGRAMS
from bot.operating.slack_app.slack_commands import slack
from bot.operating.workspace_commands import workspaces
from bot.settings import Settings
from bot.slack.manifest import as_yaml
from bot.slack.manifest import build_manifest as slack_manifest
from bot.store.engine.migrate import get_head

app = App(name="circlebot", help="CircleCI in Slack, on your own machine.", version=__version__)
for _name, _run in PROGRAMS.items():
    app.command(_run, name=_name)
app.command(keys)
app.command(slack)
app.command(backup_commands.backup)
app.command(backup_commands.restore)
app.command(backup_commands.move)
app.command(outbox)
app.command(people)
app.command(workspaces)
app.command(print_return_address, name="authorize")
app.command(audit)
app.command(print_findings, name="doctor")
app.command(print_health, name="health")


def _check_port(_type: object, port: int) -> None:
    if not 1 <= port <= 65535:
        raise ValueError("must be from 1 to 65535")


def _check_speed(_type: object, speed: float) -> None:
    if not 0 < speed < math.inf:
        raise ValueError("must be more than 0")


Port = Annotated[int, Parameter(validator=_check_port, help="Port of the page, on this machine.")]
Speed = Annotated[float, Parameter(validator=_check_speed, help="Seconds that pass at CircleCI in one second here.")]


def main() -> None:
    """Run one command. An argument that it does not take is one sentence, and exit code 1."""
    try:
        app(exit_on_error=False, print_error=False)
    except CycloptsError as error:
        print_error(arguments.format_error(error))
        sys.exit(1)


@app.command
def demo(*, port: Port = 3000) -> None:
    """A Slack-like workspace in the browser, a CircleCI, and the real bot between them."""
    beside.make_importable()
    from bot.operating.demo import run_demo  # noqa: PLC0415 - no other command should pay for the sandbox

    logging_setup.configure("console")
    run_async(run_demo(port))


@app.command
def drill(
    *scenes: Annotated[Literal["kill", "outage", "restore"], Parameter(help="Without one, all three.")],
    port: Port = 3000,
) -> None:
    """Kill the demo's bot, break Slack and CircleCI, lose and restore the database, and count what was told.

    It plays in the demo at PORT, for all to see on its page; where none runs, in one of its own. Exit code 1 when an
    outcome was lost or told twice.
    """
    beside.make_importable()
    from bot.operating.drill_command import run_drill  # noqa: PLC0415 - no other command should pay for the sandbox

    logging_setup.configure("console")
    if not run_async(run_drill(port, scenes)):
        sys.exit(1)


@app.command
def sandbox(
    *,
    port: Port = 3000,
    speed: Speed = 1.0,
    events_url: Annotated[
        str | None, Parameter("--events-url", help="Where Slack sends signed HTTP; without it, Socket Mode.")
    ] = None,
    manifest: Annotated[
        Path | None,
        Parameter(
            "--manifest",
            help="Manifest of another app, YAML or JSON: Slack then has its scopes, commands, shortcuts and events.",
        ),
    ] = None,
    public_url: Annotated[
        str | None,
        Parameter(
            "--public-url",
            help="Its address behind a proxy: pages of other addresses are not answered.",
        ),
    ] = None,
) -> None:
    """The two simulators and the page, for a bot that you start yourself."""
    beside.make_importable()
    from bot.operating.demo import run_sandbox  # noqa: PLC0415 - no other command should pay for the sandbox

    logging_setup.configure("console")
    run_async(run_sandbox(port, speed=speed, events_url=events_url, manifest_file=manifest, public_url=public_url))


@app.command
def migrate() -> None:
    """Bring the database to this release."""
    run_async(serve.migrate_database(environment.require_settings(settings_problems.find_database_problems)))
    say(f"The database is at {get_head()}.")


@app.command
def config(
    *, as_json: Annotated[bool, Parameter("--json", negative=(), help="As JSON, for programs.")] = False
) -> None:
    """Print every setting and where it comes from; of a secret its length."""
    read = environment.read_environment()
    say(effective_settings.format_json(read) if as_json else effective_settings.format_table(read))
    if read.problems:
        sys.exit(1)


@app.command
def manifest(
    *,
    url: Annotated[str | None, Parameter(help="Where Slack reaches circlebot; without it, Socket Mode.")] = None,
    rotation: Annotated[
        bool,
        Parameter("--rotation", negative=(), help="Tokens of twelve hours, for OAuth: Slack cannot take that back."),
    ] = False,
) -> None:
    """The Slack manifest for Socket Mode, or for HTTP at --url."""
    if rotation and url is None:
        raise CommandFailed("tokens are rotated for those who install by OAuth: say --url too.")
    if url is not None and not url.startswith("https://"):
        raise CommandFailed("Slack sends to https:// addresses only.")
    say(as_yaml(slack_manifest(url=url, rotates_tokens=rotation)).rstrip())


@app.command
def apply(
    file: Annotated[Path, Parameter(help="YAML, as `circlebot export` writes it.")],
    *,
    dry_run: Annotated[bool, Parameter("--dry-run", negative=(), help="Only show what would change.")] = False,
    external: Annotated[
        bool, Parameter("--external", negative=(), help="Rules are meant for channels that other companies read, too.")
    ] = False,
    unknown: Annotated[
        bool, Parameter("--unknown", negative=(), help="People, groups and projects that nobody knows are meant.")
    ] = False,
) -> None:
    """Make subscriptions, policy, hours and presets what FILE says."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read ({type(error).__name__}).") from None
    settings = environment.require_settings(settings_problems.find_store_problems)
    say(run_async(_apply_file(settings, text, dry_run=dry_run, external=external, unknown=unknown)))


@app.command
def export(
    *,
    workspace: Annotated[
        str | None, Parameter(help="Its id (T…); without it, all workspaces that have anything.")
    ] = None,
) -> None:
    """Subscriptions, policy, hours and presets as a file that `circlebot apply` reads."""
    text = run_async(_export_workspaces(environment.require_settings(settings_problems.find_store_problems), workspace))
    if not text.strip():
        raise CommandFailed("No workspace has anything here yet: name one with --workspace.")
    say(text.rstrip())


async def _apply_file(settings: Settings, text: str, *, dry_run: bool, external: bool, unknown: bool) -> str:
    from bot.diagnostics import policy_names  # noqa: PLC0415 - with the rest
    from bot.operating.as_code import document, external_rules, plan  # noqa: PLC0415 - reading YAML takes 8 MB

    names = [word for command in COMMANDS for word in (command.name, *command.aliases)]
    async with serve.open_store(settings) as store:
        installed = await list_workspaces(settings, store)
        async with external_rules.open_places(settings, store) as places:
            shared = await external_rules.list_external(store, text, places.is_external)
        told, now = external_rules.check_meant(shared, meant=external or dry_run), SystemClock().now()
        names_of_nobody = await policy_names.check_file(settings, store, document.list_placed_names(text))
        doubts = policy_names.check_meant(names_of_nobody, meant=unknown or dry_run)
        changes = await plan.apply_documents(store, text, commands=names, installed=installed, now=now, dry_run=dry_run)
    return "\n".join([*told, *map(str, changes), *doubts, plan.format_summary(changes)])


async def _export_workspaces(settings: Settings, workspace: str | None) -> str:
    from bot.operating.as_code.export import export_documents  # noqa: PLC0415 - it takes 8 MB

    async with serve.open_store(settings) as store:
        text = await export_documents(store, workspace)
        await record_done(store, "export", what=workspace or "all workspaces")
    return text
