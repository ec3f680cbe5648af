"""What people read names things by their names: an id is shown only where it is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.plugins.each_case import each_case

GOLDEN = Path(__file__).parents[1] / "golden"
SHOW_IDS = {
    "person": "CircleCI's id of a person is what `me --user` is about",
    "project": "the ids that CircleCI's API wants, one a field",
    "project_with_definitions": "the same",
}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}|circleci/[\w-]+/[\w-]+")
_ADDRESS = re.compile(r"<https?://[^|>]*\|?")
_UNREAD = {"value", "url", "action_id", "block_id", "private_metadata", "image_url"}


def _iterate_texts(shown: Any) -> Iterator[str]:
    if isinstance(shown, Mapping):
        for key, value in shown.items():
            if key == "text" and isinstance(value, str):
                yield _ADDRESS.sub("", value)
            elif key not in _UNREAD:
                yield from _iterate_texts(value)
    elif isinstance(shown, list):
        for one in shown:
            yield from _iterate_texts(one)


@each_case("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_no_sentence_holds_an_id(path: Path) -> None:
    found = [text for text in _iterate_texts(json.loads(path.read_text(encoding="utf-8"))) if _ID.search(text)]
    assert bool(found) is (path.stem in SHOW_IDS), found
