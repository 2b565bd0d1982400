"""Records with a text wherever somebody can put one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bot.model import FileLink, ItemStatus, Organisation, Policies, Update
from bot.ports import Record
from bot.review import Comment, Ownership, Review, SignOff
from bot.text import mention_token
from tests.bot.drafts import MAYAS, factor, item, message, pinned, postmortem, reacted, saying, told_incident, written
from tests.bot.worlds import NOW, PEOPLE, someone

TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "![x](http://evil.example/x.png)",
        "a: b\n---\nc",
        "\u202eevil",
        '#image("x") *b*',
        "日本 مرحبا 🎉",
    ]
)
OUTSIDE = ("external_what", "external_impact", "external_changes")


def record(text: str = "The pool was exhausted", **parts: Any) -> Record:
    eve = someone(text[:40].replace("\x00", "").strip() or "Eve", id="eve", accounts=PEOPLE[0].accounts[:0])
    about = told_incident(
        title=text or "x", summary=text, impact=text, service=text.replace("\x00", ""),
        roles={"lead": "tom", "ops": "eve"}, update=Update(text=text, by="maya", at=NOW),
    )  # fmt: skip
    url = text[:99].replace("\x00", "")
    files = (FileLink(name=text or "f", url="javascript:alert(1)"), FileLink(name=text, url=url))
    log = (
        pinned(1, f"{text} {mention_token(MAYAS)}", author="", author_name=text[:40].replace("\x00", "")),
        pinned(2, text, files=files),
        reacted(3, text, "tada", who=(MAYAS, "slack:T1:UNOBODY")),
        message(4, text, deleted_stamp=9, text_stamp=3),
        message(5, text, edits=2, author="api:org:integration:ci", ref=None),
    )
    items = (
        item(1, text or "x", owner="eve", link=url),
        item(2, text or "x", status=ItemStatus.WONT_DO, reason=text, factor="f1"),
        item(3, "Alert on saturation", status=ItemStatus.DONE, link="https://tickets.example/3"),
    )
    of = postmortem(
        factors=(factor(1, text),), edited={"hard": written(text), "impact": written(text)}, owner="eve",
        trigger=saying(text or "x"), decisions=(saying(text or "x", 2),), questions=(saying(text or "x", 3),),
        ownership=Ownership(told_at=NOW, asked=("tom", "eve")), review=reviewed(),
        comments=(commented(text),),
        dismissed_hints=frozenset({"one", "two", "three"}),
    )  # fmt: skip
    return Record(
        organisation=Organisation(id="org", name="Acme", policies=Policies(zone="Europe/Berlin")),
        incident=parts.pop("incident", about), entries=parts.pop("entries", log), items=parts.pop("items", items),
        postmortem=parts.pop("postmortem", of), people={one.id: one for one in (*PEOPLE, eve)}, now=NOW,
    )  # fmt: skip


def commented(text: str) -> Comment:
    return Comment(id="c1", version=1, by="ines", at=NOW, text=text or "x", resolved_by="tom", resolved_at=NOW)


def reviewed() -> Review:
    return Review(
        version=1, asked_by="tom", asked_at=NOW, reviewers=("maya", "tom"), changed_at=NOW, fair=("maya",),
        signed=(SignOff(by="maya", at=NOW),),
    )  # fmt: skip


def for_outside(**texts: str) -> Record:
    """One whose version for readers outside people have written."""
    made = record()
    told = dict.fromkeys(OUTSIDE, "For an hour no order could be placed.") | texts
    of = postmortem(edited={name: written(text) for name, text in told.items() if text})
    return made.model_copy(update={"postmortem": of})
