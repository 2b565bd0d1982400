"""What the bot says about an incident's life: declared, severity, roles, updates, status."""

from __future__ import annotations

from datetime import datetime

from bot import words
from bot.capabilities import THREADED
from bot.model import Incident, Status, Update
from bot.state import State
from bot.text import Code, Emoji, Part, Strong, Text, When, page, say, with_names
from bot.zones import ago, echo, valid_zone

SEVERITY = {1: "critical", 2: "major", 3: "moderate", 4: "minor", 5: "cosmetic"}
STATUS = {
    Status.ACTIVE: "active",
    Status.MITIGATED: "mitigated, not yet resolved",
    Status.RESOLVED: "resolved",
    Status.CLOSED: "closed",
}
DETECTED = {"alert": "an alert", "customer": "a customer", "person": "a person"}


def zone(state: State) -> str:
    """The reader's zone: the actor's own, else the organisation's."""
    for name in (state.actor.zone, state.organisation.policies.zone):
        if valid_zone(name):
            return name
    return "UTC"


def told_at(state: State, at: datetime) -> str:
    """How a time was understood, for its speaker: with date and zone, which a platform's own times leave out."""
    return echo(at, zone(state))


def when(state: State, at: datetime) -> When:
    return When(at=at, shown=echo(at, zone(state)))


def said(state: State, text: str) -> str:
    """What somebody typed, with the people in it by name."""
    people = {account.key: person.name for person in state.people.values() for account in person.accounts}
    return with_names(text, lambda account: people.get(account, "somebody"))


def title(incident: Incident) -> str:
    drill = "DRILL · " if incident.drill else ""
    return f"{drill}{incident.key} · SEV{incident.severity} · {incident.title}"


def severity(number: int) -> str:
    return f"SEV{number} ({SEVERITY[number]})"


def because(state: State, why: str) -> str:
    return f": {said(state, why)}" if why else ""


def named(state: State, incident: Incident) -> Text:
    return say("{key} {title}", key=words.key(incident), title=said(state, incident.title))


# -- declaring


def declared(incident: Incident, opening: bool, assumed: bool) -> Text:
    how = ", privately" if incident.private else ""
    how += ", as a drill" if incident.drill else ""
    text = say("{key} declared as SEV{sev}{how}", key=words.key(incident), sev=incident.severity, how=how)
    text += say(". A place for it is being opened.") if opening else say("; there is no chat to open a channel in.")
    if assumed:
        change = words.verb(f"{incident.key} sev 2")
        text += say(" SEV{sev} is assumed; change it with {verb}.", sev=incident.severity, verb=change)
    return text


def began(state: State, at: datetime) -> Text:
    return say(" The impact began {at}.", at=told_at(state, at))


def unknown_flag(said: str, meant: str) -> Text:
    nearest = f" Did you mean --{meant}?" if meant else ""
    return say(
        "I do not know {said}.{nearest} There are --private, --drill, --started and --service. Nothing was declared.",
        said=Code(text=said[:40]),
        nearest=nearest,
    )


def title_cut(most: int) -> Text:
    return say(" The title was cut to its first {most} characters.", most=most)


def declared_line(incident: Incident) -> str:
    drill = " as a drill" if incident.drill else ""
    service = f", service {incident.service}" if incident.service else ""
    return f"Declared{drill} as {severity(incident.severity)}: {incident.title}{service}"


def noticed_line(how: str) -> str:
    return f"Noticed by {DETECTED.get(how, how)}"


def topic(incident: Incident) -> str:
    return title(incident)[:250]


def keeps(incident: Incident) -> Text:
    where = incident.place.platform if incident.place else ""
    return (_marked_by_menu() if where in THREADED else _marked_by_reactions()) + say(
        " {page}", page=page(f"/incidents/{incident.key}", f"{incident.key} as a page", f"This is {incident.key}.")
    )


def _marked_by_reactions() -> Text:
    return say(
        "Messages here are kept. React with {leave_out} to leave out your own, with {pin} to put any message into "
        "the timeline.",
        leave_out=Emoji(name="no_entry_sign", sign="🚫"),
        pin=Emoji(name="pushpin", sign="📌"),
    )


