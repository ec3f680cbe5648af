"""A project's checkout keys, spelt in snake case as the wire does (kelvintaywl/circleci-go-sdk)."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response, build_message_response
from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_checkout_keys import KINDS, FakeCheckoutKey


def list_keys(call: CircleciCall) -> Response:
    digest = call.get_query_param("digest") or "md5"
    if digest not in {"md5", "sha256"}:
        raise ApiRule.DIGEST.to_error()
    return call.paginate(call.world.keys.list_for(call.get_project()), lambda key: _to_json(key, digest))


def create(call: CircleciCall) -> Response:
    project = call.get_project()
    call.check_can_write()
    if call.body.get("type") not in KINDS:
        raise ApiRule.BODY.to_error()
    if project.has_opaque_slug:
        raise ApiRule.APP_KEYS.to_error()
    if call.body["type"] == "user-key" and not call.person.has_authorized_circleci:
        raise ApiRule.USER_KEY.to_error()
    id_generator, now = call.world.id_generator, call.world.engine.now()
    key = call.world.keys.add(project, KINDS[call.body["type"]], id_generator.generate_id(), now)
    return JSONResponse(_to_json(key, "md5"), HTTPStatus.CREATED)


def get(call: CircleciCall) -> Response:
    return build_json_response(_to_json(_key(call), _digest(call)))


def delete(call: CircleciCall) -> Response:
    key = _key(call)
    call.check_can_write("Checkout key")
    call.world.keys.remove(key)
    return build_message_response("Checkout key deleted.")


def _key(call: CircleciCall) -> FakeCheckoutKey:
    key = call.world.keys.find(call.get_project(), call.get_path_param("fingerprint"))
    if key is None:
        raise ApiRule.HIDDEN.to_error(noun="Checkout key")
    return key


def _digest(call: CircleciCall) -> str:
    return "sha256" if call.get_path_param("fingerprint").startswith("SHA256:") else "md5"


def _to_json(key: FakeCheckoutKey, digest: str) -> Json:
    return {
        "public_key": key.public_key,
        "type": key.kind,
        "fingerprint": key.sha256 if digest == "sha256" else key.md5,
        "preferred": key.preferred,
        "created_at": format_instant(key.created_at),
    }


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/checkout-key", list_keys),
    ("POST", f"/project/{SLUG}/checkout-key", create),
    ("GET", f"/project/{SLUG}/checkout-key/{{fingerprint:path}}", get),
    ("DELETE", f"/project/{SLUG}/checkout-key/{{fingerprint:path}}", delete),
)
