"""What the bot says where people say a trigger, a decision not to act or an open question, accept what is proposed, or
ask what changed since the last published version."""

from __future__ import annotations

from bot.draft_changes import SectionChange
from bot.model import Incident
from bot.text import Choice, Form, Input, Section, Strong, Text, say
from bot.words import key, verb
from bot.words.draft import HEADINGS

SET_TIME = "One of the five times"
TRIGGER, DECISION, QUESTION, CHANGES = "What set it off", "A decision not to act", "An open question", "What changed"
SAY_MORE = "What nobody but you can say:"
THE_TRIGGER, THE_PROPOSED = "the trigger", "the accepted entries"
THE = {"decisions": "the decision not to act", "questions": "the open question"}
_ONE = {"decisions": "Decision not to act", "questions": "Open question"}
_GONE = {"decisions": "Decision not to act, withdrawn", "questions": "Question answered"}
_ASKED = {"decisions": "What was decided not to be done, and why?", "questions": "What is still open?"}
_HINT = {
    "decisions": "For example: no second region, because it costs more than an hour of outage",
    "questions": "For example: how did the alert stay silent for twenty minutes?",
}
_TAKE_OUT = {"decisions": "These no longer hold", "questions": "These are answered"}
LABEL_MOST, OFFERED_MOST = 75, 100
LINES_MOST, LINE_MOST = 6, 200


# -- the trigger


def trigger_form(incident: str, text: str, seen: str) -> Form:
    field = Input(
        name="text", label="What set it off?", kind="text", required=False, initial=text[:3000],
        hint="The event after which it began, for example: the certificate expired. What made it possible are the "
        "contributing factors. Left empty, nothing is said of it.",
    )  # fmt: skip
    args = {"incident": incident, "saving": "yes", "seen": seen}
    return Form(title="Trigger", does="postmortem_trigger", args=args, inputs=(field,))


def trigger_said(text: str, before: str) -> Text:
    if not text:
        return say("The trigger is unknown again.")
    more = say(" It said before: {before}", before=before) if before else Text()
    return say("Noted as what set it off.") + more


def trigger_same() -> Text:
    return say("The trigger says that already. Nothing was changed.")


def trigger_line(text: str) -> str:
    return f"Trigger: {text}" if text else "Trigger: unknown again"


def overtaken(stands: str) -> Text:
    if not stands:
        return say("Somebody emptied it after you opened this. Nothing was saved; saving again keeps your text.")
    return say(
        "Somebody changed it after you had opened this. Nothing was saved. It says now:\n{text}\n"
        "Saving once more replaces that with your text below.",
        text=stands,
    )  # fmt: skip


# -- decisions and questions


def said_form(incident: str, name: str, standing: tuple[tuple[str, str], ...]) -> Form:
    """`standing` are ids and texts of those that may be taken out."""
    text = Input(name="text", label=_ASKED[name], kind="text", required=not standing, hint=_HINT[name])
    offered = tuple(Choice(value=one, label=label(said)) for one, said in standing[:OFFERED_MOST])
    gone = Input(name="gone", label=_TAKE_OUT[name], kind="choices", required=False, choices=offered)
    does = {"decisions": "postmortem_decision", "questions": "postmortem_question"}[name]
    inputs = (text, gone) if offered else (text,)
    return Form(title=_ONE[name], does=does, args={"incident": incident, "saving": "yes"}, inputs=inputs)


def label(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LABEL_MOST else f"{text[: LABEL_MOST - 1]}…"


def said(name: str, added: bool, gone: int) -> Text:
    told = {"decisions": "Noted as a decision not to act.", "questions": "Noted as an open question."}[name]
    out = {"decisions": "{n} taken out of the decisions.", "questions": "{n} taken out of the open questions."}[name]
    parts = [say(told)] if added else []
    parts += [say(out, n=gone)] if gone else []
    return parts[0] + say(" ") + parts[1] if len(parts) > 1 else parts[0]


def by_hand(name: str) -> Text:
    return say(
        " {heading} was written by hand, so it does not show there by itself: {edit} puts it in.",
        heading=Strong(text=HEADINGS[name]), edit=verb(f"postmortem edit {name}"),
    )  # fmt: skip


def said_already() -> Text:
    return say("That is there already. Nothing was changed.")


def nothing_said() -> Text:
    return say("Nothing was said, and nothing was changed.")


def said_line(name: str, text: str) -> str:
    return f"{_ONE[name]}: {text}"


def gone_line(name: str, text: str) -> str:
    return f"{_GONE[name]}: {text}"


# -- entries that are proposed


def accept_label(n: int) -> str:
    return "Accept the proposed entry" if n == 1 else f"Accept the {n} proposed entries"


def are_proposed(lines: tuple[str, ...], n: int) -> Text:
    """`lines` are the first of the `n` that are proposed."""
    entries = "1 entry of the log is" if n == 1 else f"{n} entries of the log are"
    intro = say("Nobody marked what mattered, so {entries} proposed for the timeline:", entries=entries)
    more = f"\n… and {n - len(lines)} more" if n > len(lines) else ""
    return intro + say("{list}{more}", list="".join(f"\n• {line}" for line in lines), more=more)


def accepted(incident: Incident, n: int) -> Text:
    entries = "1 entry stands" if n == 1 else f"{n} entries stand"
    return say("{entries} in the timeline of {key} now. {undo} takes that back.", entries=entries, key=key(incident),
               undo=verb("undo"))  # fmt: skip


def none_proposed(incident: Incident) -> Text:
    return say(
        "Nothing is proposed for the timeline of {key} any more: it is there already, or gone. Nothing was changed; "
        "{show} shows the timeline.",
        key=key(incident), show=verb("timeline"),
    )  # fmt: skip


# -- what changed


def never_published(incident: Incident) -> Text:
    return say("No version of the postmortem of {key} was published that could be compared. {publish} publishes one.",
               key=key(incident), publish=verb("postmortem publish"))  # fmt: skip


def unchanged(incident: Incident, version: int) -> Text:
    return say("The postmortem of {key} says what its published version {version} says.", key=key(incident),
               version=version)  # fmt: skip


def changes_title(incident: Incident, version: int) -> str:
    return f"Postmortem of {incident.key}: changed since version {version}"


def changed_section(change: SectionChange) -> Section:
    lines = [f"− {_cut(line)}" for line in change.removed] + [f"+ {_cut(line)}" for line in change.added]
    more = [f"… and {len(lines) - LINES_MOST} more"] if len(lines) > LINES_MOST else []
    told = "".join(f"\n{line}" for line in (*lines[:LINES_MOST], *more))
    return Section(text=say("{heading}{lines}", heading=Strong(text=change.heading), lines=told))


def _cut(line: str) -> str:
    line = line.removeprefix("- ")
    return line if len(line) <= LINE_MOST else f"{line[: LINE_MOST - 1]}…"
