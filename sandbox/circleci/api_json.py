"""Entities as JSON of API v2 (CircleCI docs: API v2 reference)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.circleci.entities import JOB_FAILURES, FakeJob, FakePipeline, FakeWorkflow
from sandbox.circleci.fake_projects import FakeDefinition, FakeProject, Org
from sandbox.circleci.fake_users import FakeCircleciUser, build_fixed_id
from sandbox.circleci.stories import match_pull_request

Json = dict[str, Any]


def format_instant(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def format_instant_or_none(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)


def build_person(person: FakeCircleciUser) -> Json:
    return {"id": person.id, "login": person.login, "name": person.name, "avatar_url": person.avatar_url}


def build_collaboration(org: Org) -> Json:
    vcs_type = {"gh": "github", "bb": "bitbucket"}.get(org.vcs, org.vcs)
    avatar_url = f"https://avatars.example.com/{org.name.lower()}.png"
    return {"id": org.id, "name": org.name, "slug": org.slug, "vcs_type": vcs_type, "avatar_url": avatar_url}


def build_own_account(person: FakeCircleciUser) -> Json:
    slug = f"gh/{person.login}"
    return {"id": None, "name": person.login, "slug": slug, "vcs_type": "github", "avatar_url": person.avatar_url}


def build_project(project: FakeProject) -> Json:
    return {
        "slug": project.slug,
        "name": project.name,
        "id": project.id,
        "organization_name": project.org.name,
        "organization_slug": project.org.slug,
        "organization_id": project.org.id,
        "vcs_info": {
            "vcs_url": _vcs_url(project),
            "provider": project.provider,
            "default_branch": project.default_branch,
        },
    }


def _vcs_url(project: FakeProject) -> str:
    return f"//circleci.com/{project.org.key}/{project.key}" if project.has_opaque_slug else project.repository_url


def build_triggered(pipeline: FakePipeline) -> Json:
    """The answer to a trigger: a few fields of the pipeline."""
    return {
        "id": pipeline.id,
        "number": pipeline.number,
        "state": pipeline.state,
        "created_at": format_instant(pipeline.created_at),
    }


def build_pipeline(pipeline: FakePipeline) -> Json:
    return {
        **build_triggered(pipeline),
        "project_slug": pipeline.project.slug,
        "updated_at": format_instant(pipeline.updated_at),
        "errors": list(pipeline.errors),
        "trigger": {
            "type": pipeline.trigger_type,
            "received_at": format_instant(pipeline.created_at),
            "actor": {"login": pipeline.actor.login, "avatar_url": pipeline.actor.avatar_url},
        },
        **build_origin(pipeline),
    }


def build_origin(pipeline: FakePipeline) -> Json:
    """Where the code came from: `vcs`, or for GitHub App and GitLab projects `trigger_parameters`."""
    if pipeline.project.has_opaque_slug:
        return {"trigger_parameters": _trigger_parameters(pipeline)}
    url = pipeline.project.repository_url
    return {
        "vcs": {
            "provider_name": pipeline.project.provider,
            "origin_repository_url": url,
            "target_repository_url": url,
            "revision": pipeline.commit.sha,
            "commit": {"subject": pipeline.commit.subject, "body": pipeline.commit.body},
            **build_ref(pipeline),
            **_review(pipeline),
        }
    }


def build_ref(pipeline: FakePipeline) -> Json:
    return {"tag": pipeline.tag} if pipeline.tag else {"branch": pipeline.branch}


def _review(pipeline: FakePipeline) -> Json:
    match = match_pull_request(pipeline.branch or "")
    if not match:
        return {}
    return {"review_id": match[1], "review_url": f"{pipeline.project.repository_url}/pull/{match[1]}"}


def _trigger_parameters(pipeline: FakePipeline) -> Json:
    """As the documented webhook samples carry them; `git.tag` is an empty string when there is none."""
    url, commit = pipeline.project.repository_url, pipeline.commit
    git_ref = f"refs/tags/{pipeline.tag}" if pipeline.tag else f"refs/heads/{pipeline.branch}"
    return {
        "git": {
            "branch": pipeline.branch or "",
            "tag": pipeline.tag or "",
            "ref": git_ref,
            "checkout_sha": commit.sha,
            "checkout_url": f"{url}.git",
        },
        pipeline.project.org.integration: _commit_of(pipeline, git_ref),
        "circleci": {
            "event_time": format_instant(pipeline.created_at),
            "event_type": _event_type(pipeline),
            "trigger_type": pipeline.project.org.integration,
            "actor_id": pipeline.actor.id,
        },
    }


def _event_type(pipeline: FakePipeline) -> str:
    """A run that was asked for is called so in payloads that others have recorded."""
    if pipeline.trigger_type == pipeline.project.push_trigger:
        return "push"
    return "create pipeline run api" if pipeline.trigger_type == "api" else pipeline.trigger_type


def _commit_of(pipeline: FakePipeline, git_ref: str) -> Json:
    """The same for both providers, but for the hash of the commit, which GitLab gives twice."""
    commit = pipeline.commit
    return {
        "web_url": pipeline.project.repository_url,
        "ref": git_ref,
        "commit_sha": commit.sha,
        "commit_title": commit.subject,
        "commit_message": f"{commit.subject}\n\n{commit.body}".strip(),
        "commit_author_name": commit.author,
        "repo_name": pipeline.project.name,
        "user_username": pipeline.actor.login,
        **({"checkout_sha": commit.sha} if pipeline.project.is_gitlab else {}),
    }


def build_values(pipeline: FakePipeline) -> Json:
    """The flat map of pipeline values (circleci.com/changelog/expanded-pipeline-values-support)."""
    values = {
        "pipeline.id": pipeline.id,
        "pipeline.name": pipeline.definition.name,
        "pipeline.definition.id": pipeline.definition.id,
        "pipeline.number": pipeline.number,
        "pipeline.project.git_url": pipeline.project.repository_url,
        "pipeline.project.type": pipeline.project.provider.lower(),
        "pipeline.git.revision": pipeline.commit.sha,
        "pipeline.git.branch": pipeline.branch or "",
        "pipeline.git.tag": pipeline.tag or "",
        "pipeline.trigger_source": pipeline.trigger_type,
        "pipeline.schedule.id": pipeline.schedule_id,
        "pipeline.in_setup": pipeline.state in {"setup", "setup-pending"},
    }
    return {**values, **{f"pipeline.parameters.{name}": value for name, value in pipeline.parameters.items()}}


def build_workflow(workflow: FakeWorkflow) -> Json:
    shown = {
        "id": workflow.id,
        "name": workflow.name,
        "status": workflow.status,
        "created_at": format_instant(workflow.created_at),
        "stopped_at": format_instant_or_none(workflow.stopped_at),
        "pipeline_id": workflow.pipeline.id,
        "pipeline_number": workflow.pipeline.number,
        "project_slug": workflow.pipeline.project.slug,
        "started_by": workflow.started_by.id,
        "canceled_by": workflow.canceled_by and workflow.canceled_by.id,
        "tag": "setup" if workflow.plan.is_setup else None,
        "auto_rerun_number": workflow.auto_rerun_number or None,
        "max_auto_reruns": workflow.plan.max_auto_reruns or None,
    }
    return _without_none(shown, keep={"stopped_at"})


def build_workflow_job(job: FakeJob) -> Json:
    """`started_at` is null while queued and absent while blocked, `job_number` absent until dispatched."""
    shown = {
        "id": job.id,
        "name": job.name,
        "type": job.plan.type,
        "status": job.status,
        "project_slug": job.project.slug,
        "dependencies": job.dependencies,
        "requires": {dependency: ["success"] for dependency in job.dependencies},
        "job_number": job.number,
        "started_at": format_instant_or_none(job.started_at),
        "stopped_at": format_instant_or_none(job.stopped_at),
        "approval_request_id": job.approval_request_id,
        "approved_by": job.approved_by and job.approved_by.id,
        "canceled_by": job.canceled_by and job.canceled_by.id,
    }
    return _without_none(shown, keep={"started_at"} if job.status == "queued" else set())


def _without_none(shown: Json, keep: set[str]) -> Json:
    return {key: value for key, value in shown.items() if value is not None or key in keep}


def build_job_details(workflow: FakeWorkflow, job: FakeJob, web_url: str) -> Json:
    """The job by its number. `duration` is in milliseconds."""
    ran_s = (job.stopped_at - job.started_at).total_seconds() if job.stopped_at and job.started_at else None
    shown = {
        "web_url": web_url,
        "number": job.number,
        "name": job.name,
        "status": job.status,
        "duration": None if ran_s is None else round(ran_s * 1000),
        "created_at": format_instant(job.created_at),
        "queued_at": format_instant(job.queued_at or job.created_at),
        "started_at": format_instant_or_none(job.started_at),
        "stopped_at": format_instant_or_none(job.stopped_at),
        "parallelism": job.plan.parallelism,
        "parallel_runs": [
            {"index": index, "status": job.get_node_status(index, job.status)} for index in range(job.plan.parallelism)
        ],
        "executor": {"resource_class": "medium", "type": "docker"},
        "messages": _messages(job),
        "contexts": [{"name": name} for name in job.plan.contexts],
        "pipeline": {"id": workflow.pipeline.id},
        "latest_workflow": {"id": workflow.id, "name": workflow.name},
        "project": _project_of_job(job.project),
        "organization": {"name": job.project.org.name},
    }
    return _without_none(shown, keep={"duration", "started_at", "stopped_at"})


def _project_of_job(project: FakeProject) -> Json:
    return {"id": project.id, "slug": project.slug, "name": project.name, "external_url": project.repository_url}


def _messages(job: FakeJob) -> list[Json]:
    if job.status == "unauthorized":
        contexts = ", ".join(job.plan.contexts)
        return [{"type": "error", "reason": "unauthorized", "message": f"You may not use the context {contexts}"}]
    messages = job.plan.messages if job.status in JOB_FAILURES else ()
    return [{"type": "warning", "message": text} for text in messages]


def build_definition(project: FakeProject, definition: FakeDefinition, created_at: datetime) -> Json:
    provider = project.org.integration
    code, elsewhere = _repository(project, project.name), definition.config_repository
    kept = _repository(project, elsewhere.name) if elsewhere else code
    return {
        "id": definition.id,
        "name": definition.name,
        "description": definition.description,
        "created_at": format_instant(created_at),
        "config_source": {"provider": provider, "repo": kept, "file_path": definition.file_path},
        "checkout_source": {"provider": provider, "repo": code},
    }


def _repository(project: FakeProject, name: str) -> Json:
    external_id = project.id if name == project.name else build_fixed_id(f"repository/{name}")
    return {"full_name": f"{project.org.name.lower()}/{name}", "external_id": str(int(external_id[:8], 16))}
