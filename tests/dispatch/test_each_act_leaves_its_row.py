"""Each verb of each command only shows something, or leaves a row of the record; a new one has to be named here."""

from __future__ import annotations

import re
from pathlib import Path

from bot.commands import COMMANDS
from bot.domain.audit_records import AuditRecord
from tests.plugins.world import GRACE, World, run_world

WEB = "gh/acme/web"
BOT, FORM = "<@U0CIRCLEBOT> ", "form: "
"""Said to the bot, and done once a dialog is submitted; else by a slash command."""

SHOWS = """
policy show, policy explain, policy history, policy diff, admin people, admin rules, admin webhooks, admin budgets,
admin workspaces, admins list, undelivered list, keys list, keys show, preset list, freeze list, env list, env show,
schedules list,
webhooks list, contexts list, contexts show, audit, doctor, help, tour, project, projects, orgs, status, pipeline,
deploys, promote, config, values, jobs, workflow, recent, now, propose, why, logs, tests, artifacts, compare, flaky,
insights, job, subscriptions, user
"""
BEFORE = "connect, trigger, subscribe"
"""What `_prepare` does."""
ELSEWHERE = {
    "env set": "tests/security/test_no_secret_is_ever_in_the_record.py",
    "undelivered retry": "tests/commands/test_undelivered.py",
    "undelivered drop": "tests/commands/test_undelivered.py",
    **dict.fromkeys(
        ("requests approve", "requests decline", "requests withdraw"), "tests/commands/test_requests_of_two.py"
    ),
    "rollback": "tests/commands/test_rollback.py",
    "keys rm": "tests/commands/test_keys.py",
    "webhooks install": "tests/commands/test_webhooks.py",
    "webhooks rm": "tests/commands/test_webhooks.py",
}
LINES: tuple[tuple[str, str, str], ...] = (
    ("me --login octocat", "account", "me"),
    ("me --language en", "account", "me"),
    ("me --stop failed", "account", "me"),
    ("me --export", "account", "me --export"),
    (f"admins add <@{GRACE}>", "policy", "admins added"),
    (f"admins rm <@{GRACE}>", "policy", "admins removed"),
    ("policy add deny guests do rerun", "policy", "policy"),
    ("policy change 1 deny guests do trigger", "policy", "policy"),
    (f"{BOT}policy rm 1 --sure", "policy", "policy"),
    (f"{BOT}policy undo --sure", "policy", "policy"),
    ("audit --live on", "policy", "audit"),
    ("audit --head daily", "policy", "audit"),
    ("audit --csv", "operation", "audit export"),
    (f"use {WEB}", "rule", "use"),
    (f"project {WEB} --mark no-logs", "policy", "project --mark"),
    (f"project {WEB} --unmark no-logs", "policy", "project --unmark"),
    (f"project --keys add {WEB} deploy-key", "act", "keys"),
    (f"ask {WEB} {{held}} approve-staging", "act", "ask"),
    (f"approve {WEB} {{held}} approve-staging", "act", "approve"),
    (f"mute --reminders {WEB} {{held}}", "rule", "unremind"),
    (f"cancel {WEB} {{held}}", "act", "cancel"),
    (f"rerun {WEB} {{failed}} build-and-test", "act", "rerun"),
    (f"looking {WEB} {{failed}}", "rule", "looking"),
    (f"again {WEB} {{failed}}", "act", "trigger"),
    (f"preset save ship {WEB} --branch main", "rule", "preset"),
    (f"{BOT}preset rm ship", "rule", "preset"),
    ("mute 2h", "rule", "mute"),
    ("unmute", "rule", "unmute"),
    ("quiet 22:00-08:00", "rule", "quiet"),
    ("undo", "rule", "undo"),
    (f"{BOT}subscribe --takeover 2 --sure", "rule", "takeover"),
    ("unsubscribe 2", "rule", "unsubscribe"),
    (f"schedules add {WEB} weekly --on MON --at 3 --branch main", "act", "schedules"),
    (f"schedules pause {WEB} weekly", "act", "schedules"),
    (f"schedules resume {WEB} weekly", "act", "schedules"),
    (f"{FORM}schedules rm {WEB} weekly", "act", "schedules"),
    (f"{FORM}env rm {WEB} NPM_TOKEN", "act", "env"),
    (f'freeze add {WEB} "Black Friday" until monday 9:00', "act", "freeze"),
    ("freeze end 1", "act", "thaw"),
    ("disconnect", "account", "disconnect"),
)


