"""What the client asks of a project's settings, for the contract test: the document's path, and the call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.circleci import models
from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug

WEB = ProjectSlug("gh", "acme", "web")
ID = "5034460f-c7c4-4c43-9457-de07e2029e7b"
SHA256 = "SHA256:NPj4IcXxqQEKGXOghi/QbG2sohoNfvZ30JwCcdSSNM0"
WEEKLY = models.Timetable(per_hour=1, hours_of_day=(2, 14), days_of_week=("MON", "FRI"))
MONTHLY = models.Timetable(per_hour=60, hours_of_day=(0,), days_of_month=(1, 31), months=("JAN",))

KEYS, KEY = "/project/{project-slug}/checkout-key", "/project/{project-slug}/checkout-key/{fingerprint}"
VARIABLES, VARIABLE = "/project/{project-slug}/envvar", "/project/{project-slug}/envvar/{name}"
SCHEDULES, SCHEDULE = "/project/{project-slug}/schedule", "/schedule/{schedule-id}"
CONTEXT = "/context/{context_id}"
WEBHOOK, HOOK_URL = "/webhook/{webhook-id}", "https://circle.example.com/circleci/webhook"

SETTINGS: dict[str, tuple[str, Callable[[CircleCI], Awaitable[Any]]]] = {
    "checkout keys": (KEYS, lambda it: it.list_checkout_keys(WEB, "sha256")),
    "checkout key": (KEY, lambda it: it.fetch_checkout_key(WEB, SHA256)),
    "add checkout key": (KEYS, lambda it: it.add_checkout_key(WEB, "user-key")),
    "remove checkout key": (KEY, lambda it: it.remove_checkout_key(WEB, SHA256)),
    "variables": (VARIABLES, lambda it: it.list_variables(WEB)),
    "variable": (VARIABLE, lambda it: it.fetch_variable(WEB, "A")),
    "set variable": (VARIABLES, lambda it: it.set_variable(WEB, "A", "b")),
    "remove variable": (VARIABLE, lambda it: it.remove_variable(WEB, "A")),
    "schedules": (SCHEDULES, lambda it: it.list_schedules(WEB)),
    "schedule": (SCHEDULE, lambda it: it.fetch_schedule(ID)),
    "add schedule": (
        SCHEDULES,
        lambda it: it.add_schedule(
            WEB,
            name="nightly",
            timetable=WEEKLY,
            parameters={"branch": "main", "deploy": True, "replicas": 3},
            attribution="current",
        ),
    ),
    "reschedule": (SCHEDULE, lambda it: it.reschedule(ID, MONTHLY, "changed")),
    "remove schedule": (SCHEDULE, lambda it: it.remove_schedule(ID)),
    "contexts": ("/context", lambda it: it.list_contexts("gh/acme")),
    "context": (CONTEXT, lambda it: it.fetch_context(ID)),
    "context variables": (f"{CONTEXT}/environment-variable", lambda it: it.list_context_variables(ID)),
    "webhooks": ("/webhook", lambda it: it.list_webhooks(ID)),
    "add webhook": ("/webhook", lambda it: it.add_webhook(ID, name="circlebot", url=HOOK_URL, secret="s3cret")),
    "set webhook": (WEBHOOK, lambda it: it.set_webhook(ID, url=HOOK_URL, secret="s3cret")),
    "remove webhook": (WEBHOOK, lambda it: it.remove_webhook(ID)),
}

"""Queries that the document forgets to declare."""

READ = {
    models.CheckoutKey: ("GET", KEYS),
    models.Variable: ("GET", VARIABLES),
    models.Schedule: ("GET", SCHEDULES),
    models.ContextName: ("GET", "/context"),
    models.ContextVariable: ("GET", f"{CONTEXT}/environment-variable"),
    models.Webhook: ("GET", "/webhook"),
}
