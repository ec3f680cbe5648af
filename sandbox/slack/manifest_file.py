"""An app's manifest from a YAML or JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.slack.manifest_schema import list_schema_problems

MOST_BYTES = 1_000_000


class BadManifest(ValueError):
    """The file is no manifest; the sentence says why and where."""


def read_manifest(path: Path) -> Mapping[str, Any]:
    """The manifest in this file. Raises BadManifest for one that cannot be opened or is invalid."""
    document = _document(path, _text(path))
    problems = [f"  {problem.pointer or '/'}: {problem.message}" for problem in list_schema_problems(document)]
    if problems:
        raise BadManifest("\n".join([f"{path} is no manifest that Slack would take:", *problems]))
    manifest: Mapping[str, Any] = document
    return manifest


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadManifest(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        raise BadManifest(f"{path} is larger than a megabyte, so it is no manifest")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadManifest(f"{path} is no UTF-8 text") from None


def _document(path: Path, text: str) -> Any:
    """YAML reads JSON too, but for tabs between its words."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as no_json:
        if text.lstrip().startswith("{"):
            raise BadManifest(f"{path} is no JSON: {no_json}") from None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as no_yaml:
        raise BadManifest(f"{path} is neither JSON nor YAML: {' '.join(str(no_yaml).split())}") from None