def _marked_by_menu() -> Text:
    return say(
        "Messages here are kept. {mark} in a message's menu leaves out your own, or puts any message into the "
        "timeline.",
        mark=Strong(text="Mark message"),
    )


def began_later() -> Text:
    return say("The start cannot be later than the declaration. Nothing was declared; please check the time.")


def nobody_could_see_it() -> Text:
    return say(
        "A private incident is seen only by the people in it, and a program is none: nobody could see it. Nothing was "
        "declared; use a token made with --as, or declare it in chat."
    )


def no_next_one(incident: Incident) -> Text:
    return say(
        " {key} is {status}, so no next update is promised.",
        key=words.key(incident),
        status=STATUS[incident.status],
    )


def one_at_a_time(incident: Incident) -> Text:
    return say(
        "{key} is open here already, and a chat has one open incident at a time. Nothing was declared. Open another "
        "chat with the people who may know, or end that one first: {resolve}.",
        key=words.key(incident),
        resolve=words.verb(f"{incident.key} resolve"),
    )


def another_is_open_there(incident: Incident) -> Text:
    return say(
        "{key} is open in the same chat, and a chat has one open incident at a time. Nothing was changed. End that one "
        "first: {resolve}.",
        key=words.key(incident),
        resolve=words.verb(f"{incident.key} resolve"),
    )


def no_such_service(name: str, known: list[str]) -> Text:
    return say("I know no service {name}. Known: {known}.", name=name[:40], known=", ".join(known)[:300] or "none yet")


def private_to_public() -> Text:
    return say(
        "That message comes from a private conversation, and the incident is public. Everybody in the organisation "
        "could read it there. Nothing was added; the button adds it all the same."
    )


# -- severity


def bad_severity(said: str) -> Text:
    return say(
        "{said} is no severity. Write 1 (worst) to 5, as in {example}.",
        said=said[:40] or "That",
        example=words.verb("sev 2"),
    )


def same_severity(incident: Incident) -> Text:
    return say("{key} is SEV{sev} already; nothing was changed.", key=words.key(incident), sev=incident.severity)


def severity_line(state: State, before: int, after: int, why: str) -> str:
    return f"Severity SEV{before} → SEV{after}{because(state, why)}"


def severity_changed(state: State, before: int, after: int, why: str) -> Text:
    return say(
        "{who} changed the severity from SEV{before} to {after}{why}",
        who=words.person(state, state.actor.id),
        before=before,
        after=Strong(text=severity(after)),
        why=because(state, why),
    )


def severity_set(after: int) -> Text:
    return say("The severity is now {sev}.", sev=severity(after))


# -- updates and impact


def update_line(phase: str, text: str) -> str:
    return f"{phase.capitalize()}: {text}" if phase else text


def updated(state: State, update: Update) -> Text:
    """The post: that it is an update, where things are, and who says so."""
    head = f"Update · {update.phase}" if update.phase else "Update"
    text = say("{head}: {text} ({who}", head=Strong(text=head), text=said(state, update.text), who=_by(state, update))
    return text + _next(state, update) + say(")")


def last_update(state: State, incident: Incident) -> Text:
    """The line on a card. What comes next is promised only while the incident is open."""
    update = incident.update
    if update is None:
        return Text()
    text = say("{text} ({who}, {at}", text=said(state, update.text), who=_by(state, update), at=when(state, update.at))
    return text + (_next(state, update) if incident.is_open else Text()) + say(")")


def _by(state: State, update: Update) -> Part:
    return words.person(state, update.by)


def _next(state: State, update: Update) -> Text:
    return say("; next update by {at}", at=when(state, update.next_due)) if update.next_due else Text()


def update_posted(state: State, update: Update) -> Text:
    if update.next_due is None:
        return say("Your update is posted.")
    return say("Your update is posted. The next one is due by {at}.", at=told_at(state, update.next_due))


def next_too_far() -> Text:
    return say("The next update should come within a week; write for example 30m or 2h.")


def impact_set() -> Text:
    return say("The impact is noted and stands on the status card.")


def impact_line(text: str) -> str:
    return f"Impact: {text}"


# -- status


