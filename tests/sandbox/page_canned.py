"""Canned answers for the sandbox page: one incident that uses every drawing the page knows."""

from typing import Any

Json = dict[str, Any]

NOW = 1_763_733_600  # 21 November 2025, 14:00 UTC


def person(key: str, name: str, real_name: str, title: str, color: str, tz: str, **more: Any) -> Json:
    base = {"id": key, "name": name, "real_name": real_name, "title": title, "color": color, "tz": tz}
    return {**base, "is_bot": False, "guest": False, "deleted": False, **more}


PEOPLE = [
    person("U1", "maya", "Maya Lindqvist", "Site reliability", "7a4cc2", "Europe/Stockholm"),
    person("U2", "tomas", "Tomás Herrera", "Payments", "b5476b", "America/Bogota"),
    person("U3", "priya", "Priya Raman", "Platform lead", "0f7a8a", "Asia/Kolkata"),
    person("U4", "ken", "渡辺 健", "Storefront", "d9a21b", "Asia/Tokyo", guest=True),
    person("UB", "debrief", "Debrief", "", "0b6b67", "UTC", is_bot=True),
]


def channel(key: str, name: str, kind: str, **more: Any) -> Json:
    base = {"id": key, "name": name, "kind": kind, "topic": "", "purpose": "", "archived": False, "member": True}
    return {**base, "members": ["U1", "U2", "U3"], "unread": 0, "mentions": 0, "pinned": [], **more}


CHANNELS = [
    channel("C1", "general", "channel", topic="Company-wide matters", unread=2),
    channel("C2", "incidents", "channel", unread=1, mentions=1),
    channel(
        "C3",
        "inc-42-checkout-errors",
        "channel",
        topic="SEV2 · active · lead <@U1>",
        members=["U1", "U2", "U3", "U4", "UB"],
    ),
    channel("C4", "storefront", "channel", member=False, members=["U4"]),
    channel("G1", "security", "private", members=["U1", "U3"]),
    channel("D1", "debrief", "dm", members=["U1", "UB"], unread=1),
    channel("D2", "tomas", "dm", members=["U1", "U2"]),
    channel("APP", "Debrief", "home", members=[]),
]


def ts(minute: float, micros: int = 0) -> str:
    return f"{int(NOW - 3600 + minute * 60)}.{micros:06d}"


def message(minute: float, user: str, text: str, **more: Any) -> Json:
    at = more.pop("ts", ts(minute))
    base: Json = {"ts": at, "user": user, "bot": user == "UB", "text": text, "blocks": None, "thread_ts": None}
    base |= {"reply_count": 0, "reactions": [], "pinned": False, "ephemeral": False, "edited": False, "subtype": None}
    link = f"https://acme.slack.com/archives/C3/p{at.replace('.', '')}"
    return {**base, "files": [], "permalink": link, "metadata": None, **more}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str, action: str, **more: Any) -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action, "value": "1", **more}


CARD = [
    {"type": "header", "text": {"type": "plain_text", "text": "INC-42 · Checkout answers with errors"}},
    {
        "type": "section",
        "fields": [
            {"type": "mrkdwn", "text": "*Severity*\nSEV2"},
            {"type": "mrkdwn", "text": "*Status*\n:red_circle: active"},
            {"type": "mrkdwn", "text": "*Commander*\n<@U1>"},
            {"type": "mrkdwn", "text": f"*Declared*\n<!date^{NOW - 3600}^{{date_short_pretty}} {{time}}|earlier>"},
        ],
    },
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            button("Post update", "update", style="primary"),
            button("Severity", "sev"),
            button("Take lead", "lead"),
            button(
                "Resolve",
                "resolve",
                style="danger",
                confirm={
                    "title": {"type": "plain_text", "text": "Resolve INC-42?"},
                    "text": {"type": "mrkdwn", "text": "The *draft* opens."},
                    "confirm": {"type": "plain_text", "text": "Resolve"},
                    "deny": {"type": "plain_text", "text": "Not yet"},
                    "style": "danger",
                },
            ),
            {
                "type": "overflow",
                "action_id": "more",
                "options": [
                    {"text": {"type": "plain_text", "text": "Timeline"}, "value": "timeline"},
                    {"text": {"type": "plain_text", "text": "Catch up"}, "value": "catchup"},
                ],
            },
        ],
    },
    {
        "type": "context",
        "elements": [
            {
                "type": "mrkdwn",
                "text": "Messages here are kept for the postmortem. React with :no_entry_sign: to leave one out.",
            }
        ],
    },
]

