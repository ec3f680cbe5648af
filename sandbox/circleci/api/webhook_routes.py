"""Where projects say who wants to hear of completed workflows and jobs. Spelt in kebab, as the document has it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.api_call import Call, Routes, any_json, message
from sandbox.circleci.api_json import Json, instant
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_projects import Project
from sandbox.circleci.fake_webhooks import EVENTS, MAX_PER_PROJECT, Hook

_REQUIRED = {"name", "events", "url", "verify-tls", "signing-secret", "scope"}
_OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}


def create(call: Call) -> Response:
    if not set(call.body) >= _REQUIRED or not isinstance(call.body["scope"], dict):
        raise Rule.BODY.refusal()
    project = _project_of_scope(call, call.body["scope"].get("id"), call.body["scope"].get("type"))
    call.must_write()
    if len(call.world.hooks.of(project)) >= MAX_PER_PROJECT:
        raise Rule.HOOKS.refusal(most=MAX_PER_PROJECT)
    hook = _new_hook(call, project)
    call.world.hooks.add(hook)
    return JSONResponse(_shown(hook), HTTPStatus.CREATED)


def _new_hook(call: Call, project: Project) -> Hook:
    _check(call.body)
    now = call.world.engine.now()
    return Hook(
        id=call.world.mint.id(),
        project=project,
        name=call.body["name"],
        url=call.body["url"],
        events=call.body["events"],
        signing_secret=call.body["signing-secret"],
        verify_tls=call.body["verify-tls"],
        created_at=now,
        updated_at=now,
    )


def _check(body: dict[str, Any]) -> None:
    """Raises Refused unless what is given is of its kind; on an update not everything is given."""
    kinds = {"name": str, "url": str, "signing-secret": str, "verify-tls": bool, "events": list}
    if not all(isinstance(body[key], kind) for key, kind in kinds.items() if key in body):
        raise Rule.BODY.refusal()
    if not set(body.get("events", ())) <= set(EVENTS):
        raise Rule.EVENTS.refusal(known=", ".join(EVENTS))
    url = urlsplit(body.get("url", "https://"))
    if url.scheme != "https" and url.hostname not in _OWN_MACHINE:
        raise Rule.HTTPS.refusal()


def listing(call: Call) -> Response:
    project = _project_of_scope(call, call.query("scope-id"), call.query("scope-type"))
    return call.page(call.world.hooks.of(project), _shown)


def get(call: Call) -> Response:
    return any_json(_shown(_hook(call)))


def update(call: Call) -> Response:
    hook = _hook(call)
    call.must_write("Webhook")
    _check(call.body)
    for key in call.body.keys() & {"name", "url", "events", "signing-secret", "verify-tls"}:
        setattr(hook, key.replace("-", "_"), call.body[key])
    hook.updated_at = call.world.engine.now()
    return any_json(_shown(hook))


def delete(call: Call) -> Response:
    hook = _hook(call)
    call.must_write("Webhook")
    call.world.hooks.remove(hook)
    return message("Webhook deleted.")


def _hook(call: Call) -> Hook:
    hook = call.world.hooks.find(call.path("id"))
    if hook is None or not call.may_see(hook.project):
        raise Rule.HIDDEN.refusal(noun="Webhook")
    return hook


def _project_of_scope(call: Call, scope_id: str | None, scope_type: str | None) -> Project:
    if scope_id is None or scope_type != "project":
        raise Rule.SCOPE.refusal()
    return call.project_by_id(scope_id)


def _shown(hook: Hook) -> Json:
    """The secret is never given back."""
    return {
        "id": hook.id,
        "name": hook.name,
        "url": hook.url,
        "events": hook.events,
        "verify-tls": hook.verify_tls,
        "signing-secret": "****",
        "scope": {"id": hook.project.id, "type": "project"},
        "created-at": instant(hook.created_at),
        "updated-at": instant(hook.updated_at),
    }


ROUTES: Routes = (
    ("POST", "/webhook", create),
    ("GET", "/webhook", listing),
    ("GET", "/webhook/{id}", get),
    ("PUT", "/webhook/{id}", update),
    ("DELETE", "/webhook/{id}", delete),
)
