"""Symptoms of what runs here: settings, database, keys, the checks themselves."""

from __future__ import annotations

from bot.domain.symptoms import Symptom
from bot.language import N_

_NOTHING = "Nothing: circlebot does not start, or does not answer."

SETTINGS_WRONG = Symptom(
    key="settings_wrong",
    check="settings",
    looks_at="the environment and `.env`",
    says=N_("{problem}."),
    mend=N_("Set it right in the environment or in .env: {command} shows what counts."),
    command="circlebot config",
    seen=_NOTHING,
    logged="circlebot.not_up",
)
DATABASE_UNREACHABLE = Symptom(
    key="database_unreachable",
    check="database",
    looks_at="a connection to DATABASE_URL",
    says=N_("The database cannot be opened ({why})."),
    mend=N_("Check DATABASE_URL with {command}, and whether the database runs."),
    command="circlebot config",
    seen="“Something went wrong”, or nothing at all; messages come late.",
    logged="loop.failing",
)
DATABASE_BEHIND = Symptom(
    key="database_behind",
    check="database",
    looks_at="the revision of the database",
    says=N_("The database is not at this release."),
    mend=N_("Run {command}."),
    command="circlebot migrate",
    seen=_NOTHING,
    logged="circlebot.not_up",
)
DATABASE_READ_ONLY = Symptom(
    key="database_read_only",
    check="database",
    looks_at="a row that is written and taken away",
    says=N_("The database can be read and not written."),
    mend=N_("Let the user that runs circlebot write it: {command}. Of PostgreSQL, name the primary in DATABASE_URL."),
    command="chown $(id -u) {place}*",
    seen="“Something went wrong” wherever something is changed; no messages.",
    logged="loop.failing",
)
DATABASE_FULL = Symptom(
    key="database_full",
    check="database",
    looks_at="a row that is written and taken away",
    says=N_("The disk of the database takes nothing more."),
    mend=N_("Make room on it: {command} shows how much there is."),
    command="df -h {place}",
    seen="“Something went wrong” wherever something is changed; no messages.",
    logged="loop.failing",
)
DISK_NEARLY_FULL = Symptom(
    key="disk_nearly_full",
    check="database",
    looks_at="the free room beside SQLite's file",
    says=N_("The disk of the database has {free_mb} MB left."),
    mend=N_("Make room on it before it is full: {command} shows what there is."),
    command="df -h {place}",
    seen="Nothing yet.",
)
DATABASE_BUSY = Symptom(
    key="database_busy",
    check="database",
    looks_at="a row that is written and taken away",
    says=N_("Another process keeps the database locked."),
    mend=N_("End that process: {command} names it."),
    command="fuser -v {place}",
    seen="Answers take ten seconds, or end in “Something went wrong”.",
    logged="loop.failing",
)
FILES_OPEN = Symptom(
    key="files_open",
    check="files",
    looks_at="who may read SQLite's files",
    says=N_("Others on this machine may read {files}."),
    mend=N_("As their owner, run {command}."),
    command="chmod 600 {paths}",
    seen="Nothing.",
)
KEY_MISSING = Symptom(
    key="key_missing",
    check="keys",
    looks_at="each stored secret, opened with ENCRYPTION_KEYS",
    says=N_("Stored secrets that ENCRYPTION_KEYS does not open: {count}."),
    mend=N_("Put the key that was used before back, behind the new one: {command}."),
    command="ENCRYPTION_KEYS=NEW_KEY,OLD_KEY",
    seen="“CircleCI no longer accepts your token”, or “I cannot speak in this workspace”.",
    logged="workspace.locked",
)
CHECK_HUNG = Symptom(
    key="check_hung",
    check="",
    looks_at="every check: each has its time",
    says=N_("No answer within {limit}."),
    mend=N_("Check the network from here, then ask again: {command}."),
    command="circlebot doctor",
    seen="Nothing.",
)
CHECK_BROKE = Symptom(
    key="check_broke",
    check="",
    looks_at="every check: one that breaks does not stop the others",
    says=N_("This check broke ({why}), so that nobody knows."),
    mend=N_("Report it with what {command} says."),
    command="circlebot --version",
    seen="Nothing.",
    logged="doctor.check_broke",
)

CLOCK_SKEWED = Symptom(
    key="clock_skewed",
    check="clock",
    looks_at="the header `Date` of Slack's answer, and this machine's clock",
    says=N_("The clock of this machine is {skew} off Slack's."),
    mend=N_("Set it by the network: {command}. From five minutes on Slack's requests are refused."),
    command="timedatectl set-ntp true",
    seen="Over HTTP nothing is answered; quiet hours, reminders and schedules are early or late.",
    logged="slack.signature_refused",
)
DATABASE_CLOCK_SKEWED = Symptom(
    key="database_clock_skewed",
    check="clock",
    looks_at="the time of PostgreSQL, and this machine's clock",
    says=N_("The clock of the database is {skew} off this machine's."),
    mend=N_("Set both by the network: {command}. All processes go by that of the database."),
    command="timedatectl set-ntp true",
    seen="Quiet hours, reminders and schedules are early or late.",
)
PROXY_IN_THE_WAY = Symptom(
    key="proxy_in_the_way",
    check="proxy",
    looks_at="what the proxy of HTTPS_PROXY answers on the way to Slack and CircleCI",
    says=N_("The proxy {proxy} does not let us through to {host} ({why})."),
    mend=N_("Give it a user (407), or let it pass {host} (403): {command}."),
    command="HTTPS_PROXY=http://USER:PASSWORD@{proxy}",
    seen="No answer and no message; or “CircleCI could not be reached”.",
    logged="socket.not_connected",
)
MESSAGES_SET_ASIDE = Symptom(
    key="messages_set_aside",
    check="outbox",
    looks_at="messages that were tried three times in vain, so that others pass them",
    says=N_("Messages that could not be sent again and again: {count}; the oldest since {since_at}."),
    mend=N_("Read why with {command}, then retry or drop them."),
    command="circlebot outbox list",
    seen="A message is missing; those after it came.",
    logged="notice.unreadable",
)
RECORD_BROKEN = Symptom(
    key="record_broken",
    check="record",
    looks_at="the chain of the record, as far as upkeep has read it again, and its last rows",
    says=N_("The record of {chain} no longer fits at row {row}: found at {found_at}."),
    mend=N_(
        "Rows were changed, removed or moved: {command} says how. If you know why, `circlebot audit accept {chain}` "
        "marks the break, and the chain goes on."
    ),
    command="circlebot audit verify --workspace {chain}",
    seen="Nothing.",
    logged="audit.broken",
)

ROWS = (
    SETTINGS_WRONG,
    DATABASE_UNREACHABLE,
    DATABASE_BEHIND,
    DATABASE_READ_ONLY,
    DATABASE_FULL,
    DISK_NEARLY_FULL,
    DATABASE_BUSY,
    FILES_OPEN,
    KEY_MISSING,
    CLOCK_SKEWED,
    DATABASE_CLOCK_SKEWED,
    PROXY_IN_THE_WAY,
    MESSAGES_SET_ASIDE,
    RECORD_BROKEN,
    CHECK_HUNG,
    CHECK_BROKE,
)
