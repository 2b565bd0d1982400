"""What is done to an action item: ended, moved or handed on in one gesture, which can be taken back for ten minutes.

Law: an item always has one human owner or somebody who was asked to find one; it ends only by a named person's act.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from bot import effectiveness, escalation, known_reminders, unreachable_owners
from bot import item_cards as cards
from bot.change import UNDO_FOR, called, entry
from bot.command import Command, Needs
from bot.commands.actions import due_of, own_list, owner_of, tell_owner, zone_of_actor
from bot.commands.item_forms import accept_form, link_form, reassign_form, snooze_form, wont_do_form
from bot.commands.item_lists import answered
from bot.effects import Direct, Effect
from bot.errors import NotFound, Refused
from bot.grammar import item_key
from bot.item_past import ItemChange
from bot.membership import may_know
from bot.model import ITEM_TRANSITIONS, Account, ActionItem, EntryKind, ItemStatus, Person
from bot.permissions import is_admin
from bot.reading import due_first, item_first
from bot.reminders import reachable
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Card, Form, Reply, Section, Typed
from bot.tickets import kept_in_step, restored
from bot.words import actions as words
from bot.words import person as named
from bot.words.incident import said

Named = TypeVar("Named", bound="OfItem")
OF_ITEM = Needs(my_items=True, postmortem=True)
LINK_MOST = 2000
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

__all__ = ["effectiveness", "escalation", "known_reminders", "unreachable_owners"]


# -- ending and moving one


class OfItem(Command):
    """A command about one action item, typed with its key or clicked."""

    needs = OF_ITEM
    text: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        key, rest = item_first(said)
        if key and (another := item_key(re.sub(r"^(?:and|&)\s+", "", rest, flags=re.IGNORECASE).partition(" ")[0])):
            raise Refused(words.one_item(key, another))
        return {"item": key, "text": rest} if key else {"text": said}


@verb("done", "finish", "finished", usage="done ACT-7 [link]", example="done ACT-7 https://example.com/pr/12",
      help="Marks an action item as done.")  # fmt: skip
class Done(OfItem, kind="done"):
    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        """Of a bare number more is asked: "done 3 of the nodes" ends no item."""
        fields = OfItem.read(said)
        bare = said[:1].isdigit() and fields["text"] and not _is_link(fields["text"])
        return {"text": said} if bare else fields


@verb("snooze", "postpone", usage="snooze ACT-7 [2w] [why]", example="snooze ACT-7 2w",
      help="Moves the date of an action item to a later one; from the second time on with a reason.")  # fmt: skip
class Snooze(OfItem, kind="snooze"):
    asks = True

    until: str = ""
    reason: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        fields = OfItem.read(said)
        if "item" not in fields:
            return fields
        until, reason = due_first(fields.pop("text"))
        return {**fields, "until": until, "reason": reason}


@verb(
    "reassign",
    "assign",
    usage="reassign ACT-7 @owner",
    example="reassign ACT-7 @tom",
    help="Gives an action item to somebody else.",
)
class Reassign(OfItem, kind="reassign"):
    asks = True

    owner: str = ""
    among: str = ""
    """The gesture that hands on several of them, of which the new owner is told once."""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        fields = OfItem.read(said)
        if "item" not in fields:
            return fields
        return {**fields, "owner": fields.pop("text").removeprefix("to ").strip()}


class NotMine(OfItem, kind="not_mine"):
    pass


class EndsUndone(OfItem):
    """Ends an item that was not done; whoever ends it says why."""

    asks = True

    reason: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        fields = OfItem.read(said)
        return {**fields, "reason": fields.pop("text")} if "item" in fields else fields


@verb("wontdo", "wont-do", "drop", usage="wontdo ACT-7 <why>", example="wontdo ACT-7 the feature is retired in March",
      help="Ends an action item that will not be done, with the reason.")  # fmt: skip
class WontDo(EndsUndone, kind="wont_do"):
    pass


@verb("accept-risk", "acceptrisk", usage="accept-risk ACT-7 <why>",
      example="accept-risk ACT-7 it would cost more than it could save",
      help="Ends an action item: you accept its risk, and the reason stays in the postmortem.")  # fmt: skip
class AcceptRisk(EndsUndone, kind="accept_risk"):
    pass


class LinkItem(OfItem, kind="link_item"):
    """Says afterwards where it was done."""

    asks = True

    link: Typed = ""


class UndoItem(OfItem, kind="undo_item"):
    pass


def _item(state: State, command: OfItem, word: str) -> ActionItem:
    """The open item meant, which the actor may change. Raises `Refused`."""
    item = named_item(state, command, word)
    if word not in ITEM_TRANSITIONS[item.status]:
        raise Refused(words.not_open(item, zone_of_actor(state)))
    may_change(state, command, item)
    return item


def named_item(state: State, command: OfItem, word: str) -> ActionItem:
    if not command.item:
        raise Refused(words.which_item(word.replace("_", "")))
    if state.item is None:
        raise NotFound(words.no_such_item(command.item))
    return state.item


def may_change(state: State, command: OfItem, item: ActionItem) -> None:
    actor = state.actor.id
    if command.listed and item.owner != actor:
        raise Refused(words.not_yours(item, named(state, item.owner)))
    responders = state.incident.responders if state.incident else frozenset()
    owner = state.postmortem.owner if state.postmortem else ""
    trusted = (
        state.actor.kind == "integration" or is_admin(state, actor) or actor in (item.owner, item.created_by, owner)
    )
    if not (trusted or actor in responders):
        raise Refused(words.not_yours_to_end(item))


def or_ones_own(rule: Callable[[State, Named, datetime], Decision]) -> Callable[[State, Named, datetime], Decision]:
    """Where no item is named, the rule is not asked: one's own items are shown."""

    @wraps(rule)
    def decide(state: State, command: Named, now: datetime) -> Decision:
        return rule(state, command, now) if command.item else _which(state, command, now)

    return decide


