"""Sentences about action items and their reminders. Names never stand beside overdue counts in public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.model import ActionItem, Incident, ItemStatus, Person
from bot.policy import Kind
from bot.text import Link, Part, Strong, Text, page, say
from bot.words import key, verb
from bot.words.effectiveness import check, status
from bot.words.known import again
from bot.zones import due_echo, echo, late


def counted(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


# -- lists and the digest


def digest_title(n: int) -> str:
    if n == 0:
        return "Nothing of yours is overdue any more"
    return f"{counted(n, 'action item')} of yours {'is' if n == 1 else 'are'} overdue"


def digest_foot() -> Text:
    return say(
        "You get this once a week while something is overdue. {reminders} changes the day and hour. {all}",
        reminders=verb("reminders"),
        all=all_of_yours(),
    )


def digest_late() -> Text:
    return say("This comes more than a day late.")


def due_soon_title() -> str:
    return "Due soon"


def and_more(n: int) -> Text:
    return say("… and {n} more: {mine} shows them all.", n=n, mine=verb("actions mine"))


def and_more_below(n: int) -> Text:
    """Where the words below it lead to all of them."""
    return say("… and {n} more.", n=n)


def item_line(item: ActionItem, today: date, owner: Part = "") -> Text:
    """Among the items of one incident it is the owner that tells them apart, among one's own the incident."""
    of = say("{key} (SEV{sev}: {title})", key=item.incident_key, sev=item.severity, title=item.incident_title)
    return say(
        "{key} {text}\n{of} · {state}{link}",
        key=Strong(text=item.key),
        text=item.text,
        of=owner or of,
        state=item_state(item, today),
        link=_link(item),
    )


def item_state(item: ActionItem, today: date) -> str:
    if item.status is not ItemStatus.OPEN:
        return f"{status(item)}{f': {item.reason}' if item.reason else ''}"
    told = "".join(f"; {again(one)}" for one in item.again)
    if item.due < today:
        return f"was due {due_echo(item.due)}, {late((today - item.due).days)}{told}"
    return f"due {due_echo(item.due)}{told}"


def no_items(whose: str) -> Text:
    return say({"mine": "You have no open action items.", "overdue": "No action item is overdue."}.get(
        whose, "No action items are open. {add} makes one."), add=verb("action @owner by fri: what"))  # fmt: skip


def my_items_title(n: int) -> str:
    return f"Your {counted(n, 'open action item')}"


NO_OWNER = "no owner yet"


def items_title(incident: Incident, n: int, whose: str = "") -> str:
    return f"{incident.key}: {counted(n, 'action item')}{f' of {whose}' if whose else ''}"


def nothing_of(whose: str, incident: Incident) -> Text:
    return say("{whose} has no such action item in {key}.", whose=whose, key=key(incident))


# -- what was done


def one_owner(names: Sequence[str]) -> Text:
    return say("An action item has one owner. Choose between {names}. ", names=" and ".join(names))


def added(item: ActionItem, owner: Part) -> Text:
    return say("{key} is noted: {text} · {owner}, due {due}.", key=Strong(text=item.key), text=item.text, owner=owner,
               due=due_echo(item.due))  # fmt: skip


def added_entry(item: ActionItem, owner: str) -> str:
    return f"Action item {item.key} for {owner}, due {due_echo(item.due)}: {item.text}"


def yours_now(item: ActionItem, giver: Part) -> Text:
    return say(
        "{giver} gave you {key}: {text} (due {due}, from {incident} {title}).",
        giver=giver, key=Strong(text=item.key), text=item.text, due=due_echo(item.due), incident=item.incident_key,
        title=item.incident_title,
    )  # fmt: skip


def several_yours(giver: Part) -> Text:
    return say("{giver} gave you several action items at once. {all}", giver=giver, all=all_of_yours())


def all_of_yours() -> Link:
    return page("/actions?owner=me", "All my items", "The verb \u201cactions mine\u201d shows all of them.")


def find_owner(item: ActionItem, who: Part) -> Text:
    return say(
        "{who} says that {key} is not theirs: {text}. It has no owner now; please find one.",
        who=who, key=Strong(text=item.key), text=item.text,
    )  # fmt: skip


def one_item(first: str, second: str) -> Text:
    return say(
        "That takes one action item at a time, and you named {first} and {second}. Nothing was changed; please say it "
        "once for each.", first=first, second=second,
    )  # fmt: skip


