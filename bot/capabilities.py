"""What each platform can do for a person, and what stands in where it cannot.

Law: the page of the documentation is made from this table, and the stories of the suite ask it. A gap that is not
written down here fails a story, and so does a capability that is written down and does not work.
"""

from __future__ import annotations

from bot.text import Value

YES = ""
"""It works. A sentence that begins with "by" says in which other way it works; any other one what stands in for it."""

PLATFORMS = ("slack", "teams", "terminal")
THREADED = frozenset({"teams"})
"""Where an incident is a thread of a channel that the organisation chooses, not a channel of its own."""


class Capability(Value):
    name: str
    about: str
    slack: str = YES
    teams: str = YES
    terminal: str = YES

    def on(self, platform: str) -> str:
        return {"slack": self.slack, "teams": self.teams, "terminal": self.terminal}[platform]

    def works_on(self, platform: str) -> bool:
        return self.on(platform) == YES or self.on(platform).startswith("by ")


_MARK = "by “Mark message” in the message's menu: Teams tells bots of reactions to their own posts only"
_CARD_ONLY = "one person at one keyboard: everything that is said is shown"

CAPABILITIES: dict[str, Capability] = {
    one.name: one
    for one in (
        Capability(name="verbs", about="every verb, typed"),
        Capability(name="messages", about="what is said, edited and deleted in the incident's channel is captured"),
        Capability(
            name="threads",
            about="verbs and captures in threads",
            teams="by quoting: an incident is a thread itself, and what answers something quotes it",
        ),
        Capability(
            name="pins", about="a pin puts a message into the timeline, taking it away takes it out", teams=_MARK
        ),
        Capability(
            name="reactions",
            about="reactions mark what went well and leave a message out",
            teams=_MARK,
            terminal="pins and `note`; a message is left out by deleting it",
        ),
        Capability(
            name="shortcuts",
            about="“Add to timeline”, “Make action item” and “Declare” from a message's menu",
            terminal="pins, `note`, `action` and `declare`",
        ),
        Capability(
            name="history",
            about="what the bot did not hear is fetched after an outage, and once more when an incident is resolved",
            teams="the incident says where its record may be partial: no bot reads a channel's history",
            terminal="nothing is missed: the terminal and the bot are one program",
        ),
        Capability(name="buttons", about="what the bot offers is one click away"),
        Capability(name="forms", about="what a verb leaves out is asked for, prefilled"),
        Capability(name="private answers", about="only the person who asked sees the answer"),
        Capability(name="direct messages", about="digests and personal words arrive privately"),
        Capability(name="edits in place", about="a card or digest is changed where it stands"),
        Capability(
            name="home",
            about="a page of one's own inside the chat",
            teams="by a card in the personal chat, which its buttons change where it stands",
            terminal="`actions mine` and `list mine`",
        ),
        Capability(
            name="members",
            about="joining, leaving, inviting; a private channel hides what is in it",
            teams="by the group chat of the incident: people add each other there, and the bot where it was allowed to",
            terminal=_CARD_ONLY,
        ),
        Capability(
            name="channel life",
            about="renaming, archiving and turning private are noticed",
            teams="a thread has no name, is never archived, and cannot turn private",
            terminal="channels keep their name and stay open",
        ),
        Capability(
            name="profiles",
            about="name, zone and kind of an account are learned from the platform",
            teams="by the roster, and the zone by what somebody does: until then the organisation's is assumed",
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
