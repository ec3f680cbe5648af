from __future__ import annotations

import gc

pytest_plugins = ["tests.plugins.blockkit", "tests.plugins.postgres", "tests.plugins.world"]


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: no collection of garbage need look at it again."""
    gc.collect()
    gc.freeze()
