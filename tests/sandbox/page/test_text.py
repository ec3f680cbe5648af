"""Words: mrkdwn, Markdown and rich text become DOM, and never a script."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from sandbox.slack.block_kit.markdown_tree import parse_markdown
from tests.sandbox.page.page_harness import Json, PageHarness, messages, section

RENDER = """async ([module, name, text]) => {
    const file = new URL(`text/${module}.js`, document.querySelector("script").src);
    const parts = (await import(file))[name](text);
    const root = document.createElement("div");
    root.append(...[parts].flat());
    for (const node of root.querySelectorAll("*"))
        for (const { name } of [...node.attributes])
            if (!["href", "start", "data-emoji", "datetime"].includes(name)) node.removeAttribute(name);
    root.querySelectorAll("[data-emoji]").forEach((node) => node.replaceWith(`(${node.dataset.emoji})`));
    return root.innerHTML;
}"""


async def rendered(page: Page, module: str, name: str, text: str | Json | list[Json]) -> str:
    """The markup that a renderer of text/ makes, with only the attributes that matter."""
    return str(await page.evaluate(RENDER, [module, name, text]))


MRKDWN = {
    "*bold* _italic_ ~gone~": "<strong>bold</strong> <em>italic</em> <s>gone</s>",
    "*_both_*": "<strong><em>both</em></strong>",
    "2*3*4 and snake_case_name": "2*3*4 and snake_case_name",
    "* not bold * and ** neither": "* not bold * and ** neither",
    "(*bold*), *bold*.": "(<strong>bold</strong>), <strong>bold</strong>.",
    "`a *b* &lt;c&gt;`": "<code>a *b* &lt;c&gt;</code>",
    "```\none\n  *two*\n```": "<pre>one\n  *two*</pre>",
    "before\n```x```\nafter": "before<pre>x</pre>after",
    "&gt; quoted\n&gt; more\nnot": "<blockquote>quoted<br>more</blockquote>not",
    "one\ntwo": "one<br>two",
    "<https://x.example/?a=1&amp;b=2|the &lt;label&gt;>": (
        '<a href="https://x.example/?a=1&amp;b=2">the &lt;label&gt;</a>'
    ),
    "see https://x.example/a_b_c.": 'see <a href="https://x.example/a_b_c">https://x.example/a_b_c</a>.',
    "*<https://x.example/|bold link>*": '<strong><a href="https://x.example/">bold link</a></strong>',
    "<@U0GRACE> in <#C0WEB>": "<span>@Grace Green</span> in <button>#web</button>",
    "<@U0NOBODY> <!here> <!subteam^S1|@team>": "<span>@U0NOBODY</span> <span>@here</span> <span>@team</span>",
    "<!subteam^S0PLATFORM> <!subteam^S1>": "<span>@platform</span> <span>@S1</span>",
    "<!date^1763942400^{date_num}|some day>": None,
    ":white_check_mark: :+1: :no_such_thing: 10:30:00": "(white_check_mark) (+1) :no_such_thing: 10:30:00",
    "&amp;lt; stays &lt;b&gt;": "&amp;lt; stays &lt;b&gt;",
    "<javascript:alert(1)|click>": "click",
    "unclosed *bold and `code and <http": "unclosed *bold and `code and &lt;http",
}


@pytest.mark.parametrize("text", MRKDWN)
async def test_mrkdwn_reads_as_in_slack(shared_page: Page, text: str) -> None:
    markup = await rendered(shared_page, "mrkdwn", "mrkdwn", text)
    expected = MRKDWN[text]
    if expected is None:
        assert markup == '<time datetime="2025-11-24T00:00:00.000Z">11/24/2025</time>'
    else:
        assert markup == expected


async def test_a_date_is_written_in_the_language_of_who_reads(harness: PageHarness) -> None:
    page = await harness.open(as_="W0WIM", channel="D0WIM")
    await expect(page.get_by_test_id("tab-home")).to_be_visible()
    written = await rendered(page, "mrkdwn", "mrkdwn", "<!date^1763942400^{date_num}, {date_long_pretty}|some day>")
    assert "24.11.2025, Montag, 24. November 2025" in written
    now = int(await page.evaluate("Date.now() / 1000"))
    assert ">vor 3 Stunden<" in await rendered(page, "mrkdwn", "mrkdwn", f"<!date^{now - 3 * 3600 - 5}^{{ago}}|then>")
    assert ">heute<" in await rendered(page, "mrkdwn", "mrkdwn", f"<!date^{now}^{{date_pretty}}|then>")


MARKDOWN = {
    "# Title\ntext **bold** *it* ~~no~~ `c`": (
        "<h3>Title</h3><p>text <strong>bold</strong> <em>it</em> <s>no</s> <code>c</code></p>"
    ),
    "- one\n- two\n  1. inner\n- [x] done": (
        "<ul><li>one</li><li>two<ol><li>inner</li></ol></li><li><input>done</li></ul>"
    ),
    "3. three\n4. four": '<ol start="3"><li>three</li><li>four</li></ol>',
    "> a\n> b": "<blockquote><p>a<br>b</p></blockquote>",
    "```py\nx < 1 *y*\n```\nafter": "<pre>x &lt; 1 *y*</pre><p>after</p>",
    "| a | b |\n|---|:-:|\n| 1 | `2` |": (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>1</td><td><code>2</code></td></tr></tbody></table>"
    ),
    "---": "<hr>",
    "[label](https://x.example/) and https://y.example/": (
        '<p><a href="https://x.example/">label</a> and <a href="https://y.example/">https://y.example/</a></p>'
    ),
    "[click](javascript:alert(1)) <script>alert(1)</script>": (
        "<p>[click](javascript:alert(1)) &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    ),
    r"a \*plain\* star, snake_case_name, 2 * 3": "<p>a *plain* star, snake_case_name, 2 * 3</p>",
    r"<@U0EVE> :rocket: &lt;@U0EVE&gt; \<@U0EVE>": (
        "<p><span>@Eve Evans</span> (rocket) &lt;@U0EVE&gt; &lt;@U0EVE&gt;</p>"
    ),
    "![a chart](https://x.example/c.png) **[b](https://x.example/)**": (
        '<p><a href="https://x.example/c.png">a chart</a> <strong><a href="https://x.example/">b</a></strong></p>'
    ),
    "two\nlines\n\nthen more": "<p>two<br>lines</p><p>then more</p>",
}


@pytest.mark.parametrize("text", MARKDOWN)
async def test_markdown_reads_as_markdown(shared_page: Page, text: str) -> None:
    assert await rendered(shared_page, "markdown", "markdown", parse_markdown(text)) == MARKDOWN[text]


async def test_rich_text_shows_all_its_parts(shared_page: Page) -> None:
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "item", "style": {"code": True}}]}
    parts = [
        {"type": "text", "text": "strong", "style": {"bold": True, "italic": True}},
        {"type": "user", "user_id": "U0EVE"},
        {"type": "channel", "channel_id": "C0WEB"},
        {"type": "broadcast", "range": "channel"},
        {"type": "emoji", "name": "rocket"},
        {"type": "emoji", "name": "unheard_of", "unicode": "1f9ff"},
        {"type": "link", "url": "https://x.example/", "text": "link"},
        {"type": "date", "timestamp": 1763942400, "format": "{date_num}", "fallback": "day"},
    ]
    block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": parts},
            {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": [item]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "<pre>"}]},
        ],
    }
    markup = await rendered(shared_page, "rich_text", "richText", block)
    assert markup == (
        "<div><div><em><strong>strong</strong></em><span>@Eve Evans</span><button>#web</button><span>@channel</span>"
        '(rocket)\U0001f9ff<a href="https://x.example/">link</a>'
        '<time datetime="2025-11-24T00:00:00.000Z">11/24/2025</time></div>'
        '<ol start="3"><li><code>item</code></li></ol><blockquote>quoted</blockquote><pre>&lt;pre&gt;</pre></div>'
    )


ATTACK = '<img src=x onerror="window.stolen = 1"><script>window.stolen = 2</script>'


async def test_nothing_that_is_written_becomes_a_script(harness: PageHarness) -> None:
    page = await harness.open()
    plain = {"type": "plain_text", "text": ATTACK}
    await harness.app.post(
        ATTACK,
        username=ATTACK,
        attachments=[
            {"color": 'red"><script>', "title": ATTACK, "title_link": "javascript:window.stolen=3", "text": ATTACK},
            {"fallback": ATTACK, "fields": [{"title": ATTACK, "value": ATTACK}], "footer": ATTACK},
        ],
    )
    await harness.app.post(
        "blocks",
        blocks=[
            {"type": "header", "text": {**plain, "text": ATTACK[:140]}},
            section(ATTACK),
            {"type": "markdown", "text": f"{ATTACK}\n\n[x](javascript:window.stolen=4)\n\n`{ATTACK}`"},
            {"type": "context", "elements": [plain, {"type": "mrkdwn", "text": f"<javascript:alert(1)|{ATTACK}>"}]},
            {"type": "table", "rows": [[{"type": "raw_text", "text": ATTACK}]]},
        ],
    )
    await expect(messages(page)).to_have_count(2)
    shown = page.get_by_test_id("messages")
    await expect(shown).to_contain_text("<script>window.stolen = 2</script>")
    assert await shown.locator("script, img, [href^=javascript]").count() == 0
    assert await page.evaluate("window.stolen") is None


async def test_a_line_of_script_typed_by_a_person_stays_a_line(harness: PageHarness) -> None:
    page = await harness.open()
    field = page.get_by_test_id("composer").get_by_test_id("composer-field")
    await field.fill(ATTACK)
    await field.press("Enter")
    await expect(messages(page)).to_contain_text([ATTACK])
    assert await page.evaluate("window.stolen") is None
