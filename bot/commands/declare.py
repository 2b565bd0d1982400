"""Declaring an incident: typed in one line, by a form, or from a message that says what is wrong.

Law: the incident exists as soon as it is declared; its channel follows, and what stands there is decided then.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from difflib import get_close_matches

from bot import cards
from bot.change import called, entry, happened, learned
from bot.command import Needs, Origin
from bot.commands.added import SpokenOf, spoken_entry
from bot.effects import Effect, OpenChannel, Post
from bot.errors import Refused
from bot.ids import stable_id
from bot.model import Entry, EntryKind, Incident, Moment, Place, Times
from bot.people import account_in
from bot.reading import moment_of, severity_in_front, severity_of, ticked
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Choice, Form, Reply, Text, Typed
from bot.words import forms
from bot.words import incident as words
from bot.words import timeline as say_timeline

DEFAULT_SEVERITY = 3
TITLE = 200
"""Characters of a title; what is longer is cut, for an incident does not wait for a shorter one."""
NO_CHAT = ("api", "cli", "clock")
_FLAG = re.compile(r"(?:^|\s)(?:--?|(?:--|—)\s?)(private|drill|started)\b[=:]?", re.IGNORECASE)
_MARK = re.compile(r"^(private|drill)(?::|\s+(?=sev[- ]?[1-5]\b))\s*|[(\[](private|drill)[)\]]", re.IGNORECASE)
"""As people write it without dashes: where it can be no part of a title."""
_OTHER_FLAG = re.compile(r"(?:^|\s)(?:--|—)([A-Za-z][\w-]*)")
_SERVICE = re.compile(r"(?:^|\s)(?:service:|(?:--?|—)service[=:\s])\s*(\"[^\"]{1,80}\"|\S{1,80})", re.IGNORECASE)


@verb(
    "declare",
    "open",
    "new",
    "start",
    usage="declare [sev1..5] <title> [--private] [--drill] [--started 13:40] [service:NAME]",
    example="declare sev2 Checkout answers with errors --started 13:40",
    help="Declares an incident and opens its channel; without a title, a form.",
)
class Declare(SpokenOf, kind="declare"):
    needs = Needs(announcing=True, neighbours=True)
    asks = True

    title: Typed = ""
    severity: str = ""
    private: str = ""
    drill: str = ""
    started: str = ""
    service: str = ""
    detected: str = ""
    moves_in: str = ""
    """"yes": it will live in the conversation in which it is declared, as its platform does it, and have no channel of
    its own."""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        """Flags may stand anywhere; what follows `--started` is read as far as it is a time."""
        fields: dict[str, str] = {}
        if found := _SERVICE.search(said):
            fields["service"] = found.group(1).strip('"')
            said = said[: found.start()] + said[found.end() :]
        pieces = _FLAG.split(said)
        title = [pieces[0]]
        for flag, rest in zip(pieces[1::2], pieces[2::2], strict=True):
            if flag.lower() in ("private", "drill"):
                fields[flag.lower()] = "yes"
                title.append(rest)
            else:
                fields[flag.lower()] = rest.strip()
        words_said = " ".join(" ".join(title).split())
        words_said, marks = _marked(words_said)
        severity, words_said = severity_in_front(words_said)
        _no_other_flag(words_said)
        given = {"severity": severity, "title": words_said, **marks}
        return fields | {name: value for name, value in given.items() if value}


def _marked(said: str) -> tuple[str, dict[str, str]]:
    marks = {str(found[1] or found[2]).lower(): "yes" for found in _MARK.finditer(said)}
    return " ".join(_MARK.sub(" ", said).split()), marks


def _no_other_flag(said: str) -> None:
    """What was to be private must not become public by a slip of the finger. Raises `Refused`."""
    if found := _OTHER_FLAG.search(said):
        meant = get_close_matches(found[1].lower(), ("private", "drill", "started", "service"), n=1, cutoff=0.5)
        raise Refused(words.unknown_flag(found[0].strip(), meant[0] if meant else ""))


class DeclareFromMessage(SpokenOf, kind="declare_from_message"):
    """The message's menu: opens the form, filled from what the message says."""

    asks = True


@decides(DeclareFromMessage)
def declare_from_message(state: State, command: DeclareFromMessage, _now: datetime) -> Decision:
    return Decision(state=state, reply=Reply(form=declare_form(state, command, command.text)))


def declare_form(state: State, command: SpokenOf, title: str) -> Form:
    given = {
        name: str(getattr(command, name, ""))
        for name in ("severity", "private", "drill", "started", "service", "detected")
    }
    services = tuple(Choice(value=row.name, label=row.name) for row in state.organisation.policies.services[:100])
    private = from_private(command)
    inputs = [
        forms.title(" ".join(words.said(state, title).split())[:150]),
        forms.severity(str(severity_of(given["severity"]) or DEFAULT_SEVERITY)),
        *([forms.service(services, given["service"])] if services else []),
        forms.started(given["started"]),
        forms.detected(given["detected"]),
        forms.tick("private", given["private"] or ("yes" if private else "")),
        forms.tick("drill", given["drill"]),
    ]
    return Form(
        title=forms.DECLARE,
        does="declare",
        args=command.carried(),
        inputs=tuple(inputs),
        submit=forms.DECLARE_SUBMIT,
        intro=forms.from_private() if private else Text(),
    )


def from_private(command: SpokenOf) -> bool:
    """Whether the incident begins with a message of a private conversation."""
    return command.message is not None and command.private_place == "yes"


