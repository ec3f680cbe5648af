"""Downloads of artifacts: where the token goes, how much is taken, and what is said when it breaks."""

from __future__ import annotations

import gzip
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from pytest_httpx import HTTPXMock, IteratorStream
from structlog.testing import capture_logs

from bot.circleci.client import CircleCI
from bot.circleci.download import TooBig, is_circleci_host
from bot.errors import CircleCIError, NotFound, Rejected, Unavailable
from tests.plugins.each_case import each_case

OWN = "https://circleci.test/artifacts/1/log.txt"
STORE = "https://store.test/1?X-Amz-Signature=presigned"
CLOUD = "https://circleci.com"
SERVER = "https://ci.acme.test"


@each_case(
    ("url", "base"),
    [
        ("https://circleci.com/a", CLOUD),
        ("https://app.circleci.com/a", CLOUD),
        ("https://output.circle-artifacts.com/output/job/1/artifacts/0/a", CLOUD),
        ("https://CIRCLECI.com:443/a", CLOUD),
        ("https://ci.acme.test/a", SERVER),
        ("http://127.0.0.1:3000/circleci/artifacts/1", "http://127.0.0.1:3000/circleci"),
    ],
)
def test_circlecis_own_hosts_get_the_token(url: str, base: str) -> None:
    assert is_circleci_host(httpx.URL(url), base)


@each_case(
    ("url", "base"),
    [
        ("http://circleci.com/a", CLOUD),
        ("https://evilcircleci.com/a", CLOUD),
        ("https://circleci.com.evil.test/a", CLOUD),
        ("https://circleci.com@evil.test/a", CLOUD),
        ("https://circle-artifacts.com.evil.test/a", CLOUD),
        ("https://s3.amazonaws.com/circleci.com/a", CLOUD),
        ("https://circleci.com:8443@evil.test/", CLOUD),
        ("https://output.circle-artifacts.com/a", SERVER),
        ("https://circleci.com/a", SERVER),
        ("http://ci.acme.test/a", SERVER),
        ("https://other.acme.test/a", SERVER),
        ("https://ci.acme.test:9000/a", SERVER),
        ("http://localhost:3000/a", "http://127.0.0.1:3000/circleci"),
    ],
)
def test_no_other_host_gets_it(url: str, base: str) -> None:
    assert not is_circleci_host(httpx.URL(url), base)


async def test_an_artifact_is_fetched_with_the_token_and_as_it_is_stored(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=OWN, content=b"bytes")
    assert await circleci.download(OWN, most_bytes=5) == b"bytes"
    (request,) = httpx_mock.get_requests()
    assert (request.headers["circle-token"], request.headers["accept-encoding"]) == ("CCIPAT_ada", "identity")


async def test_an_artifact_at_a_foreign_address_is_fetched_without_it(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=STORE, content=b"bytes")
    assert await circleci.download(STORE, most_bytes=5) == b"bytes"
    assert "circle-token" not in httpx_mock.get_requests()[0].headers


