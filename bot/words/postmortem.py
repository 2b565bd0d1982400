"""What the bot says about a postmortem in chat: opened, owned, written, published. What stands in it is in `draft`."""

from __future__ import annotations

from datetime import date

from bot.model import Incident, Postmortem, PostmortemStatus
from bot.sayings import SectionText
from bot.text import Form, Input, Part, Strong, Text, page, say
from bot.words import key, verb
from bot.words.draft import CALLED, EDITABLE, LEARNING_MOST, RECORDED
from bot.zones import due_echo, echo

READ, OPEN, WRITE_CARD = "Read the draft", "Open a draft", "Write the learning card"
WRITE_OTHER, OTHER_OWNER, PUBLISH, REVISE = "Write a section", "Another owner", "Publish", "Start a new version"
PUBLISH_ANYWAY, PUBLISH_SURE = "Publish anyway", "Publish it although something is missing?"
OWNER, PAGE, NO_PAGE = "Owner", "As a page", "none, because Debrief has no public address"
THE_OPENING, THE_OWNER = "the opening of the postmortem", "the postmortem's owner"
THE_SECTION, THE_PUBLISHING, THE_REVISION = "the postmortem's section", "the publishing", "the new version"
SECTION_NAMES = {
    **{name: name for name in CALLED},
    **{heading.casefold(): name for name, heading in CALLED.items()},
    "card": "learning",
    "went well": "well",
    "was hard": "hard",
    "got lucky": "lucky",
    "surprise": "surprised",
    "outside what": "external_what",
    "outside impact": "external_impact",
    "outside changes": "external_changes",
}
"""What people call the sections."""


def missing_list(missing: tuple[str, ...]) -> Text:
    if not missing:
        return say("Nothing is missing.")
    return say("Still missing:{list}", list="".join(f"\n• {one}" for one in missing))


# -- opening and owning


def read_draft(incident: Incident) -> Part:
    return page(f"/incidents/{incident.key}/postmortem", f"postmortem of {incident.key}")


def open_page(incident: Incident) -> Part:
    return page(f"/incidents/{incident.key}/postmortem", "read it on the web", NO_PAGE)


def opened_public(incident: Incident, owner: Part, due: date) -> Text:
    return say(
        "The {postmortem} is open as a draft. Proposed owner: {owner}. Due {due}.",
        postmortem=read_draft(incident), owner=owner, due=due_echo(due),
    )  # fmt: skip


def opened_line(owner: str, due: date) -> str:
    return f"Postmortem opened as a draft, due {due_echo(due)}; proposed owner: {owner}"


def opened(incident: Incident) -> Text:
    return say("The postmortem of {key} is open as a draft; the incident's status did not change.", key=key(incident))


def already_open(incident: Incident, status: str) -> Text:
    return say("The postmortem of {key} is there already ({status}). Nothing was changed; {show} shows it.",
               key=key(incident), status=status, show=verb("postmortem"))  # fmt: skip


def you_own(incident: Incident, due: date, asked: str) -> Text:
    return say(
        "You are {asked} as the owner of the {postmortem} ({title}), due {due}. The owner sees that it gets written "
        "and published; most of it is there already.",
        asked=asked, postmortem=read_draft(incident), title=incident.title, due=due_echo(due),
    )  # fmt: skip


PROPOSED, CHOSEN, LAST = "proposed", "chosen", "left, as nobody else can be asked any more,"


def owner_set(incident: Incident, owner: Part) -> Text:
    return say("{owner} owns the postmortem of {key} now.", owner=owner, key=key(incident))


def owner_line(owner: str) -> str:
    return f"Postmortem owner: {owner}"


def cannot_own(name: str) -> Text:
    return say(
        "{name} cannot own this postmortem: it needs somebody who works here and may see the incident.",
        name=name,
    )


def owns_already(incident: Incident, owner: Part) -> Text:
    return say("{owner} owns the postmortem of {key} already.", owner=owner, key=key(incident))


# -- showing


def shown_title(incident: Incident, postmortem: Postmortem) -> str:
    return f"Postmortem of {incident.key} ({postmortem.status}, version {postmortem.version})"


def not_there(incident: Incident) -> Text:
    return say("{key} has no postmortem yet. It opens as a draft on resolve, or now, without resolving.",
               key=key(incident))  # fmt: skip


def no_postmortem(incident: Incident) -> Text:
    return say("{key} has no postmortem yet. {open} opens one, without resolving the incident. Nothing was changed.",
               key=key(incident), open=verb("postmortem open"))  # fmt: skip


def owned(owner: Part, due: date) -> Text:
    return say("{owner}, due {due}", owner=owner, due=due_echo(due))


def which_section() -> Text:
    return say("Which section do you want to write?")


def no_such_section(name: str) -> Text:
    return say("I know no section {name}. Sections to write: {known}. Nothing was changed.", name=name[:40],
               known=", ".join(EDITABLE))  # fmt: skip