@decides(Declare)
def declare(state: State, command: Declare, now: datetime) -> Decision:
    named = _severity(command)
    title, began = _title_and_start(state, command, now)
    if not title or (from_private(command) and not command.private):
        return Decision(state=state, reply=Reply(form=declare_form(state, command, title)))
    incident = _incident(state, command, now, title, began)
    state = state.model_copy(update={"incident": incident})
    lines, reading = _lines(state, incident, command, now)
    channel = _channel(state, incident, command.origin)
    effects: tuple[Effect, ...] = (*channel, *_announced(state, incident), *reading, *learned(state, command))
    said = words.declared(incident, bool(channel), named is None)
    said += words.began(state, began.at) if began else Text()
    said += words.title_cut(TITLE) if len(title) > TITLE else Text()
    return Decision(state=state, entries=lines, effects=effects, reply=Reply.of(said))


def _incident(state: State, command: Declare, now: datetime, title: str, began: Moment | None) -> Incident:
    private = ticked(command.private)
    if private and state.actor.kind == "integration":
        raise Refused(words.nobody_could_see_it(), "private")
    moves_in = private and bool(command.moves_in)
    if moves_in:
        _must_be_alone(state, command.origin)
    organisation, origin = state.organisation.id, command.origin
    return Incident(
        id=stable_id("incident", organisation, origin.platform, origin.tenant, origin.id),
        organisation=organisation,
        key=f"INC-{state.nonce.upper()[:5]}" if private else f"INC-{state.next_incident}",
        title=title[:TITLE],
        severity=_severity(command) or DEFAULT_SEVERITY,
        private=private,
        drill=ticked(command.drill),
        service=_service(state, command.service),
        declared_by=state.actor.id,
        declared_in=origin.place,
        place=origin.place if moves_in else None,
        responders=frozenset({state.actor.id}) if state.actor.kind == "human" else frozenset(),
        times=Times(began=began, declared=Moment(at=happened(command, now), source=called(state.actor))),
    )


def _must_be_alone(state: State, origin: Origin) -> None:
    """What is said in a conversation can be meant for one open incident alone."""
    if (other := state.open_in(origin.place)) is not None:
        raise Refused(words.one_at_a_time(other), "private")


def _severity(command: Declare) -> int | None:
    """The severity that was named. Raises `Refused` where there is no such one."""
    found = severity_of(command.severity)
    if command.severity and found is None:
        raise Refused(words.bad_severity(command.severity), "severity")
    return found


def _service(state: State, name: str) -> str:
    """The service as it is written in the settings. Any name will do as long as there are none."""
    known = [row.name for row in state.organisation.policies.services]
    if not name or not known:
        return name[:80]
    for one in known:
        if one.casefold() == name.casefold():
            return one
    raise Refused(words.no_such_service(name, known), "service")


def _title_and_start(state: State, command: Declare, now: datetime) -> tuple[str, Moment | None]:
    """What stands behind the time after `--started` belongs to the title."""
    title = " ".join(words.said(state, command.title).split())
    if not command.started:
        return title, None
    at, rest = moment_of(command.started, now, words.zone(state), "started")
    if at > happened(command, now):
        raise Refused(words.began_later(), "started")
    return " ".join(f"{title} {rest}".split()), Moment(at=at, source=called(state.actor))


def _lines(
    state: State, incident: Incident, command: Declare, now: datetime
) -> tuple[tuple[Entry, ...], tuple[Effect, ...]]:
    lines = [entry(state, command, now, EntryKind.DECLARED, words.declared_line(incident))]
    if command.detected:
        lines.append(
            entry(state, command, now, EntryKind.NOTE, words.noticed_line(command.detected[:80]), part="noticed")
        )
    reading: tuple[Effect, ...] = ()
    if command.message is not None:
        spoken, reading = spoken_entry(state, command, command.message, None, now)
        lines.append(spoken)
        if from_private(command) and not incident.private:
            who = say_timeline.from_private_line(state.actor.name)
            lines.append(entry(state, command, now, EntryKind.PEOPLE, who, part="private"))
    return tuple(lines), reading


def _channel(state: State, incident: Incident, origin: Origin) -> tuple[OpenChannel, ...]:
    home = state.bot_place
    if home is None and origin.platform not in NO_CHAT:
        home = Place(platform=origin.platform, tenant=origin.tenant, channel="")
    if home is None:
        return ()
    account, chosen = account_in(state.actor, home, origin), state.organisation.policies.incidents
    return (
        OpenChannel(
            key=f"channel:{incident.id}",
            platform=home.platform,
            tenant=home.tenant,
            incident=incident.id,
            name=channel_name(incident),
            topic=words.topic(incident),
            private=incident.private,
            invite=(account,) if account else (),
            home=chosen if _same_tenant(chosen, home) else None,
            declared_in=incident.declared_in if _same_tenant(incident.declared_in, home) else None,
        ),
    )


def _same_tenant(place: Place | None, home: Place) -> bool:
    return place is not None and (place.platform, place.tenant) == (home.platform, home.tenant)


def channel_name(incident: Incident) -> str:
    """`inc-42-checkout-errors`: at most 80 of a-z, 0-9 and hyphens; a title in another script leaves the key alone."""
    plain = unicodedata.normalize("NFKD", incident.title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"{incident.key.lower()}-{slug}"[:80].strip("-")


def _announced(state: State, incident: Incident) -> tuple[Post, ...]:
    place = state.organisation.policies.announcements
    if incident.private or place is None:
        return ()
    return (
        Post(
            key=f"announcement:{incident.id}",
            platform=place.platform,
            tenant=place.tenant,
            incident=incident.id,
            place=place,
            card=cards.announcement(state, incident),
            purpose="announcement",
        ),
    )
