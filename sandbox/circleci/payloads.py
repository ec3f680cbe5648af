"""The bodies of webhook events, in both documented families: GitHub App and GitLab projects have no `pipeline.vcs`."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

from sandbox.circleci import api_json
from sandbox.circleci.api_json import Json, format_instant, format_instant_or_none
from sandbox.circleci.entities import JOB_FAILURES, FakeJob, FakePipeline, FakeWorkflow
from sandbox.circleci.fake_projects import FakeCommit, FakeProject
from sandbox.circleci.fake_webhooks import FakeWebhook


def sign_body(secret: str, body: bytes) -> str:
    """The `circleci-signature` header (CircleCI docs: outbound webhooks)."""
    return "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def build_event(
    event_id: str, happened_at: datetime, hook: FakeWebhook, workflow: FakeWorkflow, job: FakeJob | None, app_url: str
) -> Json:
    """The event of a completed workflow, or of a job when one is given. The slug is in its long form."""
    project = workflow.pipeline.project
    payload: dict[str, Any] = {
        "id": event_id,
        "type": "job-completed" if job else "workflow-completed",
        "happened_at": format_instant(happened_at),
        "webhook": {"id": hook.id, "name": hook.name},
        "project": {"id": project.id, "name": project.name, "slug": project.long_slug},
        "organization": {"id": project.org.id, "name": project.org.name},
        "pipeline": _pipeline(workflow.pipeline),
    }
    if job:
        payload["job"] = _job(job)
    if not (job and project.has_opaque_slug):
        payload["workflow"] = _workflow(workflow, build_workflow_url(app_url, workflow), with_status=job is None)
    return payload


def build_pipeline_url(app_url: str, project: FakeProject, number: int) -> str:
    return f"{app_url}/pipelines/{project.long_slug}/{number}"


def build_workflow_url(app_url: str, workflow: FakeWorkflow) -> str:
    pipeline = workflow.pipeline
    return f"{build_pipeline_url(app_url, pipeline.project, pipeline.number)}/workflows/{workflow.id}"


def _workflow(workflow: FakeWorkflow, url: str, *, with_status: bool) -> Json:
    shown = {
        "id": workflow.id,
        "name": workflow.name,
        "created_at": format_instant(workflow.created_at),
        "stopped_at": format_instant_or_none(workflow.stopped_at),
        "url": url,
    }
    return {**shown, "status": workflow.status} if with_status else shown


def _job(job: FakeJob) -> Json:
    """Jobs end in one of four ways here, however they failed."""
    return {
        "id": job.id,
        "number": job.number,
        "name": job.name,
        "status": "failed" if job.status in JOB_FAILURES else job.status,
        "started_at": format_instant_or_none(job.started_at),
        "stopped_at": format_instant_or_none(job.stopped_at),
    }


def _pipeline(pipeline: FakePipeline) -> Json:
    shown: Json = {
        "id": pipeline.id,
        "number": pipeline.number,
        "created_at": format_instant(pipeline.created_at),
        "trigger": {"type": pipeline.trigger_type},
    }
    origin = api_json.build_origin(pipeline)
    if "vcs" in origin:
        vcs = origin["vcs"]
        vcs |= {"provider_name": vcs["provider_name"].lower(), "commit": _commit(pipeline.commit)}
    return {**shown, **origin}


def _commit(commit: FakeCommit) -> Json:
    author = {"name": commit.author, "email": f"{commit.author}@example.com"}
    at = format_instant(commit.committed_at)
    return {
        "subject": commit.subject,
        "body": commit.body,
        "author": author,
        "authored_at": at,
        "committer": author,
        "committed_at": at,
    }
