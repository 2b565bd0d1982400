"""Changing the organisation's policy: first what it would alter, then, if that still holds, the change itself.

Law: nothing is applied that was not shown. A file of the operator's is its own word: who cannot lead leads nothing, and
no open item moves. While a file is given, nobody else changes what stands in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.command import Command, Needs
from bot.effects import Direct
from bot.errors import Refused
from bot.ids import stable_id
from bot.model import ActionItem, Entry, EntryKind, Policies
from bot.permissions import OPERATORS
from bot.policy import STEPS
from bot.policy_change import Dates, NewDate, Preview, after_change, mark_of, preview
from bot.policy_written import Problem, Written, contradictions
from bot.reminders import reachable
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Button, Card, Form, Reply, Section, Text, mentioned, say
from bot.words import policy as words
from bot.zones import valid_zone

MOST_MOVED = 2_000
"""Open items that get another date in one transaction."""


class SetPolicy(Command, kind="set_policy"):
    needs = Needs(open_items=True, announcing=True)

    wanted: Written | None = None
    """None: nothing is asked for, as by a gesture that somebody made up."""
    dates: str = "new"
    """"open": open items whose date nobody chose move as well."""
    seen: str = ""
    """The mark of the preview that is to be applied; empty: it is to be shown."""
    file: str = ""
    """The name of the operator's file; nobody can say that but Debrief itself."""

    def mentions(self) -> tuple[str, ...]:
        return tuple(map(called, self.wanted.leads)) if self.wanted else ()


class FreePolicy(Command, kind="free_policy"):
    """There is no file any more: what it said stays, and can be changed again."""

    needs = Needs(announcing=True)


def called(said: str) -> str:
    """How a lead is looked for: a mention's account, an address or an `@name`."""
    if (found := mentioned(said)) or "@" in said:
        return found[0] if found else said.strip()
    return "@" + re.sub(r"\s+", ".", said.strip())


@decides(SetPolicy, may="admin")
def set_policy(state: State, command: SetPolicy, now: datetime) -> Decision:
    before, file = state.organisation.policies, "" if command.origin.actor else command.file
    if (wanted := command.wanted) is None:
        return Decision(state=state, reply=Reply.of(words.NOTHING))
    if before.given_by and not file and command.origin.platform != OPERATORS:
        raise Refused(words.given(before.given_by))
    leads, wrong = _leads(state, wanted)
    wrong = [*contradictions(wanted), *([] if file else wrong)]
    if wrong:
        raise Refused(f"{wrong[0].field}: {wrong[0].text}", wrong[0].field)
    told = dict(wanted.policy(leads)) | {"given_by": file or before.given_by, "admins": admins(state)}
    after = before.model_copy(update=told)
    dates: Dates = "open" if command.dates == "open" else "new"
    decision = changed(state, command, after, now, dates=dates, seen=command.seen, sure=bool(file))
    missing = [lead for lead in wanted.leads if lead not in leads]
    return _saying(decision, words.no_leads(missing)) if missing else decision


@decides(FreePolicy, may="admin")
def free_policy(state: State, command: FreePolicy, now: datetime) -> Decision:
    if command.origin.actor:
        raise Refused(words.given(state.organisation.policies.given_by))
    return changed(
        state, command, state.organisation.policies.model_copy(update={"given_by": ""}), now, dates="new", sure=True
    )


def admins(state: State) -> frozenset[str]:
    """Where nobody is an admin yet, whoever sets up first becomes one."""
    known, actor = state.organisation.policies.admins, state.actor
    return known if known or actor.kind != "human" else frozenset({actor.id})


def _leads(state: State, wanted: Written) -> tuple[dict[str, str], list[Problem]]:
    """Person ids by how they are written, and what is wrong with the others."""
    found: dict[str, str] = {}
    wrong: list[Problem] = []
    for number, team in enumerate(wanted.teams):
        person = state.people.get(state.named.get(called(team.lead), "")) if team.lead else None
        if person is not None and person.kind == "human":
            found[team.lead] = person.id
        elif team.lead:
            text = words.cannot_lead(person.name, person.kind) if person else words.unknown_lead(team.lead)
            wrong.append(Problem(f"teams.{number + 1}.lead", text))
    return found, wrong


class SetZone(Command, kind="set_zone"):
    """What `/incident setup` asks about once more, because others hear at another time by it."""

    needs = Needs(open_items=True, announcing=True)
    zone: str = ""
    seen: str = ""


@decides(SetZone, may="admin")
def set_zone(state: State, command: SetZone, now: datetime) -> Decision:
    policies = state.organisation.policies
    if policies.given_by:
        raise Refused(words.given(policies.given_by))
    if not valid_zone(command.zone):
        raise Refused(words.bad_zone(command.zone), "zone")
    after = rezoned(state, command.zone, now).organisation.policies
    return changed(state, command, after, now, dates="new", seen=command.seen, sure=False)


def rezoned(state: State, zone: str, now: datetime) -> State:
    return after_change(state, state.organisation.policies.model_copy(update={"zone": zone}), now, "new")


def asked_zone(before: State, after: State, now: datetime) -> Card:
    found = preview(before, after, now, "new")
    args = {"zone": after.organisation.policies.zone, "seen": mark_of(before, after, found)}
    button = Button(label=words.APPLY_ZONE, does="set_zone", args=args, style="primary")
    card = preview_card(words.PREVIEW, before, after, found)
    asked = Section(text=words.zone_is_asked(), buttons=(button,))
    return card.model_copy(update={"sections": (*card.sections, asked)})