REMINDER = [
    section("*2 action items are overdue.* The oldest first:"),
    section(
        "*ACT-7* Alert on pool saturation\n_INC-42 Checkout answers with errors_ · 9 days late\n"
        "Without it the next leak is found by customers again."
    ),
    {
        "type": "actions",
        "block_id": "act-7",
        "elements": [
            button("Done", "done", style="primary"),
            button("Snooze", "snooze"),
            button("Reassign", "reassign"),
            button("Not mine", "not_mine"),
            button("Won't do", "wont"),
        ],
    },
    {"type": "divider"},
    section("*ACT-9* Cap connections per worker\n_INC-42 Checkout answers with errors_ · 2 days late"),
]

RICH = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Two things are odd "},
                    {"type": "emoji", "name": "thinking_face"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 0,
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "retries", "style": {"bold": True}},
                            {"type": "text", "text": " doubled after the deploy"},
                        ],
                    },
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "only "},
                            {"type": "text", "text": "eu-west", "style": {"code": True}},
                            {"type": "text", "text": " is hit, ask "},
                            {"type": "user", "user_id": "U3"},
                        ],
                    },
                ],
            },
        ],
    }
]

ROOT = ts(9)

INCIDENT = [
    message(0, "UB", "INC-42 Checkout answers with errors", blocks=CARD, pinned=True),
    message(0.5, "U2", "joined the channel", subtype="channel_join"),
    message(
        2,
        "U2",
        "Checkout answers *502* for about one request in five. Started with the `payments-api` deploy at 13:52?",
    ),
    message(
        2.6,
        "U2",
        "<https://grafana.example.com/d/checkout|Checkout dashboard> · <!date^1763729520^{time} on {date_long}|13:52>",
        files=[
            {"id": "F1", "name": "error-rate.png", "mimetype": "image/png", "permalink": "https://files.example.com/F1"}
        ],
    ),
    message(
        4,
        "U1",
        "I take the lead. <@U2> please roll back, <@U3> can you look at the connection pool?",
        edited=True,
        reactions=[{"name": "+1", "users": ["U2", "U3"]}],
    ),
    message(5, "UB", "Maya Lindqvist leads INC-42."),
    message(
        9,
        "U3",
        "Pool is exhausted:\n```\nFATAL: remaining connection slots are reserved\nactive=100 idle=0 waiting=312\n```",
        ts=ROOT,
        reply_count=2,
        reactions=[{"name": "pushpin", "users": ["U1"]}, {"name": "eyes", "users": ["U2", "U4"]}],
    ),
    message(
        10, "U2", "That is ten times the usual. The new retry loop opens a connection per attempt.", thread_ts=ROOT
    ),
    message(11, "U1", "So the rollback should help. :crossed_fingers:", thread_ts=ROOT),
    message(12, "U4", "ストアフロント側でも確認しました。支払いが失敗しています。"),
    message(13, "U4", "مرحبا، العملاء يبلغون عن أخطاء في الدفع"),
    message(14, "U3", "", blocks=RICH),
    message(
        16,
        "U2",
        "Rolled back. Error rate is falling:\n&gt; 18 % → 4 % → 0.3 %\n"
        "• queue drained\n• no lost orders &amp; no double charges",
        reactions=[{"name": "tada", "users": ["U1", "U3", "U4"]}],
    ),
    message(
        17, "UB", "Added to the timeline: “Rolled back. Error rate is falling”. It stands at 14:16.", ephemeral=True
    ),
]

DIRECT = [message(58, "UB", "2 action items are overdue", blocks=REMINDER)]