def mitigated_line(text: str) -> str:
    return f"Mitigated: {text}" if text else "Mitigated"


def mitigated(state: State, incident: Incident, at: datetime) -> Text:
    return say(
        "Mitigated as of {at}. {verb} ends it when it is over.",
        at=told_at(state, at),
        verb=words.verb(f"{incident.key} resolve"),
    )


def resolved_line(text: str) -> str:
    return f"Resolved: {text}" if text else "Resolved"


def resolved_public(state: State, incident: Incident) -> Text:
    text = say(
        "{who} resolved {incident}",
        who=words.person(state, state.actor.id),
        incident=named(state, incident),
    )
    return text + say("{why}", why=because(state, incident.summary))


def resolved(state: State, incident: Incident, at: datetime) -> Text:
    return say(
        "{key} is resolved as of {at}. Thank you. The postmortem's draft has everything said so far.",
        key=words.key(incident),
        at=told_at(state, at),
    )


def reopened_line(why: str) -> str:
    return f"Reopened: {why}"


def reopened_public(state: State, incident: Incident, why: str) -> Text:
    return say(
        "{who} reopened {incident}{why}",
        who=words.person(state, state.actor.id),
        incident=named(state, incident),
        why=because(state, why),
    )


def reopened(incident: Incident, *, kept: bool) -> Text:
    keeps = " Its postmortem keeps what it has." if kept else ""
    return say("{key} is active again.{keeps}", key=words.key(incident), keeps=keeps)


TAKE_A_ROLE = "take a role in"
CLOSED_LINE = "Closed"


def closed(incident: Incident) -> Text:
    return say("{key} is closed. Its postmortem and action items go on as before.", key=words.key(incident))


def already(state: State, incident: Incident) -> Text:
    """Why a status cannot be reached: who was faster, and when."""
    moment = {Status.RESOLVED: incident.times.resolved, Status.MITIGATED: incident.times.mitigated}.get(incident.status)
    if moment is None:
        return say(
            "{key} is already {status}; nothing was changed.", key=words.key(incident), status=STATUS[incident.status]
        )
    return say(
        "Already {status} by {who} at {at}; nothing was changed.",
        status=incident.status.value,
        who=said(state, moment.source),
        at=when(state, moment.at),
    )


def cannot(incident: Incident, verb: str) -> Text:
    """What to do instead of a step that the incident's status does not allow."""
    remedies = {
        "mitigate": {Status.RESOLVED: "reopen it came back"},
        "close": {Status.ACTIVE: "resolve", Status.MITIGATED: "resolve"},
        "reopen": {Status.ACTIVE: "resolve"},
    }
    otherwise = "reopen it came back" if incident.status is Status.CLOSED else "status"
    remedy = remedies.get(verb, {}).get(incident.status, otherwise)
    return say(
        "{key} is {status}, so there is nothing to {verb}. {remedy} comes first.",
        key=words.key(incident),
        status=STATUS[incident.status],
        verb=verb,
        remedy=words.verb(f"{incident.key} {remedy}"),
    )


def short_state(incident: Incident) -> str:
    """The status, and the phase of the last update as long as no change of the status has overtaken it."""
    update, mitigated_at = incident.update, incident.times.mitigated
    overtaken = update is None or not incident.is_open or (mitigated_at is not None and mitigated_at.at >= update.at)
    return f"{incident.status.value} · {update.phase}" if update and update.phase and not overtaken else incident.status


def listed(state: State, incident: Incident, now: datetime) -> Text:
    began = incident.times.declared
    lead: Part = words.person(state, incident.lead) if incident.lead else "nobody"
    return say(
        "{key} SEV{sev} {drill}{title} · {status}{private} · lead {lead}{since}",
        key=words.key(incident),
        drill="DRILL · " if incident.drill else "",
        private=" · private" if incident.private else "",
        sev=incident.severity,
        title=said(state, incident.title),
        status=short_state(incident),
        lead=lead,
        since=f" · declared {ago(began.at, now)}" if began else "",
    )


def capture_gap(why: str) -> Text:
    return say("Capture is incomplete at the moment: {why}.", why=why)


def no_longer_public() -> str:
    return "This incident is no longer public."
