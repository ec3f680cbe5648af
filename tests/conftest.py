from __future__ import annotations

import gc
import importlib.util
import sys

pytest_plugins = ["tests.plugins.blockkit", "tests.plugins.postgres", "tests.plugins.world"]


if importlib.util.find_spec("sniffio") is None:
    # httpcore looks for it at every request, and to search every folder in vain is a quarter of what a request costs.
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # how Python notes that there is no such module


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: no collection of garbage need look at it again."""
    gc.collect()
    gc.freeze()