def _list_verbs() -> set[str]:
    """`preset list`, `preset save` …, and `rerun` where a command has one verb alone."""
    found = set()
    for command in COMMANDS:
        verbs = re.match(rf"{re.escape(command.title)} \[((?!project)[a-z]+(?:\|[a-z]+)+)\]", command.usage)
        found |= {f"{command.name} {verb}" for verb in verbs[1].split("|")} if verbs else {command.name}
    return found


def _find_verb(line: str) -> str:
    """Of a line: the command by what people type for it, and its verb where it has some."""
    words, known = line.removeprefix(BOT).removeprefix(FORM), _list_verbs()
    typed = (one for one in COMMANDS if f"{words} ".startswith(f"{one.title} "))
    command = max(typed, key=lambda one: len(one.title))
    verb = " ".join([command.name, *words.removeprefix(command.title).split()[:1]])
    return verb if verb in known else command.name


def test_every_verb_shows_something_or_has_its_row() -> None:
    shows = {verb.strip() for verb in f"{SHOWS},{BEFORE}".split(",")}
    acts = {_find_verb(line) for line, _kind, _act in LINES} | ELSEWHERE.keys()
    assert _list_verbs() - shows - acts == set()
    assert (shows | acts) - _list_verbs() == set()


def test_what_is_shown_elsewhere_is() -> None:
    for verb, place in ELSEWHERE.items():
        assert verb.split()[0] in Path(place).read_text("utf-8")


async def test_each_leaves_its_row(tmp_path: Path) -> None:
    async with run_world(tmp_path, socket_mode=True) as world:
        numbers = await _prepare(world)
        for line, kind, act in LINES:
            before = len(await _load(world))
            door = await _do(world, line.format(**numbers))

            async def find_row(before: int = before) -> AuditRecord | None:
                return next(iter((await _load(world))[before:]), None)

            row = await world.wait_until(find_row, f"a row of {line}")
            assert (row.kind, row.act, row.result, row.user) == (kind, act, "done", "U0ADA"), line
            assert (row.login, row.channel, row.door, bool(row.request)) == ("ada", "C0DEPLOYS", door, True), line
            assert row.what or row.detail or act == "me --export", line
            assert kind != "act" or act in {"ask", "freeze", "thaw"} or row.detail["circleci"], line


async def _do(world: World, line: str) -> str:
    """By which door."""
    if line.startswith(FORM):
        await world.say(f"/circle {line.removeprefix(FORM)}")
        await world.submit(await world.form("delete"))
        return "form"
    await world.say(line if line.startswith(BOT) else f"/circle {line}")
    return "mention" if line.startswith(BOT) else "typed"


async def _prepare(world: World) -> dict[str, str]:
    """A failed pipeline, a hold with reminders, and somebody else's rule."""
    for who in ("U0ADA", GRACE):
        await world.connect(who)
    await world.say(f"/circle subscribe {WEB} --remind 1h")
    await world.reply("You own rule")
    await world.say("/circle subscribe gh/acme/api", as_=GRACE)
    await world.reply("You own rule", as_=GRACE)
    numbers = {}
    for name, branch, shown in (("failed", "broken", "*failed*"), ("held", "release", "approve-staging")):
        await world.say(f"/circle trigger {WEB} --branch {branch} deploy=true")
        numbers[name] = (await world.card(shown))["text"].split("#")[1].split()[0]
    return numbers


async def _load(world: World) -> list[AuditRecord]:
    async with world.app.core.store.begin_read() as tx:
        return [one.record for one in await tx.audit.list_chain("T0SANDBOX")]
