"""The moments of the gallery can all be reached: `make screenshots` takes pictures of what is there."""

from __future__ import annotations

from tests.journeys.gallery import take_pictures


async def test_every_moment_of_the_gallery_is_reached() -> None:
    assert await take_pictures(("none of them",)) == []
