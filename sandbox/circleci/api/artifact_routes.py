"""The artifacts of a job: their list, their downloads that want the token, and a store that must never see one."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_message_response
from sandbox.circleci.api.gate import Endpoint, build_endpoint, parse_credentials, pass_gate
from sandbox.circleci.api_json import Json
from sandbox.circleci.fake_artifacts import FakeArtifact, list_artifacts
from sandbox.circleci.fake_circleci import FakeCircleci

_TWO_WAYS = "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>"
_EXPIRED = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
_OTHER_NAMES = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}
"""This machine under its other name, which a client takes for another host."""


def list_for_job(call: CircleciCall) -> Response:
    """Their addresses need the token, unlike those of step output."""
    _, job = call.get_job_by_number()
    root = f"{call.root_url}/artifacts/{job.id}/artifacts"

    def shape(artifact: FakeArtifact) -> Json:
        url = f"{root}/{artifact.node}/{quote(artifact.path)}"
        return {"node_index": artifact.node, "path": artifact.path, "url": url}

    return call.paginate(list_artifacts(job), shape)


def download(call: CircleciCall) -> Response:
    """The bytes, or where they have moved: to a presigned address on another host."""
    _, job = call.get_job_by_id()
    artifact = _find_artifact(list_artifacts(job), int(call.get_path_param("node")), call.get_path_param("path"))
    if artifact is None:
        return build_message_response("Artifact not found", HTTPStatus.NOT_FOUND)
    if not artifact.has_moved:
        return Response(artifact.content, media_type=artifact.media_type)
    key = call.world.presigned.sign_artifact(artifact, call.world.engine.now())
    return RedirectResponse(f"{_elsewhere(call.root_url)}/store/{key}?X-Amz-Signature={key[::-1]}", HTTPStatus.FOUND)


def build_download_endpoint(world: FakeCircleci) -> Endpoint:
    """The endpoint of a download: for a token, or for a browser, whose owner CircleCI would know by a cookie."""
    by_token = build_endpoint(world, download)

    async def answer(request: Request) -> Response:
        async def perform() -> Response:
            return _serve_in_browser(world, request)

        return await (pass_gate(world, request, perform) if _is_browser(request) else by_token(request))

    return answer


def _is_browser(request: Request) -> bool:
    return parse_credentials(request)[0] is None and "text/html" in request.headers.get("accept", "")


def _serve_in_browser(world: FakeCircleci, request: Request) -> Response:
    """For a person who clicks a link, as the pages of the web app."""
    _, job = world.archive.find_job_by_id(request.path_params["id"]) or (None, None)
    wanted = request.path_params["node"], request.path_params["path"]
    artifact = _find_artifact(list_artifacts(job), *wanted) if job else None
    if artifact is None:
        return build_message_response("Artifact not found", HTTPStatus.NOT_FOUND)
    return Response(artifact.content, media_type=artifact.media_type)


def _find_artifact(artifacts: Iterable[FakeArtifact], node: int, path: str) -> FakeArtifact | None:
    return next((each for each in artifacts if (each.node, each.path) == (node, path)), None)


def _elsewhere(root_url: str) -> str:
    """The same server by its other name, where it has one."""
    parts = urlsplit(root_url)
    name = _OTHER_NAMES.get(parts.hostname or "", parts.hostname or "")
    return parts._replace(netloc=f"{name}:{parts.port}" if parts.port else name).geturl()


def build_store_endpoint(world: FakeCircleci) -> Endpoint:
    """The store: the address alone gives access, and a request with a token beside it is refused (as S3 does)."""

    async def answer(request: Request) -> Response:
        async def perform() -> Response:
            return _serve_from_store(world, request)

        return await pass_gate(world, request, perform)

    return answer


def _serve_from_store(world: FakeCircleci, request: Request) -> Response:
    kind, _ = parse_credentials(request)
    if kind is not None:
        return Response(_TWO_WAYS, HTTPStatus.BAD_REQUEST, media_type="application/xml")
    artifact = world.presigned.find_artifact(request.path_params["key"], world.engine.now())
    if artifact is None:
        return Response(_EXPIRED, HTTPStatus.FORBIDDEN, media_type="application/xml")
    return Response(artifact.content, media_type=artifact.media_type)


ROUTES: Routes = (("GET", f"/project/{SLUG}/{{number:int}}/artifacts", list_for_job),)
