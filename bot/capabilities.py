"""What each platform can do for a person, and what stands in where it cannot.

Law: the page of the documentation is made from this table, and the stories of the suite ask it. A gap that is not
written down here fails a story, and so does a capability that is written down and does not work.
"""

from __future__ import annotations

from bot.text import Value

YES = ""
"""It works; anything else is the sentence that says what stands in for it."""

PLATFORMS = ("slack", "terminal")


class Capability(Value):
    name: str
    about: str
    slack: str = YES
    terminal: str = YES

    def on(self, platform: str) -> str:
        return {"slack": self.slack, "terminal": self.terminal}[platform]


_CARD_ONLY = "one person at one keyboard: everything that is said is shown"

CAPABILITIES: dict[str, Capability] = {
    one.name: one
    for one in (
        Capability(name="verbs", about="every verb, typed"),
        Capability(name="messages", about="what is said, edited and deleted in the incident's channel is captured"),
        Capability(name="threads", about="verbs and captures in threads"),
        Capability(name="pins", about="a pin puts a message into the timeline, taking it away takes it out"),
        Capability(
            name="reactions",
            about="reactions mark what went well and leave a message out",
            terminal="pins and `note`; a message is left out by deleting it",
        ),
        Capability(
            name="shortcuts",
            about="“Add to timeline”, “Make action item” and “Declare” from a message's menu",
            terminal="pins, `note`, `action` and `declare`",
        ),
        Capability(name="buttons", about="what the bot offers is one click away"),
        Capability(name="forms", about="what a verb leaves out is asked for, prefilled"),
        Capability(name="private answers", about="only the person who asked sees the answer"),
        Capability(name="direct messages", about="digests and personal words arrive privately"),
        Capability(name="edits in place", about="a card or digest is changed where it stands"),
        Capability(name="home", about="a page of one's own inside the chat", terminal="`actions mine` and `list mine`"),
        Capability(
            name="members",
            about="joining, leaving, inviting; a private channel hides what is in it",
            terminal=_CARD_ONLY,
        ),
        Capability(
            name="channel life",
            about="renaming, archiving and turning private are noticed",
            terminal="channels keep their name and stay open",
        ),
        Capability(
            name="profiles",
            about="name, zone and kind of an account are learned from the platform",
            terminal="the user's name, and the organisation's zone, shown as assumed",
        ),
        Capability(
            name="undeletion",
            about="a message comes back after it was deleted",
            slack="Slack has no undo of a deletion: the tombstone stays",
            terminal="say it again",
        ),
    )
}