def recorded_section(name: str) -> Text:
    return say(
        "{heading} shows what is recorded and is not written by hand. {verb} changes the record. Nothing was changed.",
        heading=Strong(text=CALLED[name]), verb=verb(RECORDED[name]),
    )  # fmt: skip


def no_such_part(said: str) -> Text:
    return say(
        "I do not know {said} here. There are {open}, {factor}, {edit}, {owner}, {review}, {comments}, {publish}, "
        "{revise}, {trigger}, {decision}, {question}, {adopt}, {changes} and {suggest}. Nothing was changed.",
        said=said[:40], open=verb("postmortem open"), factor=verb("postmortem factor change: …"),
        edit=verb("postmortem edit learning"), owner=verb("postmortem owner @maya"), publish=verb("postmortem publish"),
        revise=verb("postmortem revise"), review=verb("postmortem review @maya fri"),
        comments=verb("postmortem comments"), trigger=verb("postmortem trigger …"),
        decision=verb("postmortem decision …"), question=verb("postmortem question …"),
        adopt=verb("postmortem adopt"), changes=verb("postmortem changes"),
        suggest=verb("postmortem suggest"),
    )  # fmt: skip


# -- writing


def too_long_here(name: str) -> Text:
    return say("{heading} is too long for a form in chat. Nothing was changed; {verb} replaces it as a whole.",
               heading=Strong(text=CALLED[name]), verb=verb(f"postmortem edit {name}: …"))  # fmt: skip


def published_already(incident: Incident, postmortem: Postmortem, who: Part, zone: str) -> Text:
    at = f" on {echo(postmortem.published_at, zone)}" if postmortem.published_at else ""
    return say(
        "The postmortem of {key} was published by {who}{at} (version {version}). Nothing was changed; {revise} "
        "starts a new version.",
        key=key(incident), who=who, at=at, version=postmortem.version, revise=verb("postmortem revise"),
    )  # fmt: skip


def section_saved(name: str) -> Text:
    return say("{heading} is saved. No later draft overwrites it.", heading=Strong(text=CALLED[name]))


def section_freed(name: str) -> Text:
    return say("{heading} shows again what is recorded.", heading=Strong(text=CALLED[name]))


def section_same(name: str) -> Text:
    return say("{heading} says that already. Nothing was changed.", heading=Strong(text=CALLED[name]))


def section_line(name: str, freed: bool) -> str:
    return f"Postmortem: “{CALLED[name]}” {'shows again what is recorded' if freed else 'written'}"


def section_form(incident: str, name: str, body: str, seen: str, room: int) -> Form:
    args = {"incident": incident, "section": name, "saving": "yes", "seen": seen}
    hint = f"At most {LEARNING_MOST} characters. " if name == "learning" else ""
    field = Input(
        name="text", label=CALLED[name], kind="text", required=False, initial=body, max_length=room,
        hint=f"{hint}Left empty, the section shows again what is recorded.",
    )  # fmt: skip
    return Form(title="Postmortem", does="postmortem_edit", args=args, inputs=(field,))


def overtaken(written: SectionText, who: Part, zone: str) -> Text:
    return say(
        "{who} changed this section on {at}, after you had opened it. Nothing was saved. It says now:\n{text}\n"
        "Saving once more replaces that with your text below.",
        who=who, at=echo(written.at, zone), text=written.text,
    )  # fmt: skip


def freed_meanwhile() -> Text:
    return say("Somebody emptied this section after you opened it. Nothing was saved; saving again keeps your text.")


def owner_form(incident: str) -> Form:
    field = Input(name="person", label="Who owns the postmortem?", kind="person")
    return Form(title="Postmortem owner", does="postmortem_owner", args={"incident": incident}, inputs=(field,))


# -- publishing


def publish_anyway(incident: Incident) -> Text:
    return say("The postmortem of {key} is not published yet.", key=key(incident))


def published(incident: Incident, version: int) -> Text:
    return say("The postmortem of {key} is published (version {version}).", key=key(incident), version=version)


def published_public(incident: Incident, version: int, owner: Part) -> Text:
    return say(
        "The {postmortem} ({title}) is published, version {version}. Owner: {owner}.",
        postmortem=read_draft(incident), title=incident.title, version=version, owner=owner,
    )  # fmt: skip


def published_line(version: int) -> str:
    return f"Postmortem published, version {version}"


def revised(incident: Incident, version: int) -> Text:
    published = " What was published stays readable until you publish it." if version > 1 else ""
    return say(
        "The postmortem of {key} is a draft again, version {version}.{published}",
        key=key(incident), version=version, published=published,
    )  # fmt: skip


def revised_line(version: int) -> str:
    return f"Postmortem is a draft again, version {version}"


def cannot_revise(incident: Incident, status: PostmortemStatus) -> Text:
    return say("The postmortem of {key} is a {status} already: change it as it is.", key=key(incident),
               status=str(status))  # fmt: skip
