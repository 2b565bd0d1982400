"""What people wrote in Teams, as the engine has it: the same words give the same text as in Slack, whatever comes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import markup as slack
from adapters.teams import markup
from adapters.teams.tags import Tag, tokens
from bot.text import MAX_TYPED, MENTION_CLOSE, MENTION_OPEN, mention_token, mentioned
from tests.hostile import TEAMS as HOSTILE

MAYA, TOM, BOT = "29:maya", "29:tom", "28:app"
NAMES = {MAYA: "Maya Lind", TOM: "Tom", BOT: "Debrief"}
TENANT = "T1"


def token(user: str) -> str:
    return mention_token(f"teams:{TENANT}:{user}")


def entity(user: str, name: str = "") -> dict[str, Any]:
    name = name or NAMES[user]
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": user, "name": name}}


def span(number: int, name: str) -> str:
    return f'<span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="{number}">{name}</span>'


def said(body: str, *entities: dict[str, Any], text: str = "other") -> str:
    html = {"contentType": "text/html", "content": body}
    told = {"text": text, "attachments": [html], "entities": list(entities), "recipient": {"id": BOT}}
    return markup.said_in(told, TENANT)


@pytest.mark.parametrize(
    ("teams", "in_slack"),
    [
        ("<p>hello</p>", "hello"),
        ("<p>one</p>\n<p>two</p>", "one\ntwo"),
        ("<div><div>one</div><div>two</div></div>", "one\ntwo"),
        ("<p>one<br>two<br/>three</p>", "one\ntwo\nthree"),
        ("<p>one</p><p>&nbsp;</p><p>two</p>", "one\n\ntwo"),
        ("<p>a <strong>bold</strong> word</p>", "a *bold* word"),
        ("<p>a <b>bold </b>word</p>", "a *bold* word"),
        ("<p><em>so</em>, <i>so</i> and <s>not</s></p>", "_so_, _so_ and ~not~"),
        ("<p><strong>one<br>two</strong></p>", "*one*\n*two*"),
        ("<p>run <code>ls -l</code> now</p>", "run `ls -l` now"),
        ("<pre>a = 1\nb = 2</pre>", "```a = 1\nb = 2```"),
        ("<pre><code>a = 1\n  b\n</code></pre>", "```a = 1\n  b```"),
        ('<codeblock class="Python"><code>a<br>b</code></codeblock>', "```a\nb```"),
        ("<p>see</p><pre>x</pre><p>there</p>", "see\n```x```\nthere"),
        ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
        ("<p>do:</p><ul><li><p>one</p></li><li>two<ul><li>sub</li></ul></li></ul>", "do:\n• one\n• two\n    ◦ sub"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<blockquote>wise<br>words</blockquote><p>yes</p>", "&gt; wise\n&gt; words\nyes"),
        ("<p>5 &lt; 6 &amp;&amp; 7 &gt; 6</p>", "5 &lt; 6 &amp;&amp; 7 &gt; 6"),
        ('<p><a href="https://x.example/a">the page</a></p>', "<https://x.example/a|the page>"),
        ('<p><a href="https://x.example/a">https://x.example/a</a></p>', "<https://x.example/a>"),
        ('<p><a href="https://x.example">x.example</a></p>', "<https://x.example|x.example>"),
        ('<p>to <a href="mailto:a@b.example">a@b.example</a></p>', "to <mailto:a@b.example|a@b.example>"),
        ('<p><a href="https://x.example/?a=1&amp;b=2">it</a>.</p>', "<https://x.example/?a=1&amp;b=2|it>."),
    ],
)
def test_the_same_words_are_the_same_text_as_in_slack(teams: str, in_slack: str) -> None:
    assert said(teams) == slack.neutral(in_slack, TENANT)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<p>nice <emoji id="1" alt="😀" title="x">:)</emoji> day</p>', "nice 😀 day"),
        ('<p><img itemscope itemtype="http://schema.skype.com/Emoji" alt="🎉"> yes</p>', "🎉 yes"),
        ('<p>look <img src="https://x/y.png" itemtype="http://schema.skype.com/AMSImage" alt="image"></p>', "look"),
        ('<p>look</p><attachment id="abc"></attachment>', "look"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td><p>1</p></td><td>2</td></tr></table>", "a | b\n1 | 2"),
        ("<h1>Head</h1>text", "Head\ntext"),
        ('<p title="a > b">x</p>', "x"),
        ("<p>a   b\n  c</p>", "a b c"),
        ("<script>alert(1)</script>x<style>p{}</style>", "x"),
        ("<!-- c -->x<!DOCTYPE html><?pi?>", "x"),
        ("a < b and b <3", "a < b and b <3"),
        ("<p>unclosed <strong>bold", "unclosed *bold*"),
        ("<pre>unclosed", "```unclosed```"),
        ("x <a href='javascript:alert(1)'>y</a>", "x y"),
        ("broken <p", "broken <p"),
        ("&#xE000;teams:T1:29:x&#xE001;", "teams:T1:29:x"),
        (f"&#{'9' * 5000};", f"&#{'9' * 5000};"),
        ("", ""),
    ],
)  # fmt: skip
def test_everything_else_of_a_body_becomes_words(body: str, text: str) -> None:
    assert said(body) == text


def test_a_quoted_reply_is_left_out() -> None:
    quote = (
        '<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="1"><strong>Tom</strong>'
        '<p itemprop="preview">old <blockquote>older</blockquote></p></blockquote>'
    )
    assert said(f"<div>{quote}<p>my answer</p></div>") == "my answer"


def test_mentions_become_tokens() -> None:
    body = f"<p>{span(0, 'Debrief')}&nbsp;ask {span(1, 'Maya Lind')} and {span(2, 'Tom')}</p>"
    told = said(body, entity(BOT), entity(MAYA), entity(TOM))
    assert told == f"{token(BOT)} ask {token(MAYA)} and {token(TOM)}"
    assert mentioned(told) == tuple(f"teams:{TENANT}:{user}" for user in (BOT, MAYA, TOM))


def test_people_of_one_name_are_told_apart_by_their_order() -> None:
    body = f"<p>{span(0, 'Sam')} {span(1, 'Sam')} {span(2, 'Sam')}</p>"
    assert (
        said(body, entity("29:a", "Sam"), entity("29:b", "Sam")) == f"{token('29:a')} {token('29:b')} {token('29:b')}"
    )


def test_a_shortened_mention_is_found_by_its_number() -> None:
    assert said(f"<p>{span(1, 'Maya')} x</p>", entity(TOM), entity(MAYA)) == f"{token(MAYA)} x"


@pytest.mark.parametrize(
    "entities", [[], [{"type": "mention", "text": "<at>Maya</at>"}], [{"type": "clientInfo", "mentioned": {"id": "x"}}]]
)
def test_a_mention_without_an_id_is_a_name(entities: list[dict[str, Any]]) -> None:
    assert said(f"<p>hi {span(0, 'Maya')}</p>", *entities) == "hi @Maya"
    assert markup.said_in({"text": "hi <at>Maya</at>", "entities": entities}, TENANT) == "hi @Maya"


@pytest.mark.parametrize(
    "mentioned",
    [
        {"id": "dGVhbXRhZw==", "type": "tag"},
        {"id": "19:general@thread.tacv2"},
        {"id": "19:general@thread.tacv2", "type": "channel"},
        {"id": "a team", "type": "Team"},
        {"id": "28:another-app"},
        {"id": "dGFn" * 50, "type": "tag"},
        {},
    ],
)
@pytest.mark.parametrize("item", [0, 7])
def test_what_is_no_person_stays_a_name(mentioned: dict[str, str], item: int) -> None:
    """`item`: by its place among the mentions, too, as names may be shortened."""
    other = {"type": "mention", "text": "<at>On call</at>", "mentioned": {"name": "On call", **mentioned}}
    body = f"<p>{span(1, 'Debrief')} lead {span(0, 'On call')} {span(item, 'oncall')} {span(2, 'Tom')}</p>"
    assert said(body, other, entity(BOT), entity(TOM)) == f"{token(BOT)} lead @On call @oncall {token(TOM)}"


def test_a_person_is_a_person_whatever_else_is_told() -> None:
    for kind in ("person", "user", None):
        tom = {"type": "mention", "text": "<at>Tom</at>", "mentioned": {"id": TOM, "name": "Tom", "type": kind}}
        assert said(f"<p>{span(0, 'Tom')}</p>", tom) == token(TOM)


def test_without_html_the_text_is_taken_literally_but_for_mentions() -> None:
    heard = {"entities": [entity(BOT)], "recipient": {"id": BOT}}
    activity = {"text": "<at>Debrief</at> 5 < 6 <b>x</b>\r\nnext", **heard}
    assert markup.said_in(activity, TENANT) == f"{token(BOT)} 5 < 6 <b>x</b>\nnext"
    xml = {"text": "<at>Debrief</at> 5 &lt; 6", **heard, "textFormat": "xml"}
    assert markup.said_in(xml, TENANT) == f"{token(BOT)} 5 < 6"
    assert markup.said_in({"text": "<at <at>x <attic></at> <at>"}, TENANT).startswith("<at ")


def test_what_stands_behind_the_bots_name_is_what_is_asked() -> None:
    bot = token(BOT)
    assert markup.without_bot(f"{bot} update all well", bot) == "update all well"
    assert markup.without_bot(f"hey {bot}: status", bot) == "status"
    assert markup.without_bot("status", bot) == "status"
    assert markup.without_bot(f"{bot} {bot} update all well", bot) == "update all well"
    assert markup.without_bot(f"{bot} ask {bot} for help", bot) == "ask @Debrief for help"
    assert markup.without_bot(f"note the end, thanks {bot}", bot) == "note the end, thanks"
    assert markup.without_bot(f"note the end {bot} !", bot) == "note the end"
    assert markup.without_bot(f"#42 status {bot}", bot) == "#42 status"
    assert markup.without_bot(f"hello {bot}", bot) == ""
    assert markup.without_bot(f"{bot}", bot) == ""
    assert markup.without_bot("status", "") == "status"
    assert markup.without_bot(f"{bot} lead {token(MAYA)}", bot) == f"lead {token(MAYA)}"


def test_a_message_actions_payload_reads_like_the_message() -> None:
    said = '<div>ask <at id="0">Maya</at>, <at id="1">Debrief</at> or <at id="2">X</at></div>'
    payload = {
        "body": {"contentType": "html", "content": said},
        "mentions": [
            {"id": 0, "mentionText": "Maya", "mentioned": {"user": {"id": "aaaa-1", "displayName": "Maya"}}},
            {"id": 1, "mentionText": "Debrief", "mentioned": {"application": {"id": "app", "displayName": "Debrief"}}},
            {"id": 2, "mentionText": "X", "mentioned": {"user": {"id": "nobody"}}},
        ],
    }  # fmt: skip
    known = {"aaaa-1": f"teams:{TENANT}:{MAYA}", "app": f"teams:{TENANT}:{BOT}"}
    told = markup.of_message_payload(payload, TENANT, lambda ident: known.get(ident, ""))
    assert told == f"ask {token(MAYA)}, {token(BOT)} or @X"
    plain = {"body": {"contentType": "text", "content": "5 < 6 <b>"}}
    assert markup.of_message_payload(plain, TENANT, lambda _: "") == "5 < 6 <b>"


def test_files_and_pictures_are_told_and_cards_and_bodies_are_not() -> None:
    activity = {
        "attachments": [
            {"contentType": "text/html", "content": "<p>x</p>"},
            {"contentType": "application/vnd.microsoft.card.adaptive", "content": {}},
            {"contentType": "messageReference", "content": "{}", "name": "x"},
            {
                "contentType": "application/vnd.microsoft.teams.file.download.info", "name": "graph.png",
                "contentUrl": "https://contoso.sharepoint.com/graph.png", "content": {"downloadUrl": "https://x/secret"},
            },
            {"contentType": "reference", "name": "plan.pdf", "contentUrl": "https://contoso.sharepoint.com/plan.pdf"},
            {"contentType": "image/*", "contentUrl": "https://smba.trafficmanager.net/v3/attachments/1/views/original"},
            {"contentType": "image/png", "contentUrl": "javascript:alert(1)", "name": "evil"},
        ]
    }  # fmt: skip
    assert [(file.name, file.url, file.mimetype) for file in markup.files_in(activity)] == [
        ("graph.png", "https://contoso.sharepoint.com/graph.png", "image/png"),
        ("plan.pdf", "https://contoso.sharepoint.com/plan.pdf", "application/pdf"),
        ("file", "https://smba.trafficmanager.net/v3/attachments/1/views/original", ""),
        ("evil", "", "image/png"),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_is_read_as_it_was_typed(text: str) -> None:
    assert "".join(one if isinstance(one, str) else "\n" for one in tokens(markup.escaped(text))) == text


MEGABYTE = 1_000_000
FLOODS = [
    "<",
    "<a ",
    "<a x=",
    '<a x="',
    "<a x='",
    '<a "" ',
    "<!--",
    "<![CDATA[",
    "<?",
    "</",
    "&",
    "&#",
    "&#9",
    "<b>",
    "<b>x</b> ",
    "<div>",
    "<blockquote>",
    "<ul><li>",
    "<table><tr><td>",
    "<pre>",
    "</p>",
    "<br>",
    "<at>",
    "<at>x",
    "</at>",
    " ",
    "\n",
    "x",
    "<span itemtype='http://schema.skype.com/Mention'>",
    "<a href='https://x'>",
    "&nbsp;",
    "<p>a",
    '<p a="">',
    "<img alt=x>",
    "<strong> ",
    "a = ",
    "a='",
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("flood", FLOODS)
def test_a_megabyte_of_anything_is_read_in_one_pass(flood: str) -> None:
    text = flood * (MEGABYTE // len(flood))
    for body in (text, f'<p {text}">x'):
        assert len(said(body, entity(MAYA))) <= MAX_TYPED
        assert len(markup.said_in({"text": body, "entities": [entity(MAYA)]}, TENANT)) <= MAX_TYPED


TAGS = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<pre>", "</pre>", "<li>", "<ul>", "</ul>", "<td>", "<at>", "</at>", "<a href='x'>"]
)
BODIES = st.lists(st.one_of(TAGS, st.text(max_size=8), st.sampled_from(HOSTILE)), max_size=30).map("".join)
ODD: Any = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda deeper: st.one_of(
        st.lists(deeper, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["type", "mentioned", "id", "text", "contentType", "content", "attachments", "entities", "body", "user"]
            ),
            deeper,
            max_size=5,
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(BODIES)
def test_no_body_makes_a_mention_that_nobody_made(body: str) -> None:
    told = said(body)
    assert MENTION_OPEN not in told
    assert MENTION_CLOSE not in told


@settings(max_examples=200, deadline=None)
@given(ODD)
def test_no_activity_and_no_payload_is_too_odd(odd: Any) -> None:
    for activity in (odd, {"entities": odd, "attachments": odd, "body": odd, "mentions": odd, "text": odd}):
        if isinstance(activity, dict):
            assert isinstance(markup.said_in(activity, TENANT), str)
            assert isinstance(markup.of_message_payload(activity, TENANT, lambda _: ""), str)
            assert isinstance(markup.files_in(activity), tuple)


def test_a_tag_tells_its_attributes() -> None:
    (tag,) = tokens("<IMG itemscope ALT='a &gt; \"b\"' itemtype=x>")
    assert isinstance(tag, Tag)
    assert (tag.name, tag.attribute("alt"), tag.attribute("itemtype"), tag.attribute("src")) == (
        "img",
        'a > "b"',
        "x",
        "",
    )
