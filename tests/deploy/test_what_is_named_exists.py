"""Settings, commands, ports and releases that the files of deploy/ name are those of the code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import __version__
from bot.app import composition
from bot.operating import process
from bot.operating.command_line import app as command_line
from bot.settings import Settings
from bot.slack import socket
from tests.plugins.deployment import (
    CHART,
    CHECKOUT,
    DEPLOY,
    Manifest,
    get_container,
    list_kind,
    list_pods,
    read_compose,
    read_containerfile,
)

SETTINGS = {name.upper() for name in Settings.model_fields}
SECRETS = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
STOP_S = 2 * process._FINISH_WITHIN_S + composition._DRAIN_S + socket._CLOSE_WITHIN_S + composition._SEND_S
"""At most: two HTTP servers, the loops, the socket, and what they began."""
UNIT = DEPLOY / "systemd" / "circlebot.service"


def find_all(pattern: str, *files: Path) -> list[str]:
    """What the pattern finds in lines of these files."""
    return [found for file in files for found in re.findall(pattern, file.read_text("utf-8"), re.MULTILINE)]


def list_unknown(names: Iterator[str] | list[str]) -> set[str]:
    """A secret may be in a file: NAME_FILE."""
    return {name for name in names if name not in SETTINGS and name.removesuffix("_FILE") not in SECRETS}


def list_settings(manifests: list[Manifest]) -> Iterator[str]:
    for one in list_kind(manifests, "ConfigMap"):
        yield from one["data"]
    for pod in list_pods(manifests).values():
        yield from (variable["name"] for variable in get_container(pod).get("env", []))


def test_the_settings_of_manifests_exist(manifests: list[Manifest]) -> None:
    names = list(list_settings(manifests))
    assert names
    assert not list_unknown(names)


def test_the_settings_of_overlays_exist() -> None:
    files = list(DEPLOY.rglob("*.env"))
    assert files
    assert not list_unknown(find_all(r"^(\w+)=", *files))


def test_the_settings_of_compose_exist_and_their_files_are_secrets_of_the_service() -> None:
    for service in (one for one in read_compose()["services"].values() if one["image"] == "circlebot"):
        assert not list_unknown(list(service["environment"]))
        files = {value for name, value in service["environment"].items() if name.endswith("_FILE")}
        assert files == {f"/run/secrets/{name}" for name in service["secrets"]}
        assert set(service["secrets"]) <= set(read_compose()["secrets"])


def test_the_settings_of_the_image_and_of_the_unit_exist() -> None:
    image = [rest for instruction, rest in read_containerfile() if instruction == "ENV"]
    names = re.findall(r"(?:^| )(\w+)=", "\n".join([*image, *find_all(r"^Environment=(.*)$", UNIT)]), re.MULTILINE)
    assert {"HOST", "LOG_FORMAT"} <= set(names)
    assert list_unknown(names) == {"PATH", "HOME"}


def test_the_chart_takes_every_setting_and_no_other() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))["properties"]
    assert set(schema["settings"]["propertyNames"]["enum"]) == SETTINGS - SECRETS - {"FAILPOINT", "DELIVERY_STEPS"}
    assert set(schema["secret"]["properties"]["keys"]["items"]["enum"]) == SECRETS - {"DATABASE_URL"}


def list_commands() -> Iterator[str]:
    """As they stand behind `circlebot` in each file."""
    for service in read_compose()["services"].values():
        yield from service.get("command", [])
    yield from (json.loads(rest)[0] for instruction, rest in read_containerfile() if instruction == "CMD")
    yield from find_all(r"^\w+: python -m bot (\w+)$", CHECKOUT / "Procfile")
    yield from find_all(r"/circlebot (\w+)$", UNIT)


def test_the_commands_exist() -> None:
    named = set(list_commands())
    assert named == {"run", "web", "worker", "migrate"}
    assert named <= set(command_line)


def test_the_commands_of_pods_exist(manifests: list[Manifest]) -> None:
    named = {word for pod in list_pods(manifests).values() for word in get_container(pod)["args"]}
    assert named in ({"run"}, {"web", "worker", "migrate"})


def test_a_pod_has_the_ports_that_its_role_listens_at(manifests: list[Manifest]) -> None:
    http, admin = Settings.model_fields["port"].default, Settings.model_fields["admin_port"].default
    for pod in list_pods(manifests).values():
        container = get_container(pod)
        role, ports = container["args"][0], {one["name"]: one["containerPort"] for one in container.get("ports", [])}
        assert ports == {"migrate": {}, "worker": {"admin": admin}}.get(role, {"http": http, "admin": admin})


def test_compose_and_the_image_show_the_one_port() -> None:
    port = str(Settings.model_fields["port"].default)
    assert [rest for instruction, rest in read_containerfile() if instruction == "EXPOSE"] == [port]
    shown = {name: one["ports"] for name, one in read_compose()["services"].items() if "ports" in one}
    assert shown == {"web": [f"127.0.0.1:{port}:{port}"]}


def test_how_long_it_takes_to_stop_is_told_rightly() -> None:
    files = [*DEPLOY.rglob("*.*"), *(CHECKOUT / "docs" / "install").glob("*.md")]
    told = find_all(r"within (\d+) s\b", *(file for file in files if file.is_file()))
    assert len(told) == 4
    assert set(map(float, told)) == {STOP_S}


def test_everybody_waits_until_it_has_stopped(manifests: list[Manifest]) -> None:
    for pod in list_pods(manifests).values():
        container = get_container(pod)
        if "lifecycle" in container:
            led_here_s = container["lifecycle"]["preStop"]["sleep"]["seconds"]
            assert pod["terminationGracePeriodSeconds"] > STOP_S + led_here_s


@pytest.mark.parametrize("service", ["web", "worker", "migrate"])
def test_compose_waits_until_it_has_stopped(service: str) -> None:
    assert int(read_compose()["services"][service]["stop_grace_period"].removesuffix("s")) > STOP_S


def test_systemd_waits_until_it_has_stopped() -> None:
    (stop_s,) = find_all(r"^TimeoutStopSec=(\d+)$", UNIT)
    assert int(stop_s) > STOP_S


def test_the_release_is_this_one() -> None:
    files = sorted(DEPLOY.rglob("*.yaml"))
    named = find_all(r"^(?:version|appVersion|nameSuffix): -?(\d.+)$", *files) + find_all(r"newTag: ([\w.]+)", *files)
    assert len(named) == 5
    assert {one.replace("-", ".") for one in named} == {__version__}
