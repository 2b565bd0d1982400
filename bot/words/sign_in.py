"""What somebody reads who signs in to the pages with Slack or Microsoft. `who` is the provider's name."""

from __future__ import annotations

from typing import Literal

Why = Literal[
    "stale", "denied", "refused", "away", "code", "misset", "proof", "nobody", "tenant", "unmet", "gone", "often"
]

CHOOSE = (
    "You are not signed in. Choose a way; or type /incident web in chat: Debrief answers with a link for you alone."
)
NO_SUCH_WAY = (
    "Nobody can sign in this way here. In chat, type /incident web: Debrief answers with a link for you alone."
)
_LINK = "In chat, /incident web (in Teams, @Debrief web) gives you a link that works without it."
_TELL = f"Please tell whoever runs Debrief: its log says more. {_LINK}"


def button(who: str) -> str:
    return f"Sign in with {who}"


def sentence(why: Why, who: str) -> str:
    """Each of them means that nobody was signed in, and nothing was changed."""
    return {
        "stale": (
            "This sign-in was used already, was begun in another browser, or is older than ten minutes. "
            "Please begin again."
        ),
        "denied": f"You did not allow {who} to say who you are, so you are not signed in. {_LINK}",
        "refused": f"{who} did not let you sign in to Debrief. {_TELL}",
        "away": f"{who} did not answer, so you are not signed in. Please try again in a minute. {_LINK}",
        "code": f"{who} does not accept this sign-in any more, so you are not signed in. Please begin again.",
        "misset": f"{who} does not accept Debrief's own credentials, so nobody can sign in this way. {_TELL}",
        "proof": f"What {who} said about you could not be verified, so you are not signed in. {_TELL}",
        "nobody": f"{who} did not say who you are, so you are not signed in. {_TELL}",
        "tenant": (
            f"Debrief is not installed where you signed in with {who}. Please begin again, "
            "and choose the workspace or organisation in which you use it."
        ),
        "unmet": (
            f"{who} knows you, but Debrief has not met you yet. Say something to it in chat once, like /incident help "
            "(in Teams, @Debrief help), then begin again."
        ),
        "gone": "Your account is closed here, so you are not signed in. If that is wrong, ask whoever runs Debrief.",
        "often": f"Too many sign-ins from this address failed. Please wait a minute. {_LINK}",
    }[why]
