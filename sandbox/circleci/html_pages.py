"""The HTML of the simulated web app: small pages for a person who clicks a link in a card."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from sandbox.circleci.entities import FakeJob, FakePipeline, FakeWorkflow
from sandbox.circleci.fake_projects import FakeProject
from sandbox.circleci.fake_users import TOKENS
from sandbox.circleci.job_results import FakeStep, build_output, list_steps, list_test_results

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #161616 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .6rem }
tr { border-bottom: 1px solid #ddd } pre { background: #161616; color: #eee; padding: 1rem; overflow: auto }
form { display: inline } button { font: inherit } .status { font-weight: 600 }
.success { color: #087a3d } .failed, .failing, .errored, .infrastructure_fail { color: #c42525 }
.on_hold { color: #6d3bbf } .running, .queued { color: #0b63b5 }
"""
_REFRESH_S = 3
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def render_page(root: str, title: str, body: str, *, is_moving: bool = False) -> str:
    """A whole document; one that shows something unfinished reloads itself."""
    refresh = f'<meta http-equiv="refresh" content="{_REFRESH_S}">' if is_moving else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{refresh}'
        f"<title>{escape(title)} · CircleCI sandbox</title><style>{_STYLE}</style></head><body>"
        f'<p><a href="{escape(root)}/">CircleCI sandbox</a></p><h1>{escape(title)}</h1>{body}</body></html>'
    )


def render_projects(root: str, projects: Iterable[FakeProject]) -> str:
    rows = (
        f"<li>{_link(f'{root}/pipelines/{each.long_slug}', f'{each.name} ({each.slug})')}</li>" for each in projects
    )
    tokens = _link(f"{root}/settings/user/tokens", "Personal API tokens")
    return render_page(root, "Projects", f"<ul>{''.join(rows)}</ul><p>{tokens}</p>")


def render_tokens(root: str) -> str:
    """The page that people are sent to for a token. These open nothing but the sandbox."""
    rows = (
        f"<tr><td><code>{escape(token)}</code></td><td>{escape(person.name)}</td>"
        f"<td>{'reads and writes' if person.may_write else 'reads gh/acme/web'}</td></tr>"
        for token, person in TOKENS.items()
    )
    expired = "<tr><td><code>CCIPAT_expired</code></td><td></td><td>has expired</td></tr>"
    return render_page(root, "Personal API tokens", f"<table>{''.join(rows)}{expired}</table>")


def render_pipelines(root: str, project: FakeProject, pipelines: list[FakePipeline]) -> str:
    rows = (
        f"<tr><td>{_link(_pipeline_path(root, each), f'#{each.number}')}</td><td>{_status(each.state)}</td>"
        f"<td>{escape(_ref(each))}</td><td>{escape(each.commit.subject)}</td>"
        f"<td>{' '.join(_status(run.status) for run in each.workflows)}</td></tr>"
        for each in pipelines
    )
    is_moving = any(_is_moving(each) for each in pipelines)
    return render_page(root, project.slug, f"<table>{''.join(rows)}</table>", is_moving=is_moving)


def render_pipeline(root: str, pipeline: FakePipeline, workflows: list[FakeWorkflow]) -> str:
    """A pipeline with all or one of its workflows, their jobs and what can be done about them."""
    about = (
        f"<p>{_status(pipeline.state)} · {escape(_ref(pipeline))} · {escape(pipeline.commit.subject)} "
        f"· by {escape(pipeline.actor.name)} ({escape(pipeline.trigger_type)})</p>"
    )
    errors = "".join(f"<pre>{escape(error['message'])}</pre>" for error in pipeline.errors)
    runs = "".join(_workflow(root, run) for run in workflows)
    title = f"{pipeline.project.slug} #{pipeline.number}"
    return render_page(root, title, about + errors + runs, is_moving=_is_moving(pipeline))


def render_job(root: str, workflow: FakeWorkflow, job: FakeJob) -> str:
    """A job with its failed tests and, for its first parallel run, what each step printed."""
    failed = "".join(
        f"<li><code>{escape(test['file'])}</code> {escape(test['name'])}<pre>{escape(test['message'])}</pre></li>"
        for test in list_test_results(job)
        if test["result"] == "failure"
    )
    steps = "".join(
        f"<h3>{escape(step.name)} {_status(step.status)}</h3><pre>{escape(_render_output(job, step))}</pre>"
        for step in list_steps(job)
    )
    back = _link(_pipeline_path(root, workflow.pipeline), f"pipeline #{workflow.pipeline.number}")
    body = f"<p>{_status(job.status)} · {escape(workflow.name)} · {back}</p><ul>{failed}</ul>{steps}"
    return render_page(root, f"{job.name} #{job.number}", body, is_moving=not job.has_ended)


def _render_output(job: FakeJob, step: FakeStep) -> str:
    """The output of the first parallel run, without its colours."""
    return _COLOUR.sub("", "".join(part["message"] for part in build_output(job, step, 0)))


def _workflow(root: str, workflow: FakeWorkflow) -> str:
    acts = f"{root}/pipelines/workflows/{workflow.id}"
    rows = "".join(_job(root, acts, workflow, job) for job in workflow.jobs)
    buttons = _rerun_buttons(acts, workflow) if workflow.has_ended else _button(f"{acts}/cancel", "Cancel workflow")
    return f"<h2>{_link(acts, workflow.name)} {_status(workflow.status)}</h2><p>{buttons}</p><table>{rows}</table>"


def _rerun_buttons(acts: str, workflow: FakeWorkflow) -> str:
    whole = _button(f"{acts}/rerun", "Rerun workflow")
    return whole + _button(f"{acts}/rerun-failed", "Rerun from failed") if workflow.status == "failed" else whole


def _job(root: str, acts: str, workflow: FakeWorkflow, job: FakeJob) -> str:
    path = f"{_pipeline_path(root, workflow.pipeline)}/workflows/{workflow.id}/jobs/{job.number}"
    name = _link(path, job.name) if job.number else escape(job.name)
    who = job.approved_by or job.canceled_by
    by = f"by {escape(who.name)}" if who else ""
    decide = ""
    if job.status == "on_hold":
        decide = _button(f"{acts}/approve/{job.id}", "Approve") + _button(f"{acts}/decline/{job.id}", "Cancel")
    return f"<tr><td>{name}</td><td>{_status(job.status)}</td><td>{by} {decide}</td></tr>"


def _button(action: str, label: str) -> str:
    return (
        f'<form method="post" action="{escape(action)}"><button name="as" value="grace">{escape(label)} (as Grace)'
        "</button></form> "
    )


def _pipeline_path(root: str, pipeline: FakePipeline) -> str:
    return f"{root}/pipelines/{pipeline.project.long_slug}/{pipeline.number}"


def _is_moving(pipeline: FakePipeline) -> bool:
    has_arrived = pipeline.state in {"created", "errored"}
    return not has_arrived or not all(run.has_ended for run in pipeline.workflows)


def _ref(pipeline: FakePipeline) -> str:
    return f"tag {pipeline.tag}" if pipeline.tag else str(pipeline.branch)


def _status(status: str) -> str:
    return f'<span class="status {escape(status)}">{escape(status)}</span>'


def _link(href: str, text: str) -> str:
    return f'<a href="{escape(href)}">{escape(text)}</a>'