MODAL = {
    "id": "V1",
    "hash": "1",
    "callback_id": "declare",
    "title": {"type": "plain_text", "text": "Declare an incident"},
    "submit": {"type": "plain_text", "text": "Declare"},
    "close": {"type": "plain_text", "text": "Cancel"},
    "errors": None,
    "state": None,
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "What is wrong?"},
            "element": {
                "type": "plain_text_input",
                "action_id": "v",
                "max_length": 150,
                "placeholder": {"type": "plain_text", "text": "for example: checkout answers with errors"},
            },
        },
        {
            "type": "input",
            "block_id": "severity",
            "label": {"type": "plain_text", "text": "Severity"},
            "element": {
                "type": "static_select",
                "action_id": "v",
                "options": [{"text": {"type": "plain_text", "text": f"SEV{n}"}, "value": str(n)} for n in range(1, 6)],
                "initial_option": {"text": {"type": "plain_text", "text": "SEV2"}, "value": "2"},
            },
        },
        {
            "type": "input",
            "block_id": "started",
            "optional": True,
            "label": {"type": "plain_text", "text": "When did it begin?"},
            "hint": {"type": "plain_text", "text": "Leave it empty if you do not know."},
            "element": {"type": "datetimepicker", "action_id": "v", "initial_date_time": NOW - 3600},
        },
        {
            "type": "input",
            "block_id": "people",
            "optional": True,
            "label": {"type": "plain_text", "text": "Who is needed?"},
            "element": {"type": "multi_users_select", "action_id": "v", "initial_users": ["U3"]},
        },
        {
            "type": "input",
            "block_id": "how",
            "optional": True,
            "label": {"type": "plain_text", "text": "Options"},
            "element": {
                "type": "checkboxes",
                "action_id": "v",
                "options": [
                    {
                        "text": {"type": "plain_text", "text": "Private"},
                        "description": {"type": "plain_text", "text": "Only people who are invited see it"},
                        "value": "private",
                    },
                    {"text": {"type": "plain_text", "text": "This is a drill"}, "value": "drill"},
                ],
            },
        },
    ],
}

HOME = {
    "id": "VH",
    "hash": "1",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "Good afternoon, Maya"}},
        section(
            "*INC-42 Checkout answers with errors*\nSEV2 · active for 58 minutes · you lead",
            accessory=button("Open", "open", style="primary"),
        ),
        {"type": "divider"},
        section("*Your action items*\nNothing is overdue. :four_leaf_clover:"),
        {
            "type": "input",
            "block_id": "zone",
            "dispatch_action": True,
            "label": {"type": "plain_text", "text": "Announcements go to"},
            "element": {"type": "conversations_select", "action_id": "v", "initial_conversation": "C2"},
        },
        {"type": "actions", "block_id": "a", "elements": [button("Declare an incident", "declare", style="danger")]},
    ],
}

STORY = [
    (
        (
            "Tomás notices failing payments and declares with one line. "
            "Debrief opens this channel and pins *one living card*."
        ),
        "C3",
        ts(0),
        None,
    ),
    ("Maya takes the lead by saying so. The card above changes in place instead of a new post.", "C3", ts(4), None),
    ("A :pushpin: on a message puts it on the timeline, at the time it was said.", "C3", ROOT, None),
    ("Weeks later: one quiet reminder a week, to the owner alone, with buttons that settle it.", "D1", ts(58), "U1"),
]

PAYLOADS: list[Json] = [
    {
        "id": 1,
        "at": "2025-11-21T13:09:00+00:00",
        "direction": "to bot",
        "name": "event reaction_added",
        "status": 200,
        "ms": 7,
        "note": "signed; answered within 3 s",
        "request": {
            "type": "event_callback",
            "event_id": "Ev1",
            "event": {
                "type": "reaction_added",
                "user": "U1",
                "reaction": "pushpin",
                "item": {"channel": "C3", "ts": ROOT},
            },
        },
        "response": {},
    },
    {
        "id": 2,
        "at": "2025-11-21T13:09:00+00:00",
        "direction": "from bot",
        "name": "chat.postEphemeral",
        "status": 200,
        "ms": 3,
        "note": "",
        "request": {"channel": "C3", "user": "U1", "text": "Added to the timeline"},
        "response": {"ok": True, "message_ts": ts(17)},
    },
    {
        "id": 3,
        "at": "2025-11-21T13:58:00+00:00",
        "direction": "from bot",
        "name": "chat.update",
        "status": 429,
        "ms": 1,
        "note": "Retry-After: 1",
        "request": {"channel": "C3", "ts": ts(0)},
        "response": {"ok": False, "error": "ratelimited"},
    },
]