def taken_back(item: ActionItem, who: Part, owner: Part) -> Text:
    return say(
        "{who} took that back: {key} is with {owner} again. Nothing is left for you to do.",
        who=who, key=Strong(text=item.key), owner=owner,
    )  # fmt: skip


def owners_lost(incident: Incident) -> str:
    return f"{incident.key}: action items whose owner cannot be reached"


def owner_lost(item: ActionItem, owner: str) -> Text:
    return say(
        "{key} {text}\n{owner} owns it and hears nothing of it from me any more. It is due {due}; please give it to "
        "somebody else.", key=Strong(text=item.key), text=item.text, owner=owner, due=due_echo(item.due),
    )  # fmt: skip


def and_more_of(incident: Incident, n: int) -> Text:
    return say("… and {n} more: {all} shows them all.", n=n, all=verb(f"actions {incident.key}"))


def outcome(item: ActionItem, what: str, now_owner: Part = "") -> Text:
    """One line on what a click did."""
    lines = {
        "done": "{key} is done. Thank you!\n{text}{link}",
        "link_item": "{key} has its link.\n{text}{link}",
        "wont_do": "{key} will not be done: {reason}.\n{text}",
        "accept_risk": "The risk of {key} is accepted in your name: {reason}.\n{text}",
        "snooze": "{key} is now due {due}.\n{text}",
        "reassign": "{key} is now with {owner}.\n{text}",
        "not_mine": "{key} is not yours any more; the postmortem's owner is asked to find an owner.",
        "held": "{key} held. Thank you!\n{text}",
        "did not hold": "{key} did not hold, and the postmortem says so.\n{text}",
        "later": "You are asked about {key} once more in two weeks.\n{text}",
        "reopen": "{key} is open again, due {due}.\n{text}",
        "undo_item": "{key} is as it was before.",
    }
    due, key_ = due_echo(item.due), Strong(text=item.key)
    return say(lines[what], key=key_, text=item.text, reason=item.reason, due=due, owner=now_owner, link=_link(item))


def _link(item: ActionItem) -> Text:
    return say(" · {link}", link=Link(url=item.link, label=item.link)) if item.link else Text()


def entry_of(item: ActionItem, what: str, owner: str = "") -> str:
    because = f" ({item.reason})" if item.reason else ""
    checked = check(item.checks[-1]) if item.checks else ""
    lines = {
        "done": f"{item.key} done: {item.text}",
        "wont_do": f"{item.key} will not be done ({item.reason}): {item.text}",
        "accept_risk": f"{item.key}: the risk is accepted ({item.reason}): {item.text}",
        "snooze": f"{item.key} snoozed until {due_echo(item.due)}{because}: {item.text}",
        "reassign": f"{item.key} reassigned to {owner}: {item.text}",
        "not_mine": f"{item.key} has no owner any more: {item.text}",
        "link_item": f"{item.key} was done here: {item.link}",
        "held": f"{item.key}: {checked}",
        "did not hold": f"{item.key}: {checked}",
        "later": f"{item.key}: whether it held is asked later",
        "reopen": f"{item.key} opened again{because}, due {due_echo(item.due)}: {item.text}",
        "undo_item": f"{item.key} set back to what it was: {item.text}",
    }
    return lines[what]


# -- refusals


def no_such_item(name: str) -> Text:
    return say(
        "I know no action item {name}. {mine} shows yours.",
        name=name[:40] or "without a key",
        mine=verb("actions mine"),
    )


def which_item(word: str) -> Text:
    return say("Which action item? Say it like {example}; {mine} shows yours.", example=verb(f"{word} ACT-7"),
               mine=verb("actions mine"))  # fmt: skip


def no_key_in(said: str) -> Text:
    return say("I see no key of an action item in \u201c{said}\u201d. Nothing was changed.", said=said[:80])


def no_such_list(said: str) -> Text:
    return say(
        "I don't understand \u201c{said}\u201d as a list of action items. Say {mine}, {overdue}, or one person or "
        "incident, as in {example}.",
        said=said[:80], mine=verb("actions mine"), overdue=verb("actions overdue"), example=verb("actions INC-42"),
    )  # fmt: skip


def theirs_by_incident(said: str) -> Text:
    return say(
        "Items of {said} are listed by incident: say it in the incident's channel, or with its key, as in {example}.",
        said=said[:80], example=verb("actions INC-42 @maya"),
    )  # fmt: skip


