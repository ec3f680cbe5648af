"""A form is read as Python reads one, in as many steps as it has fields."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from bot.payload import parse_form
from tests.plugins.counted_calls import count_calls

forms = st.lists(
    st.sampled_from([*'&=+%%%% aé"{2', "%22", "%7b", "%2B", "%25", "%C3%A9", "%E2%22", "%00", "%zz"]), max_size=30
)


@given(forms.map("".join))
def test_a_form_is_read_as_python_reads_it(text: str) -> None:
    expected = {name: value.replace("\0", "") for name, value in parse_qsl(text, keep_blank_values=True)}
    assert parse_form(text) == expected


@given(st.dictionaries(st.text(), st.text()))
def test_what_was_written_as_a_form_is_read_from_it(fields: dict[str, str]) -> None:
    written = urlencode({"payload": json.dumps(fields)}, errors="surrogatepass")
    assert json.loads(parse_form(written)["payload"]) == fields


def test_a_long_payload_takes_no_more_steps_than_a_short_one() -> None:
    short, long = (urlencode({"payload": json.dumps({"blocks": [{"type": "section"}] * size})}) for size in (2, 200))
    assert count_calls(lambda: parse_form(long)) <= count_calls(lambda: parse_form(short)) + 20
