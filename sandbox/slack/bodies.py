"""Reading form bodies: url-encoded and multipart."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl


class BadBody(Exception):
    """Not a form."""


def parse_form(content_type: str, body: bytes) -> dict[str, Any]:
    """Field name -> text. Raises BadBody for any other content type."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    if content_type.startswith("multipart/form-data"):
        return {name: data.decode(errors="replace") for name, data in parse_multipart(content_type, body).items()}
    if not body and not content_type:
        return {}
    raise BadBody(content_type)


def parse_multipart(content_type: str, body: bytes) -> dict[str, bytes]:
    """Field name -> bytes of a multipart body."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            fields[name] = payload
    return fields
