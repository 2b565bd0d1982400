"""What the web says: to programs in one sentence, to people with the next step."""

from __future__ import annotations

from bot.rules import VERBS
from bot.text import Form, Text, page, say

# -- signing in


def sign_in_link(path: str) -> Text:
    label = "Open Debrief's pages (for you alone: the link works once, within 15 minutes)"
    instead = "Debrief has no public address, so there are no pages to open. Everything works here in chat."
    return say("{link}", link=page(path, label, instead))


SIGN_IN_TITLE = "Sign in to Debrief"
SIGN_IN_ASK = "This link signs you in on this device, once. Press the button only if the link was sent to you."
SIGN_IN_BUTTON = "Sign in"
SIGN_IN_FIRST = "You are not signed in. In chat, type /incident web: Debrief answers with a link for you alone."
LINK_SPENT = "This link was used already or is older than 15 minutes. In chat, type /incident web for a new one."
FOREIGN_FORM = "That form was sent from another site, so nothing was done. Please open the link again."
OTHER_SESSION = "This page was opened before you signed in last, so nothing was done. Please load it again."
TOO_MANY_FORMS = "That was a lot within a minute. Nothing was done; please wait a minute and send it again."
NOT_TAKEN_TITLE = "This was not taken"
YOU_WROTE = "This is what you wrote. Copy it, so that nothing is lost."
NO_ANSWER = "Debrief did not answer. Your text still stands in the form: please send it again in a moment."
DISCARD = "Throw away what you typed here?"
SIGNED_OUT = "You are signed out."

# -- pages

NOT_FOUND_TITLE = "Nothing here"
NOT_FOUND = "There is no such page, or it is not for you to see."
BAD_ADDRESS_TITLE = "That address does not work"
UNAVAILABLE_TITLE = "One moment, please"
BROKEN = "Something went wrong on my side; it was logged, and nothing was changed."


def no_postmortem(key: str) -> str:
    return f"{key} has no postmortem yet: it opens as a draft when the incident is resolved."


# -- the API


NEEDS_TOKEN = "Send a token: `Authorization: Bearer …`. `debrief token create --name NAME` makes one."  # noqa: S105
BAD_TOKEN = "This token is unknown, expired or taken back. `debrief token create --name NAME` makes a new one."  # noqa: S105
READ_ONLY = (
    "This token may only read. `debrief token create --name NAME --scope write` makes one that may change things."
)
TOO_MANY_FAILURES = "Too many requests without a valid token came from this address. Please wait a minute."
TOO_LARGE = "A request may have at most 1 MiB."
NO_JSON = "The body is no JSON object in UTF-8."
BAD_IDEMPOTENCY_KEY = "Idempotency-Key: use 1 to 200 visible ASCII characters."
BAD_AFTER = "after: use the `next` of the page before."
PARKED = "Something went wrong on my side. The request is kept and will be looked at; nothing was changed."
NO_SUCH_ROUTE = "There is nothing at this address. /docs shows what there is."
WRONG_METHOD = "This address does not take that method. /docs shows what it takes."


def bad_field(where: str, problem: str) -> str:
    return f"{where}: {problem}." if where else f"{problem}."


def one_change() -> str:
    return 'Change one thing at a time: "status", "due" or "owner"; "reason" goes with "status" and "due".'


def missing(form: Form) -> str:
    """What a form would have asked for, where there is nobody to show it to."""
    wanted = [field.label for field in form.inputs if field.required and not field.initial]
    wanted = wanted or [field.label for field in form.inputs if not field.initial][:1]
    shown = next((known for known in VERBS.values() if known.kind == form.does), None)
    what = f"Something is missing: {', '.join(wanted)}." if wanted else "Something is missing."
    return f"{what} Write it like this: {shown.example} ({shown.usage})." if shown else what