# -- shown, and then done


def changed(
    state: State, command: Command, policies: Policies, now: datetime, *, dates: Dates, seen: str = "", sure: bool
) -> Decision:
    """What a change would alter, or where that was seen (or somebody is `sure`) the change. Raises `Refused`."""
    after = after_change(state, policies, now, dates)
    found = preview(state, after, now, dates)
    if after.organisation == state.organisation:
        return Decision(state=state, reply=Reply.of(words.NOTHING))
    if len(found.dates) > MOST_MOVED:
        raise Refused(words.too_many_at_once(MOST_MOVED))
    mark = mark_of(state, after, found)
    if seen and seen != mark:
        raise Refused(words.stale())
    if not seen and not sure:
        form = Form(title=words.PREVIEW, does=command.kind, args={"seen": mark}, inputs=(), submit=words.APPLY)
        return Decision(state=state, reply=Reply(card=preview_card(words.PREVIEW, state, after, found), form=form))
    return Decision(
        state=after,
        entries=tuple(_line(command, one, state, now) for one in found.dates),
        effects=_told(state, command, found.dates),
        reply=Reply(card=preview_card(words.DONE, state, after, found)),
    )


def _line(command: Command, one: NewDate, state: State, now: datetime) -> Entry:
    """In the log of the item's own incident."""
    return Entry(
        id=stable_id("line", one.item.id, command.origin.id), incident=one.item.incident, kind=EntryKind.ACTION,
        text=words.redated_line(one.item.key, one.item.due, one.due), author=command.origin.account,
        author_name="" if command.origin.actor else state.actor.name, occurred=now, recorded=now,
    )  # fmt: skip


def _told(state: State, command: Command, dates: Sequence[NewDate]) -> tuple[Direct, ...]:
    """Dates that people have seen do not move behind their back: one word to each owner, of what they may know."""
    of_owner: dict[str, list[NewDate]] = defaultdict(list)
    for one in dates:
        if one.item.owner != state.actor.id and one.item.id not in state.not_the_owners:
            of_owner[one.item.owner].append(one)
    told = []
    for owner, theirs in sorted(of_owner.items()):
        person = state.people.get(owner)
        if (account := reachable(person) if person else None) is not None:
            lines = [words.redated(one.item.key, one.item.text, one.item.due, one.due) for one in theirs]
            more = [say(words.and_more(len(lines) - words.SHOWN, 0))] if len(lines) > words.SHOWN else []
            sections = tuple(Section(text=line) for line in [*lines[: words.SHOWN], *more])
            told.append(
                Direct(
                    key=f"redated:{command.origin.id}:{owner}", platform=account.platform, tenant=account.tenant,
                    account=account.key, card=Card(title=words.redated_title(len(theirs)), sections=sections),
                )
            )  # fmt: skip
    return tuple(told)


def _saying(decision: Decision, more: str) -> Decision:
    reply = decision.reply
    card = reply.card.model_copy(update={"sections": (*reply.card.sections, Section(text=say("{m}", m=more)))})
    return decision.model_copy(update={"reply": reply.model_copy(update={"card": card})})


# -- in words


def preview_card(title: str, before: State, after: State, found: Preview) -> Card:
    """Each setting that changes, and each kind of consequence with the first ten of it, as the actor may know them."""
    old, new = before.organisation.policies, after.organisation.policies

    def name_of(id_: str) -> str:
        return before.people[id_].name if id_ in before.people else "somebody"

    def visible(item: ActionItem) -> bool:
        return item.id not in before.hidden

    sections = [Section(text=words.difference(field, old, new, name_of)) for field in found.fields]
    weeks = dict(zip(STEPS, new.escalation_weeks, strict=True))
    sections += [
        *_listed(words.other_dates, found.dates, lambda one: visible(one.item),
                 lambda one: words.other_date(one.item.key, one.item.due, one.due)),
        *_listed(words.other_days, found.digests, lambda one: one.named,
                 lambda one: words.other_day(name_of(one.person), one.was, one.now)),
        *_listed(words.steps, found.steps, lambda one: visible(one.item),
                 lambda one: words.step(one.item.key, weeks[one.rule])),
    ]  # fmt: skip
    if found.words_before:
        sections.append(Section(text=say(words.words_before(found.words_before, new.due_soon_days))))
    if not found.alters:
        sections.append(Section(text=say(words.NOBODY_NOTICES), quiet=True))
    if found.movable:
        sections.append(Section(text=say(words.dates_stay(found.movable)), quiet=True))
    return Card(title=title, sections=tuple(sections))


def _listed(
    head: Callable[[int], str], found: Sequence[Any], visible: Callable[[Any], bool], line: Callable[[Any], str]
) -> list[Section]:
    if not found:
        return []
    shown = [one for one in found if visible(one)]
    lines = [line(one) for one in shown[: words.SHOWN]]
    if len(found) > len(lines):
        lines.append(words.and_more(len(found) - len(lines), len(found) - len(shown)))
    return [Section(text=Text(parts=(f"{head(len(found))} {'; '.join(lines)}.",)))]
