"""The files of deploy/: read, and rendered by the tools that people render them with."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / "deploy"
CHART = DEPLOY / "helm" / "circlebot"
OVERLAYS = ("sqlite", "postgresql")
_TOOLS = CHECKOUT / "build" / "deploy-tools" / "bin"
_RENDER = """
import json, sys, helm_python as helm
with helm.Chart.load(sys.argv[1]) as chart:
    print(json.dumps(chart.render(json.loads(sys.argv[2]), name="circlebot", namespace="circlebot")))
"""

Manifest = dict[str, Any]


def find_tool(name: str) -> str:
    """Of `make deploy-tools`, or of the machine. Skips the test where there is none."""
    if found := shutil.which(name, path=_TOOLS) or (shutil.which(name) if name != "python" else None):
        return found
    pytest.skip(f"{name} is not here: `make deploy-tools` installs what PyPI has")


def run_tool(name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([find_tool(name), *map(str, words)], capture_output=True, text=True, check=False)


@cache
def render_overlay(name: str) -> list[Manifest]:
    """By kustomize, which is in kubectl."""
    done = run_tool("kubectl", "kustomize", DEPLOY / "kubernetes" / "overlays" / name)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@cache
def render_chart(database: str) -> list[Manifest]:
    """By Helm itself, for a release called circlebot."""
    done = render_values({"database": database})
    assert done.returncode == 0, done.stderr
    return [one for text in json.loads(done.stdout).values() for one in yaml.safe_load_all(text) if one]


def render_values(values: Manifest) -> subprocess.CompletedProcess[str]:
    return run_tool("python", "-c", _RENDER, CHART, json.dumps(values))


@pytest.fixture(params=[f"{way} {database}" for way in ("kustomize", "helm") for database in OVERLAYS])
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    """Everything that a cluster gets, in each way and with each database."""
    way, database = request.param.split()
    return (render_overlay if way == "kustomize" else render_chart)(database)


def list_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [one for one in manifests if one["kind"] == kind]


def list_pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Pod specs by the name of what makes them."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in manifests
        if "template" in one.get("spec", {})
    }


def get_container(pod: Manifest) -> Manifest:
    (container,) = pod["containers"]
    assert isinstance(container, dict)
    return container


@cache
def read_compose() -> Manifest:
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
    assert isinstance(services, dict)
    return services


def read_containerfile() -> Iterator[tuple[str, str]]:
    """Instruction and the rest of each of its lines, of the last stage."""
    stage = (DEPLOY / "Containerfile").read_text("utf-8").rpartition("\nFROM ")[2]
    for line in stage.splitlines():
        instruction, _, rest = line.partition(" ")
        if instruction.isupper():
            yield instruction, rest
