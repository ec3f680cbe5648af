"""A project's checkout keys, spelt in snake case as the wire does (kelvintaywl/circleci-go-sdk)."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.api_call import SLUG, Call, Routes, any_json, message
from sandbox.circleci.api_json import Json, instant
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_checkout_keys import KINDS, CheckoutKey


def listing(call: Call) -> Response:
    digest = call.query("digest") or "md5"
    if digest not in {"md5", "sha256"}:
        raise Rule.DIGEST.refusal()
    return call.page(call.world.keys.of(call.project()), lambda key: _shown(key, digest))


def create(call: Call) -> Response:
    project = call.project()
    call.must_write()
    if call.body.get("type") not in KINDS:
        raise Rule.BODY.refusal()
    if project.has_opaque_slug:
        raise Rule.APP_KEYS.refusal()
    if call.body["type"] == "user-key" and not call.person.lets_circleci_in:
        raise Rule.USER_KEY.refusal()
    mint, now = call.world.mint, call.world.engine.now()
    key = call.world.keys.add(project, KINDS[call.body["type"]], mint.id(), now)
    return JSONResponse(_shown(key, "md5"), HTTPStatus.CREATED)


def get(call: Call) -> Response:
    return any_json(_shown(_key(call), _digest(call)))


def delete(call: Call) -> Response:
    key = _key(call)
    call.must_write("Checkout key")
    call.world.keys.remove(key)
    return message("Checkout key deleted.")


def _key(call: Call) -> CheckoutKey:
    key = call.world.keys.find(call.project(), call.path("fingerprint"))
    if key is None:
        raise Rule.HIDDEN.refusal(noun="Checkout key")
    return key


def _digest(call: Call) -> str:
    return "sha256" if call.path("fingerprint").startswith("SHA256:") else "md5"


def _shown(key: CheckoutKey, digest: str) -> Json:
    return {
        "public_key": key.public_key,
        "type": key.kind,
        "fingerprint": key.sha256 if digest == "sha256" else key.md5,
        "preferred": key.preferred,
        "created_at": instant(key.created_at),
    }


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/checkout-key", listing),
    ("POST", f"/project/{SLUG}/checkout-key", create),
    ("GET", f"/project/{SLUG}/checkout-key/{{fingerprint:path}}", get),
    ("DELETE", f"/project/{SLUG}/checkout-key/{{fingerprint:path}}", delete),
)
