"""The manifests, as kustomize and Helm render them, keep what docs/install/kubernetes.md promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.plugins.deployment import (
    CHART,
    DEPLOY,
    OVERLAYS,
    Manifest,
    get_container,
    list_kind,
    list_pods,
    render_chart,
    render_overlay,
    render_values,
    run_tool,
)

UID = 10001
ROLES = {"sqlite": ["run"], "postgresql": ["migrate", "web", "worker"]}


def test_every_file_is_yaml_with_a_kind() -> None:
    for file in (DEPLOY / "kubernetes").rglob("*.yaml"):
        assert all(one["kind"] for one in yaml.safe_load_all(file.read_text("utf-8")))


def test_they_fit_the_schemas_of_kubernetes(manifests: list[Manifest], tmp_path: Path) -> None:
    file = tmp_path / "rendered.yaml"
    file.write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    checked = run_tool("kubernetes-validate", "--strict", file)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_helm_finds_no_fault_in_the_chart() -> None:
    found = run_tool("python", "-c", f"import helm_python; print(helm_python.lint({str(CHART)!r})['errors'])")
    assert found.stdout.strip() == "[]", found.stdout + found.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"database": "mysql"},
        {"settings": {"POLL_INTERVALL_S": 5}},
        {"settings": {"SLACK_BOT_TOKEN": "in the clear"}},
        {"secret": {"keys": ["SLACK_TOKEN"]}},
        {"replicas": {"web": -1}},
        {"replica": 2},
    ],
)
def test_a_value_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    done = render_values(wrong)
    assert done.returncode != 0
    assert "schema" in done.stderr


@pytest.mark.parametrize("database", OVERLAYS)
def test_helm_and_kustomize_make_the_same_pods(database: str) -> None:
    by_helm, by_kustomize = (
        {get_container(pod)["args"][0]: pod for pod in list_pods(rendered).values()}
        for rendered in (render_chart(database), render_overlay(database))
    )
    assert sorted(by_helm) == ROLES[database]
    for role, pod in by_kustomize.items():
        assert without_names(by_helm[role]) == without_names(pod)


@pytest.mark.parametrize("database", OVERLAYS)
def test_helm_and_kustomize_make_the_same_settings(database: str) -> None:
    one, other = (
        list_kind(rendered, "ConfigMap")[0]["data"] for rendered in (render_chart(database), render_overlay(database))
    )
    assert one == other


def without_names(pod: Manifest) -> Manifest:
    """kustomize names a ConfigMap by its contents, and Helm notes them beside."""
    container = get_container(pod)
    return {**pod, "containers": [{**container, "envFrom": bool(container.get("envFrom"))}]}


def test_every_pod_is_restricted(manifests: list[Manifest]) -> None:
    """Pod Security "restricted", a root that nobody can write to, and no token of the cluster."""
    pods = list_pods(manifests)
    assert pods
    for pod in pods.values():
        assert pod["securityContext"] == {
            "runAsNonRoot": True,
            "runAsUser": UID,
            "runAsGroup": UID,
            "fsGroup": UID,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert get_container(pod)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["automountServiceAccountToken"] is pod["enableServiceLinks"] is False


def test_secrets_are_files(manifests: list[Manifest]) -> None:
    for pod in list_pods(manifests).values():
        container = get_container(pod)
        assert not any("secretRef" in one for one in container.get("envFrom", []))
        assert not any("valueFrom" in one for one in container.get("env", []))
        (mount,) = [one for one in container["volumeMounts"] if one["name"] == "secrets"]
        assert mount == {"name": "secrets", "mountPath": "/run/secrets/circlebot", "readOnly": True}


def test_the_service_leads_to_http_alone_and_to_a_pod_that_serves_it(manifests: list[Manifest]) -> None:
    (service,) = list_kind(manifests, "Service")
    assert [one["targetPort"] for one in service["spec"]["ports"]] == ["http"]
    wanted = service["spec"]["selector"].items()
    led_to = [one for one in list_kind(manifests, "Deployment") if wanted <= get_labels(one).items()]
    assert [get_container(one["spec"]["template"]["spec"])["args"][0] for one in led_to] in (["run"], ["web"])


def get_labels(made: Manifest) -> dict[str, str]:
    return dict(made["spec"]["template"]["metadata"]["labels"])


def test_only_http_is_open_to_everybody(manifests: list[Manifest]) -> None:
    (policy,) = list_kind(manifests, "NetworkPolicy")
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
    anybody = [port["port"] for rule in policy["spec"]["ingress"] if "from" not in rule for port in rule["ports"]]
    assert anybody == ["http"]
    wanted = policy["spec"]["podSelector"]["matchLabels"].items()
    assert all(wanted <= get_labels(one).items() for one in list_kind(manifests, "Deployment"))


def test_replicas_are_drained_one_at_a_time(manifests: list[Manifest]) -> None:
    budgets = list_kind(manifests, "PodDisruptionBudget")
    deployed = [one for one in list_kind(manifests, "Deployment") if one["spec"]["replicas"] > 1]
    chosen = [one["spec"]["selector"]["matchLabels"] for one in budgets]
    assert chosen == [one["spec"]["selector"]["matchLabels"] for one in deployed]
    assert all(one["spec"]["maxUnavailable"] == 1 for one in budgets)


@pytest.mark.parametrize("render", [render_overlay, render_chart])
def test_one_process_has_the_volume(render: Any) -> None:
    (deployment,) = list_kind(render("sqlite"), "Deployment")
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})
    (claim,) = list_kind(render("sqlite"), "PersistentVolumeClaim")
    volumes = deployment["spec"]["template"]["spec"]["volumes"]
    assert {"name": "data", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}} in volumes