async def test_a_redirect_to_another_host_loses_the_token_for_good(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    back = "https://circleci.test/again"
    httpx_mock.add_response(url=OWN, status_code=302, headers={"location": "/moved"})
    httpx_mock.add_response(url="https://circleci.test/moved", status_code=307, headers={"location": STORE})
    httpx_mock.add_response(url=STORE, status_code=302, headers={"location": back})
    httpx_mock.add_response(url=back, content=b"bytes")
    assert await circleci.download(OWN, most_bytes=5) == b"bytes"
    carried = [(request.url.path, request.headers.get("circle-token")) for request in httpx_mock.get_requests()]
    assert carried == [
        ("/artifacts/1/log.txt", "CCIPAT_ada"),
        ("/moved", "CCIPAT_ada"),
        ("/1", None),
        ("/again", None),
    ]


@pytest.mark.parametrize("onward", ["http://circleci.test/moved", "https://circleci.test:444/moved"])
async def test_the_same_name_in_the_clear_or_at_another_port_is_another_host(
    circleci: CircleCI, httpx_mock: HTTPXMock, onward: str
) -> None:
    httpx_mock.add_response(url=OWN, status_code=302, headers={"location": onward})
    httpx_mock.add_response(url=onward, content=b"bytes")
    assert await circleci.download(OWN, most_bytes=5) == b"bytes"
    assert "circle-token" not in httpx_mock.get_requests()[1].headers


async def test_redirects_lead_nowhere_but_to_http_and_not_in_a_circle(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=OWN, status_code=302, headers={"location": OWN}, is_reusable=True)
    httpx_mock.add_response(url=STORE, status_code=302, headers={"location": "file:///etc/passwd"})
    for url in (OWN, STORE):
        with pytest.raises(Unavailable):
            await circleci.download(url, most_bytes=5)
    assert len(httpx_mock.get_requests()) == 7


async def test_what_says_that_it_is_too_big_is_not_read(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    read: list[bytes] = []
    body = _Counted(read, b"x" * 10, 100)
    httpx_mock.add_response(headers={"content-length": "1000"}, stream=body)
    assert await circleci.download(OWN, most_bytes=999) == TooBig(1000)
    assert read == []


@pytest.mark.parametrize("headers", [{}, {"content-length": "10"}, {"content-length": "-1"}, {"content-length": "٣"}])
async def test_the_limit_holds_also_when_the_length_lies(
    circleci: CircleCI, httpx_mock: HTTPXMock, headers: dict[str, str]
) -> None:
    read: list[bytes] = []
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    httpx_mock.add_response(headers=encoded, stream=_Counted(read, b"x" * 10, 100))
    assert await circleci.download(OWN, most_bytes=25) == TooBig(None)
    assert len(read) == 3


async def test_what_is_packed_on_the_way_counts_unpacked(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    bomb = gzip.compress(bytes(1_000_000))
    httpx_mock.add_response(headers={"content-encoding": "gzip"}, stream=IteratorStream([bomb]))
    assert await circleci.download(OWN, most_bytes=999_999) == TooBig(None)


async def test_somebody_may_hear_how_far_it_is(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    steps: list[tuple[int, int | None]] = []

    async def heard(now: int, of: int | None) -> None:
        steps.append((now, of))

    httpx_mock.add_response(headers={"content-length": "6"}, stream=IteratorStream([b"abc", b"def"]))
    assert await circleci.download(OWN, most_bytes=6, on_progress=heard) == b"abcdef"
    assert steps == [(3, 6), (6, 6)]


async def test_a_connection_lost_half_way_says_so(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(stream=_Breaking(b"abc"))
    with pytest.raises(Unavailable) as raised:
        await circleci.download(OWN, most_bytes=10)
    assert raised.value.message == ("The connection to CircleCI broke. That was in the middle of the file: try again.")


@pytest.mark.parametrize(("status", "kind"), [(401, Rejected), (403, Rejected), (404, NotFound), (410, NotFound)])
async def test_a_refusal_says_nothing_of_the_token_or_the_address(
    circleci: CircleCI, httpx_mock: HTTPXMock, status: int, kind: type[CircleCIError]
) -> None:
    httpx_mock.add_response(url=OWN, status_code=302, headers={"location": STORE})
    httpx_mock.add_response(url=STORE, status_code=status, content=b"<Error>presigned CCIPAT_ada</Error>")
    with pytest.raises(kind) as raised:
        await circleci.download(OWN, most_bytes=10)
    assert "presigned" not in raised.value.message
    assert "CCIPAT" not in raised.value.message


async def test_no_address_is_logged_on_the_way(
    circleci: CircleCI, httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    httpx_mock.add_response(url=OWN, status_code=302, headers={"location": STORE})
    httpx_mock.add_exception(httpx.ReadError(f"lost {STORE}"), url=STORE, is_reusable=True)
    with caplog.at_level(logging.DEBUG), capture_logs() as logs, pytest.raises(Unavailable) as raised:
        await circleci.download(OWN, most_bytes=10)
    told = f"{raised.value!r} {raised.value.__cause__!r} {logs} {caplog.text}"
    assert "presigned" not in told
    assert "CCIPAT" not in told


async def test_sizes_are_asked_without_reading(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(method="HEAD", url=OWN, headers={"content-length": "1234"})
    httpx_mock.add_response(method="HEAD", url=STORE, headers={"transfer-encoding": "chunked"})
    assert await circleci.fetch_artifact_size(OWN) == 1234
    assert await circleci.fetch_artifact_size(STORE) is None


class _Breaking(httpx.AsyncByteStream):
    """A body whose connection goes away after its beginning."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._beginning
        raise httpx.ReadError("gone")


class _Counted(httpx.AsyncByteStream):
    """A body that writes down what was read of it."""

    def __init__(self, read: list[bytes], chunk: bytes, times: int) -> None:
        self._read, self._chunk, self._times = read, chunk, times

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self._times):
            self._read.append(self._chunk)
            yield self._chunk
