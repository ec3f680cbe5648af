"""What a release is made of: whoever builds it gets the same bytes, and everything is in it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from bot import __version__

CHECKOUT = Path(__file__).parents[1]
OURS = ("bot", "migrations", "sandbox")
NAME = f"circlebot-{__version__}"


def list_tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (CHECKOUT / name).is_file()]


def build(where: Path, *, at: int, umask: int) -> dict[str, bytes]:
    """Of a copy whose files were all changed then, by somebody with this umask; contents by name."""
    for name in list_tracked():
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / name, where / name)
        os.utime(where / name, (at, at))
    make = [sys.executable, str(where / ".ci/make_dist.py"), str(where / "dist")]
    subprocess.run(make, cwd="/", check=True, umask=umask, capture_output=True)
    return {file.name: file.read_bytes() for file in (where / "dist").iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release."""
    where = tmp_path_factory.mktemp("built")
    build(where, at=1_700_000_000, umask=0o077)
    return where / "dist"


def test_two_builds_are_the_same_bytes(built: Path, tmp_path: Path) -> None:
    again = build(tmp_path / "elsewhere", at=1_000_000_000, umask=0o002)
    assert again == {file.name: file.read_bytes() for file in built.iterdir()}
    assert sorted(again) == ["SHA256SUMS", f"{NAME}-py3-none-any.whl", f"{NAME}.cdx.json", f"{NAME}.tar.gz"]
    sums = dict(reversed(line.split()) for line in again.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in again.items()}


def test_from_the_sdist_the_same_wheel_is_built(built: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(built / f"{NAME}.tar.gz", tmp_path, filter="data")
    making = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", making, str(tmp_path)], cwd=tmp_path / NAME, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.read_bytes() == (built / wheel.name).read_bytes()


def test_the_wheel_has_all_that_runs_below_one_name(built: Path) -> None:
    with zipfile.ZipFile(built / f"{NAME}-py3-none-any.whl") as wheel:
        there = set(wheel.namelist())
    ours = [name for name in list_tracked() if name.split("/")[0] in OURS]
    wanted = {name if name.startswith("bot/") else f"bot/_beside/{name}" for name in ours}
    assert {"bot/_beside/sandbox/page/index.html", "bot/language/de.po"} <= wanted
    assert wanted <= there
    assert {name.split("/")[0] for name in there} == {"bot", f"{NAME}.dist-info"}


def test_the_list_of_components_is_valid_and_is_what_the_locks_pin(built: Path) -> None:
    text = (built / f"{NAME}.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    listed = json.loads(text)
    scopes = {f"{one['name']}=={one['version']}": one["scope"] for one in listed["components"]}
    locks = {name: _read_pins(f"requirements{name}.lock") for name in ("", "-pictures", "-postgresql", "-tracing")}
    assert {pin for pin, scope in scopes.items() if scope == "required"} == locks[""]
    assert set(scopes) == set().union(*locks.values())
    asked = {one["ref"]: one.get("dependsOn", []) for one in listed["dependencies"]}
    reached = asked[listed["metadata"]["component"]["bom-ref"]]
    for ref in reached:
        reached += [one for one in asked[ref] if one not in reached]
    assert set(reached) == {one["bom-ref"] for one in listed["components"]}, "each is asked for by something"


def _read_pins(lock: str) -> set[str]:
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    return set(re.findall(r"^\S+==\S+", text, re.MULTILINE))