@decides(Done, may="anyone")
@or_ones_own
def done(state: State, command: Done, now: datetime) -> Decision:
    item = _item(state, command, "done")
    link = command.text if _is_link(command.text) else item.link
    return moved(state, command, now, item, "done", status=ItemStatus.DONE, ended_at=now, link=link)


def _which(state: State, command: OfItem, now: datetime) -> Decision:
    """No item is named: one's own stand there with their buttons, as `actions mine` shows them."""
    reply, said_ = own_list(state, now), said(state, command.text).strip()
    if not said_:
        return Decision(state=state, reply=reply)
    card = reply.card.model_copy(update={"sections": (Section(text=words.no_key_in(said_)), *reply.card.sections)})
    return Decision(state=state, reply=reply.model_copy(update={"card": card, "outcome": "refused"}))


def _is_link(said: str) -> bool:
    return said.startswith(("https://", "http://")) and len(said) <= LINK_MOST and not any(map(str.isspace, said))


@decides(LinkItem, may="anyone")
def link_item(state: State, command: LinkItem, now: datetime) -> Decision:
    item, link = named_item(state, command, "link_item"), command.link.strip()
    may_change(state, command, item)
    if not link:
        return Decision(state=state, reply=Reply(form=link_form(item, command.listed)))
    if not _is_link(link):
        raise Refused(words.no_link(), "link")
    return _saved(state, command, now, item.model_copy(update={"link": link}), "link_item")


@decides(WontDo, may="anyone")
@or_ones_own
def wont_do(state: State, command: WontDo, now: datetime) -> Decision:
    return _ended_undone(state, command, now, ItemStatus.WONT_DO, wont_do_form)


@decides(AcceptRisk, may="commander")
@or_ones_own
def accept_risk(state: State, command: AcceptRisk, now: datetime) -> Decision:
    return _ended_undone(state, command, now, ItemStatus.ACCEPTED_RISK, accept_form)


def _ended_undone(
    state: State, command: EndsUndone, now: datetime, status: ItemStatus, ask_why: Callable[[ActionItem, str], Form]
) -> Decision:
    item = _item(state, command, command.kind)
    if not command.reason.strip():
        return Decision(state=state, reply=Reply(form=ask_why(item, command.listed)))
    return moved(state, command, now, item, command.kind, status=status, ended_at=now, reason=command.reason[:1000])


@decides(Snooze, may="anyone")
@or_ones_own
def snooze(state: State, command: Snooze, now: datetime) -> Decision:
    """A day that is named may be sooner than the present one: that is a correction, and no snooze."""
    item = _item(state, command, "snooze")
    if not command.until:
        return Decision(state=state, reply=Reply(form=snooze_form(item, command.listed, now.date())))
    due = due_of(command.until, state, now, "until")
    sooner = due < item.due and DAY.fullmatch(command.until.strip()) is not None
    if due <= item.due and not sooner:
        raise Refused(words.no_later(item), "until")
    if item.snoozes and not sooner and not command.reason.strip():
        return Decision(state=state, reply=Reply(form=snooze_form(item, command.listed, now.date(), due)))
    times, reason = item.snoozes + (not sooner), command.reason[:1000]
    return moved(state, command, now, item, "snooze", due=due, dated="", snoozes=times, reason=reason)


@decides(Reassign, may="anyone")
@or_ones_own
def reassign(state: State, command: Reassign, now: datetime) -> Decision:
    item = _item(state, command, "reassign")
    if not command.owner:
        return Decision(state=state, reply=Reply(form=reassign_form(item, command.listed)))
    owner = owner_of(state, command.owner)
    if owner.id == item.owner:
        raise Refused(words.has_it_already(item, named(state, owner.id)), "owner")
    decision = moved(state, command, now, item, "reassign", owner=owner.id)
    return _told_once(state, decision, f"yours:{owner.id}:{command.among}") if command.among else decision


