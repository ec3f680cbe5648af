"""The page's own files: what a browser holds is as good as new until one of them is edited."""

from __future__ import annotations

import re
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from stat import S_ISREG

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

PAGE = Path(__file__).parent / "page"

_FRESH = {"Cache-Control": "no-cache"}
_FOR_EVER = {"Cache-Control": "max-age=31536000, immutable"}
_EDITION = re.compile(r"@[0-9a-f]{16}/")


def build_routes(folder: Path = PAGE) -> list[BaseRoute]:
    files = _PageFiles(folder)
    return [Route("/", files.show_page), Mount("/page", files)]


class _PageFiles(StaticFiles):
    """Scripts and styles. What has an edition in its address is kept; anything else a browser revalidates.

    A page asks for eighty. A thread to find a file, and three to read it, cost more than all else of an answer.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._folder = folder

    async def show_page(self, _request: Request) -> Response:
        """Its scripts and styles are asked for under the edition of now: an edited file shows at once, in a new one."""
        html = (self._folder / "index.html").read_text()
        return HTMLResponse(html.replace('"/page/', f'"/page/@{self._get_edition()}/'), headers=_FRESH)

    def _get_edition(self) -> str:
        """Another one whenever a file of the page is edited, added or gone."""
        files = [(str(file), (at := file.stat()).st_mtime_ns, at.st_size) for file in sorted(self._folder.rglob("*.*"))]
        return sha256(repr(files).encode()).hexdigest()[:16]

    async def get_response(self, path: str, scope: Scope) -> Response:
        edition = _EDITION.match(path)
        file = path[edition.end() :] if edition else path
        response = self._answer_at_once(file, scope) or await super().get_response(file, scope)
        response.headers.update(_FOR_EVER if edition else _FRESH)
        return response

    def _answer_at_once(self, path: str, scope: Scope) -> Response | None:
        """None for what is no file of ours, or cannot be looked for: that is refused."""
        try:
            file, found = self.lookup_path(path)
        except (OSError, ValueError):
            return None
        if scope["method"] != "GET" or found is None or not S_ISREG(found.st_mode):
            return None
        tag = {"ETag": f'"{found.st_mtime_ns:x}-{found.st_size:x}"'}
        response = Response(Path(file).read_bytes(), media_type=guess_type(file)[0], headers=tag)
        is_known = self.is_not_modified(response.headers, Headers(scope=scope))
        return NotModifiedResponse(response.headers) if is_known else response
