"""What circlebot asks of Slack, and why: for the manifest, `circlebot slack update` and docs/install/slack.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`reason` completes "with it, circlebot …". Who installs the app may decline an optional one."""

    name: str
    reason: str
    optional: bool = False


TABLE = (
    Scope("app_mentions:read", "hears `@circlebot …` in the channels that it is in"),
    Scope("chat:write", "posts cards, notices and answers, and keeps them up to date"),
    Scope("chat:write.public", "posts in public channels to which nobody invited it"),
    Scope("commands", "has `/circle`, and its shortcuts in the menu of a message"),
    Scope("files:write", "sends logs, artifacts and pictures as files"),
    Scope("im:history", "hears what people write to it in a direct message (Slack wants this scope for that event)"),
    Scope("im:write", "opens the direct message in which it tells somebody something"),
    Scope("channels:history", "looks a post up whose answer was lost, before it sends it again", optional=True),
    Scope(
        "channels:read",
        "hears that it was added to a channel, and says there what it can do; knows who else reads it",
        optional=True,
    ),
    Scope("groups:history", "does the same lookup in private channels that it is in", optional=True),
    Scope("groups:read", "does the same in private channels", optional=True),
    Scope("pins:write", "pins the board of what runs where (`/circle deploys --pin`)", optional=True),
    Scope(
        "users:read",
        "knows who is a guest, whose account was closed, and in which time zone a person's quiet hours are",
        optional=True,
    ),
    Scope("usergroups:read", "knows who is in a user group that a policy names", optional=True),
)

SCOPES = tuple(one.name for one in TABLE if not one.optional)
OPTIONAL_SCOPES = tuple(one.name for one in TABLE if one.optional)


def find_reason(name: str) -> str | None:
    """Why circlebot asks for a scope; None for one that it does not ask for."""
    return next((one.reason for one in TABLE if one.name == name), None)
