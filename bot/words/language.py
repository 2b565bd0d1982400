"""What is said around a hint on wording; the hints themselves, with their questions, stand beside the rules."""

from __future__ import annotations

from bot.text import Strong, Text, say
from bot.words import verb

DISMISS = "Dismiss"


def intro() -> Text:
    return say("Some wording to look at again, if you like; only you see this:")


def hint(found: str, why: str, rewording: str) -> Text:
    return say("{found}: {why}.\nInstead: {rewording}", found=Strong(text=_short(found)), why=why, rewording=rewording)


def and_more(n: int) -> Text:
    return say("… and {n} more: {all} shows those that are left.", n=n, all=verb("postmortem hints"))


def none_left() -> Text:
    return say("There are no hints on wording.")


def dismissed() -> Text:
    return say("Dismissed: that sentence is not hinted at again.")


def dismissed_already() -> Text:
    return say("That hint is gone already, or its sentence has changed. Nothing was changed.")


def on_wording(n: int) -> str:
    return f"{n} {'hint' if n == 1 else 'hints'} on wording (postmortem hints shows them)"


def item_hint(why: str, rewording: str) -> Text:
    return say("On the wording: {why}. {rewording}", why=why, rewording=rewording)


def _short(found: str) -> str:
    return found if len(found) <= 120 else found[:119] + "…"