def _told_once(state: State, decision: Decision, key: str) -> Decision:
    """Whichever of the items comes first brings the word; under the same key it is sent once."""
    told = [one for one in decision.effects if isinstance(one, Direct)]
    cards_ = [
        Card(sections=(Section(text=words.several_yours(named(state, state.actor.id, one.platform))),)) for one in told
    ]
    effects = tuple(one.model_copy(update={"key": key, "card": card}) for one, card in zip(told, cards_, strict=True))
    return decision.model_copy(update={"effects": effects})


@decides(NotMine, may="anyone")
def not_mine(state: State, command: NotMine, now: datetime) -> Decision:
    """The item is nobody's now; the postmortem's owner, the commander or who declared is asked to find somebody."""
    item = _item(state, command, "not_mine")
    decision = moved(state, command, now, item, "not_mine", owner="")
    return decision.model_copy(update={"effects": decision.effects + _ask_for_owner(state, command, item)})


def _asked_for_owner(state: State, item: ActionItem) -> Account | None:
    """Where somebody is asked to find another owner: rather not the one who said no."""
    candidates = _answerable(state)
    asked = next(
        (p for p in candidates if p.id != item.owner and reachable(p)),
        next(filter(reachable, candidates), None),
    )
    return reachable(asked) if asked else None


def _ask_for_owner(state: State, command: Command, item: ActionItem) -> tuple[Effect, ...]:
    account = _asked_for_owner(state, item)
    if account is None:
        return ()
    unowned = item.model_copy(update={"owner": ""})
    buttons = tuple(b for b in cards.item_buttons(unowned, "") if b.does in ("reassign", "wont_do"))
    text = words.find_owner(item, named(state, state.actor.id, account.platform))
    card = Card(sections=(Section(text=text, buttons=buttons),))
    key = f"find-owner:{item.id}:{command.origin.id}"
    return (Direct(key=key, platform=account.platform, tenant=account.tenant, account=account.key, card=card),)


def _answerable(state: State) -> list[Person]:
    """Who answers for the incident's items: the postmortem's owner, the commander, who declared, who worked on it."""
    incident = state.incident
    owner = state.postmortem.owner if state.postmortem else ""
    ids = (owner, *((incident.lead, incident.declared_by, *sorted(incident.responders)) if incident else ()))
    known = [state.people[one] for one in dict.fromkeys(ids) if one in state.people]
    return [one for one in known if incident is None or may_know(incident, one.id)]


@decides(UndoItem, may="anyone")
def undo_item(state: State, command: UndoItem, now: datetime) -> Decision:
    item = named_item(state, command, "undo_item")
    change = item.last_change
    if change is None or change.by != state.actor.id or now - change.at > UNDO_FOR:
        raise Refused(words.nothing_to_undo(item))
    # Whether its incident is private, and what others said of it, is not theirs to take back.
    kept = {"private": item.private, "heard": 0, "again": item.again}
    before = restored(ActionItem.model_validate_json(change.before).model_copy(update=kept), item)
    decision = _saved(state, command, now, before, "undo_item")
    return decision.model_copy(update={"effects": decision.effects + _taken_back(state, command, item, before)})


def _taken_back(state: State, command: Command, item: ActionItem, after: ActionItem) -> tuple[Effect, ...]:
    """Whoever was told that the item is theirs, or asked to find it an owner, hears that nothing is left to do."""
    what = item.last_change.what if item.last_change else ""
    new_owner = state.people.get(item.owner) if what == "reassign" else None
    account = _asked_for_owner(state, after) if what == "not_mine" else reachable(new_owner) if new_owner else None
    if account is None or account in state.actor.accounts:
        return ()
    text = words.taken_back(after, named(state, state.actor.id, account.platform), named(state, after.owner))
    card = Card(sections=(Section(text=text),))
    key = f"taken-back:{item.id}:{command.origin.id}"
    return (Direct(key=key, platform=account.platform, tenant=account.tenant, account=account.key, card=card),)


def moved(state: State, command: OfItem, now: datetime, item: ActionItem, what: str, **fields: Any) -> Decision:
    """The item changed, with what is needed to take it back, its line in the timeline, and the answer."""
    change = ItemChange(by=state.actor.id, at=now, what=what, before=item.model_dump_json(exclude={"last_change"}))
    after = item.model_copy(update={**fields, "heard": 0, "last_change": change})
    return _saved(state, command, now, after, what)


def _saved(state: State, command: OfItem, now: datetime, after: ActionItem, what: str) -> Decision:
    owner = state.people.get(after.owner)
    line = entry(state, command, now, EntryKind.ACTION, words.entry_of(after, what, called(owner) if owner else ""))
    told = tell_owner(state, command, after) if what == "reassign" else ()
    after, tickets = kept_in_step(state, command, named_item(state, command, what), after, now)
    mine = tuple(after if item.id == after.id else item for item in state.my_items)
    after_state = state.model_copy(update={"item": after, "my_items": mine})
    outcome = words.outcome(after, what, named(state, after.owner))
    return Decision(
        state=after_state,
        entries=(line,),
        effects=(*told, *tickets),
        reply=answered(after_state, command.listed, after, outcome, now),
    )
