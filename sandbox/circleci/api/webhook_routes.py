"""A project's outbound webhooks: who gets events of completed workflows and jobs. Kebab-case, as documented."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.circleci_call import CircleciCall, Routes, build_json_response, build_message_response
from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_projects import FakeProject
from sandbox.circleci.fake_webhooks import EVENTS, MAX_PER_PROJECT, FakeWebhook

_REQUIRED = {"name", "events", "url", "verify-tls", "signing-secret", "scope"}
_OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}


def create(call: CircleciCall) -> Response:
    if not set(call.body) >= _REQUIRED or not isinstance(call.body["scope"], dict):
        raise ApiRule.BODY.to_error()
    project = _project_of_scope(call, call.body["scope"].get("id"), call.body["scope"].get("type"))
    call.check_can_write()
    if len(call.world.hooks.list_for(project)) >= MAX_PER_PROJECT:
        raise ApiRule.HOOKS.to_error(most=MAX_PER_PROJECT)
    hook = _new_hook(call, project)
    call.world.hooks.add(hook)
    return JSONResponse(_to_json(hook), HTTPStatus.CREATED)


def _new_hook(call: CircleciCall, project: FakeProject) -> FakeWebhook:
    _check(call.body)
    now = call.world.engine.now()
    return FakeWebhook(
        id=call.world.id_generator.generate_id(),
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
    """Raises FakeCircleciError unless what is given is of its kind; on an update not everything is given."""
    kinds = {"name": str, "url": str, "signing-secret": str, "verify-tls": bool, "events": list}
    if not all(isinstance(body[key], kind) for key, kind in kinds.items() if key in body):
        raise ApiRule.BODY.to_error()
    if not set(body.get("events", ())) <= set(EVENTS):
        raise ApiRule.EVENTS.to_error(known=", ".join(EVENTS))
    url = urlsplit(body.get("url", "https://"))
    if url.scheme != "https" and url.hostname not in _OWN_MACHINE:
        raise ApiRule.HTTPS.to_error()


def list_webhooks(call: CircleciCall) -> Response:
    project = _project_of_scope(call, call.get_query_param("scope-id"), call.get_query_param("scope-type"))
    return call.paginate(call.world.hooks.list_for(project), _to_json)


def get(call: CircleciCall) -> Response:
    return build_json_response(_to_json(_hook(call)))


def update(call: CircleciCall) -> Response:
    hook = _hook(call)
    call.check_can_write("Webhook")
    _check(call.body)
    for key in call.body.keys() & {"name", "url", "events", "signing-secret", "verify-tls"}:
        setattr(hook, key.replace("-", "_"), call.body[key])
    hook.updated_at = call.world.engine.now()
    return build_json_response(_to_json(hook))


def delete(call: CircleciCall) -> Response:
    hook = _hook(call)
    call.check_can_write("Webhook")
    call.world.hooks.remove(hook)
    return build_message_response("Webhook deleted.")


def _hook(call: CircleciCall) -> FakeWebhook:
    hook = call.world.hooks.find(call.get_path_param("id"))
    if hook is None or not call.can_see(hook.project):
        raise ApiRule.HIDDEN.to_error(noun="Webhook")
    return hook


def _project_of_scope(call: CircleciCall, scope_id: str | None, scope_type: str | None) -> FakeProject:
    if scope_id is None or scope_type != "project":
        raise ApiRule.SCOPE.to_error()
    return call.get_project_by_id(scope_id)


def _to_json(hook: FakeWebhook) -> Json:
    """The secret is never given back."""
    return {
        "id": hook.id,
        "name": hook.name,
        "url": hook.url,
        "events": hook.events,
        "verify-tls": hook.verify_tls,
        "signing-secret": "****",
        "scope": {"id": hook.project.id, "type": "project"},
        "created-at": format_instant(hook.created_at),
        "updated-at": format_instant(hook.updated_at),
    }


ROUTES: Routes = (
    ("POST", "/webhook", create),
    ("GET", "/webhook", list_webhooks),
    ("GET", "/webhook/{id}", get),
    ("PUT", "/webhook/{id}", update),
    ("DELETE", "/webhook/{id}", delete),
)
