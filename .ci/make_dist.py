"""What a release is: sdist, wheel, a list of all that it needs (CycloneDX) and their checksums, in the folder given.

The same tree gives the same bytes, whoever builds it and when: the time in them is SOURCE_DATE_EPOCH, else a constant.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from hatchling.build import build_sdist, build_wheel
from hatchling.builders.utils import get_reproducible_timestamp
from packageurl import PackageURL

CHECKOUT = Path(__file__).parents[1]
LOCKS = {
    "requirements.lock": ComponentScope.REQUIRED,
    "requirements-pictures.lock": ComponentScope.OPTIONAL,
    "requirements-postgresql.lock": ComponentScope.OPTIONAL,
    "requirements-tracing.lock": ComponentScope.OPTIONAL,
}
_PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?P<rest>(?:.*\n)(?:[ ].*\n?)*)", re.MULTILINE)
_ASKED_BY = re.compile(r"^\s+# (?:via )?\s*([a-z0-9-]+)(?: \(pyproject\.toml\))?$", re.MULTILINE)


def make(folder: Path) -> None:
    """Into an empty folder, or a new one."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(CHECKOUT)
    sdist, wheel = (folder / build(str(folder)) for build in (build_sdist, build_wheel))
    listed = wheel.with_name(f"{wheel.name.removesuffix('-py3-none-any.whl')}.cdx.json")
    listed.write_text(list_components(wheel), encoding="utf-8")
    sums = [f"{_sum(file)}  {file.name}\n" for file in (listed, sdist, wheel)]
    (folder / "SHA256SUMS").write_text("".join(sorted(sums)), encoding="utf-8")


def list_components(wheel: Path) -> str:
    """The wheel, what it needs and, as optional, what its extras need; versions are those of the locks."""
    name, version = wheel.name.split("-")[:2]
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, _sum(wheel)))
    bom.metadata.timestamp = datetime.fromtimestamp(get_reproducible_timestamp(), UTC)
    bom.metadata.component = _build(name, version, ["MIT"], type=ComponentType.APPLICATION)
    there = {name: [bom.metadata.component]}
    asked_by: list[tuple[Component, list[str]]] = []
    for pin, component in _list_pinned():
        there.setdefault(component.name, []).append(component)
        asked_by.append((component, _ASKED_BY.findall(pin) or [name]))
    for component, names in asked_by:
        for asking in (one for asked in names for one in there.get(asked, ())):
            bom.register_dependency(asking, [component])
    bom.components = [component for component, _names in asked_by]
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1) + "\n"


def _list_pinned() -> Iterator[tuple[str, Component]]:
    """What follows the pin in its lock, and the pinned; each version once."""
    seen = set()
    for lock, scope in LOCKS.items():
        for found in _PIN.finditer((CHECKOUT / lock).read_text(encoding="utf-8")):
            name, version = found["name"], found["version"]
            if (name, version) not in seen:
                seen.add((name, version))
                yield found["rest"], _build(name, version, _find_licences(name), scope=scope)


def _build(
    name: str,
    version: str,
    licences: list[str],
    *,
    scope: ComponentScope | None = None,
    type: ComponentType = ComponentType.LIBRARY,  # noqa: A002 - the library's name for it
) -> Component:
    url = PackageURL("pypi", None, name, version)
    read = [LicenseFactory().make_from_string(licence) for licence in licences]
    named = read if len(read) == 1 else [one for one in read if isinstance(one, License)]
    return Component(name=name, version=version, type=type, scope=scope, purl=url, bom_ref=str(url), licenses=named)


def _find_licences(name: str) -> list[str]:
    """As the package says it: an expression, a short name, or classifiers."""
    told = metadata(name)
    short = told.get("License-Expression") or told.get("License") or ""
    if short and len(short) < 60 and "\n" not in short:
        return [short]
    classifiers = (one.split(" :: ") for one in told.get_all("Classifier") or ())
    return [last for kind, *_between, last in classifiers if kind == "License"]


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    make(Path(sys.argv[1]).absolute())