def not_open(item: ActionItem, zone: str) -> Text:
    since = f" since {echo(item.ended_at, zone)}" if item.ended_at else ""
    status = item.status.value
    return say(
        "{key} is already {status}{since}. Nothing was changed.", key=Strong(text=item.key), status=status, since=since
    )


def not_yours(item: ActionItem, owner: Part) -> Text:
    if not item.owner:
        return say("{key} has no owner now. Nothing was changed.", key=Strong(text=item.key))
    return say("{key} is with {owner} now. Nothing was changed.", key=Strong(text=item.key), owner=owner)


def has_it_already(item: ActionItem, owner: Part) -> Text:
    return say("{key} is with {owner} already; nothing was changed.", key=Strong(text=item.key), owner=owner)


def no_later(item: ActionItem) -> Text:
    return say(
        "{key} is due {due} already, and snoozing makes a date later. Nothing was changed; a sooner date is said as a "
        "day, like 2026-12-01.",
        key=Strong(text=item.key), due=due_echo(item.due),
    )  # fmt: skip


def not_yours_to_end(item: ActionItem) -> Text:
    return say(
        "Only its owner, the incident's responders or an admin can change {key}. Nothing was changed.",
        key=Strong(text=item.key),
    )


def no_such_person(name: str) -> Text:
    return say("I know nobody called {name}. Mention the person with @, as chat offers it.", name=name[:80])


def cannot_own(person: Person) -> Text:
    return say("{name} cannot own an action item: it needs a person who works here. Whom else?", name=person.name)


def closed_for_items(incident: Incident) -> Text:
    return say(
        "{key} is closed. {reopen} opens it again.",
        key=key(incident),
        reopen=verb(f"reopen {incident.key} why"),
    )


def no_link() -> Text:
    return say("That is no address. It begins with https:// and has no spaces.")


def nothing_to_undo(item: ActionItem) -> Text:
    return say("There is nothing of yours to undo on {key}: a change can be taken back for ten minutes.",
               key=Strong(text=item.key))  # fmt: skip


def needs_reason(item: ActionItem) -> Text:
    return say("{key} was snoozed before, so please say why this time.", key=Strong(text=item.key))


# -- reminders of one's own


def reminders(day: str, hour: str, zone: str, assumed: bool, overdue: int, open_items: int, before: int) -> Text:
    return say(
        "Once a week, on {day} at {hour} ({zone}{assumed}), I send you your overdue action items, if there are any; "
        "and one word {before} before an item is due. Holidays, nights and active incidents are left alone. "
        "Open now: {open_items}, overdue: {overdue}. To change it: {change}.",
        day=day, hour=hour, zone=zone, assumed=", assumed" if assumed else "", open_items=open_items, overdue=overdue,
        before=counted(before, "day"), change=verb("reminders tuesday 14:00"),
    )  # fmt: skip


def reminders_set(day: str, hour: str, zone: str, first: datetime) -> Text:
    return say("From now on: {day} at {hour} ({zone}). The next one can come {first}.", day=day, hour=hour, zone=zone,
               first=echo(first, zone))  # fmt: skip


def reminders_unclear(said: str) -> Text:
    return say(
        "I did not understand {said}. Give a day and an hour between 09:00 and 16:59, as in {example}.",
        said=said[:60], example=verb("reminders tuesday 14:00"),
    )  # fmt: skip


# -- forms

HINT_WHAT = "Begin with a verb, and say when it is finished: \u201cAlert when the pool is 80 % full\u201d."


def sooner_by_kind(days: Mapping[Kind, int]) -> str:
    """Under the date of a new item; empty where the organisation makes no difference."""
    each = ", ".join(f"{counted(n, 'day')} to {kind}" for kind, n in sorted(days.items(), key=lambda one: one[1]))
    return f"Left as it is, sooner by what the item is for: {each}." if each else ""


HINT_OWNER = "One person. They are told privately, and reminded once a week when it is overdue."
HINT_WHY_ACCEPTED = "It stands in the postmortem for ever, with your name in the timeline."
HINT_LINK = "The address of a change, a ticket or a page: https://…"
HINT_WHY_NOT = "It stands in the postmortem, so that the decision can be understood later."


def about(item: ActionItem) -> Text:
    return say("{key} {text}", key=Strong(text=item.key), text=item.text[:500])
