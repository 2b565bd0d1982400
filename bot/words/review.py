"""What the bot says while a draft finds its owner and is looked at by those who were there.

Law: everybody is asked once, privately, for something they can answer with one click; nobody is told that they are late
where others can read it.
"""

from __future__ import annotations

from datetime import date, datetime

from bot.model import Incident, Postmortem
from bot.review import Comment, Review, open_comments
from bot.text import Choice, Form, Input, Part, Strong, Text, joined, page, say
from bot.words import key, verb
from bot.words.draft import HEADINGS, TIMES
from bot.words.postmortem import NO_PAGE, read_draft
from bot.zones import due_echo, echo

ACCEPT, NOT_ME, LOOKS_RIGHT, COMMENT, DISPUTED = "Accept", "Not me", "Looks right", "Comment", "Disputed"
FAIR, MISSING, RESOLVE, ASK = "Fair", "Something is missing", "Resolve", "Ask for a review"
COMMENTS = "Comments"
THE_ACCEPTANCE, THE_REVIEW, THE_SIGN_OFF = "the acceptance", "the review", "the sign-off"
THE_COMMENT, THE_ANSWER = "the comment", "the answer"
KINDS = {"time": "Disputed time", "factor": "Disputed factor", "missing": "Missing", "comment": "Comment"}


def _named(people: list[Part]) -> Text:
    return joined([say("{who}", who=who) for who in people])


# -- the owner


def accepted(incident: Incident, due: date) -> Text:
    return say("You own the {postmortem}, due {due}. Thank you.", postmortem=read_draft(incident), due=due_echo(due))


def accepted_line(owner: str) -> str:
    return f"Postmortem owner accepted: {owner}"


def accepted_already(incident: Incident) -> Text:
    return say("You own the postmortem of {key} already. {owner} hands it over.", key=key(incident),
               owner=verb("postmortem owner @maya"))  # fmt: skip


def not_proposed(incident: Incident, owner: Part) -> Text:
    return say(
        "The postmortem of {key} is {owner}'s by now. Nothing was changed; {take} makes it yours.",
        key=key(incident), owner=owner, take=verb("postmortem owner me"),
    )  # fmt: skip


def decline_form(incident: str) -> Form:
    field = Input(name="reason", label="Why not?", required=False, max_length=500,
                  hint="If you like. The next responder is asked then.")  # fmt: skip
    args = {"incident": incident, "sure": "yes"}
    return Form(title="Not the owner", does="postmortem_decline", args=args, inputs=(field,), submit=NOT_ME)


def declined(incident: Incident, owner: Part) -> Text:
    return say("Thank you for saying so. {owner} is proposed as the owner of the {postmortem} now.", owner=owner,
               postmortem=read_draft(incident))  # fmt: skip


def declined_line(person: str, reason: str, owner: str, *, last: bool) -> str:
    because = f" ({reason})" if reason else ""
    left = f"nobody else is left to ask, so {owner} owns it" if last else f"proposed now: {owner}"
    return f"Postmortem owner declined: {person}{because}; {left}"


def silent_line(person: str, owner: str, *, last: bool) -> str:
    left = f"nobody else is left to ask, so {owner} owns it" if last else f"proposed now: {owner}"
    return f"Postmortem owner: no answer from {person} within a day; {left}"


def shut_out_line(person: str, owner: str, *, last: bool) -> str:
    left = f"so {owner} owns it" if last else f"proposed now: {owner}"
    return f"Postmortem owner: {person} is no member of this incident any more; {left}"


def nobody_left(incident: Incident) -> Text:
    return say(
        "Everybody who worked on {key} was asked already, and a postmortem always has an owner. Nothing was changed; "
        "{owner} hands it to somebody else.",
        key=key(incident), owner=verb("postmortem owner @maya"),
    )  # fmt: skip


def answer_by(incident: Incident, due: date) -> Text:
    return say(
        "You are proposed as the owner of the {postmortem} ({title}), due {due}. The owner sees that it gets written "
        "and published; most of it is there already. Without an answer within a day, somebody else is asked.",
        postmortem=read_draft(incident), title=incident.title, due=due_echo(due),
    )  # fmt: skip


# -- asking for a review


def review_form(incident: str, day: str, time: str) -> Form:
    inputs = (
        Input(name="people", label="Who should look at it?", kind="people", hint="Those who were there"),
        Input(name="day", label="Until when, or on which day?", kind="date", required=False, initial=day),
        Input(name="time", label="At what time, if you meet?", required=False, initial=time, max_length=20,
              hint="For example 14:00"),
    )  # fmt: skip
    return Form(title=ASK, does="postmortem_review", args={"incident": incident}, inputs=inputs,
                submit="Ask")  # fmt: skip


def on_day(review: Review, zone: str) -> str:
    if review.at is not None:
        return echo(review.at, zone)
    return due_echo(review.day) if review.day else ""


def calendar_link(incident: Incident) -> Part:
    return page(f"/incidents/{incident.key}/review.ics", "calendar file", NO_PAGE)


def review_asked(incident: Incident, review: Review, people: list[Part], missed: list[Part], zone: str) -> Text:
    text = say("The postmortem of {key} is in review. Reviewers: {who}.", key=key(incident), who=_named(people))
    if when := on_day(review, zone):
        text += say(" Review: {when}.", when=when)
    if review.at is not None:
        text += say(" For the calendar: {file}.", file=calendar_link(incident))
    if missed:
        text += say(" I cannot write to {who}; please tell them yourself.", who=_named(missed))
    return text


def review_same(incident: Incident) -> Text:
    return say("They were asked to look at the postmortem of {key} already. Nothing was changed.", key=key(incident))


def review_line(people: str, when: str) -> str:
    return f"Postmortem in review; asked to look: {people}" + (f"; review: {when}" if when else "")


def moved_line(when: str) -> str:
    return f"Postmortem review moved: {when}"


def please_look(incident: Incident, review: Review, asker: Part, zone: str, *, moved: bool) -> Text:
    if moved:
        text = say("The review of the {postmortem} ({title}) is at another time now.", postmortem=read_draft(incident),
                   title=incident.title)  # fmt: skip
    else:
        text = say("{asker} asks you to look at the {postmortem} ({title}).", asker=asker,
                   postmortem=read_draft(incident), title=incident.title)  # fmt: skip
    if when := on_day(review, zone):
        text += say(" Review: {when}.", when=when)
    if review.at is not None:
        text += say(" For your calendar: {file}.", file=calendar_link(incident))
    return text


def no_reviewer(name: str) -> Text:
    return say("{name} cannot review this postmortem: it needs a person who may see the incident. Nothing was changed.",
               name=name)  # fmt: skip


def bad_clock() -> Text:
    return say("I do not understand that time of day. Write for example 14:00.")


def day_for_clock() -> Text:
    return say("On which day? A time of day alone is not enough. Write for example fri 14:00.")


def passed_already() -> Text:
    return say("That time has passed. Write one that is still to come, for example fri 14:00.")


def not_in_review(incident: Incident) -> Text:
    return say("The postmortem of {key} is not in review. Nothing was changed; {ask} asks for one.", key=key(incident),
               ask=verb("postmortem review @maya fri"))  # fmt: skip


def another_version(incident: Incident, version: int) -> Text:
    return say("That was asked about an earlier version; the postmortem of {key} is at version {version} now. Nothing "
               "was changed.", key=key(incident), version=version)  # fmt: skip


# -- looking at it


def looked(review: Review) -> str:
    n = len(review.reviewers)
    return f"{n - len(review.silent)} of {n} {'reviewer has' if n == 1 else 'reviewers have'} looked"


def comments_left(postmortem: Postmortem) -> list[str]:
    """What readiness says of them."""
    comments = open_comments(postmortem)
    disputed = sum(one.disputes for one in comments)
    left = [f"{disputed} disputed and not settled"] if disputed else []
    others = len(comments) - disputed
    return left + ([f"{others} {'comment is' if others == 1 else 'comments are'} open"] if others else [])


def signed(incident: Incident, review: Review) -> Text:
    return say("Noted: the {postmortem} looks right to you. {looked}.", postmortem=read_draft(incident),
               looked=looked(review))  # fmt: skip


def signed_line(person: str, review: Review) -> str:
    return f"Postmortem looks right to {person} ({looked(review)})"


def signed_already() -> Text:
    return say("You said already that it looks right. Nothing was changed.")


def not_asked(incident: Incident) -> Text:
    return say("You were not asked to review the postmortem of {key}. {comment} leaves a comment all the same. Nothing "
               "was changed.", key=key(incident), comment=verb("postmortem comment …"))  # fmt: skip


def all_looked(incident: Incident, review: Review) -> Text:
    return say("{looked} at the {postmortem} ({title}); it looks right to all of them.", looked=looked(review),
               postmortem=read_draft(incident), title=incident.title)  # fmt: skip


# -- comments


def comment_form(incident: str, version: str, section: str, text: str) -> Form:
    choices = tuple(Choice(value=name, label=heading) for name, heading in HEADINGS.items())
    inputs = (
        Input(name="section", label="About what?", kind="choice", required=False, choices=choices, initial=section,
              hint="Left empty: the whole"),
        Input(name="text", label="What do you want to say?", kind="text", initial=text[:3000]),
    )  # fmt: skip
    args = {"incident": incident, "version": version}
    return Form(title="Comment", does="postmortem_comment", args=args, inputs=inputs, submit="Send")


def dispute_form(incident: str, version: str, factors: tuple[tuple[str, str], ...]) -> Form:
    times = tuple(Choice(value=name, label=label) for name, label in TIMES.items())
    choices = (*times, *(Choice(value=name, label=text[:70]) for name, text in factors))
    inputs = (
        Input(name="about", label="What is not right?", kind="choice", choices=choices),
        Input(name="text", label="What holds instead, and how is it known?", kind="text"),
    )
    args = {"incident": incident, "version": version}
    return Form(title="Disputed", does="postmortem_dispute", args=args, inputs=inputs, submit="Send")


def missing_form(incident: str, version: str) -> Form:
    field = Input(name="text", label="What is missing, or not fair?", kind="text")
    args = {"incident": incident, "version": version}
    return Form(title="What is missing?", does="postmortem_missing", args=args, inputs=(field,), submit="Send")


def about(comment: Comment, postmortem: Postmortem) -> str:
    factors = {factor.id: factor.text for factor in postmortem.factors}
    return HEADINGS.get(comment.about) or TIMES.get(comment.about) or factors.get(comment.about, "")


def comment_title(comment: Comment, postmortem: Postmortem) -> str:
    what = about(comment, postmortem)
    return f"{KINDS[comment.kind]} · {what}" if what else KINDS[comment.kind]


def comment_text(comment: Comment, postmortem: Postmortem, by: Part, said: str) -> Text:
    text = say("{title} · {by}\n{said}", title=Strong(text=comment_title(comment, postmortem)), by=by, said=said)
    return text if comment.open else text + say("\n(resolved)")


def commented_owner(incident: Incident, comment: Comment, postmortem: Postmortem, by: Part, said: str) -> Text:
    head = say("To the {postmortem} ({title}):\n", postmortem=read_draft(incident), title=incident.title)
    return head + comment_text(comment, postmortem, by, said)


def comment_sent(incident: Incident, owner: Part) -> Text:
    return say("Kept, and told to {owner}, who owns the postmortem of {key}.", owner=owner, key=key(incident))


def comment_kept(incident: Incident) -> Text:
    return say("Kept beside the postmortem of {key}.", key=key(incident))


def comment_line(comment: Comment, postmortem: Postmortem) -> str:
    return f"Postmortem: {comment_title(comment, postmortem)[:200]}"


def say_something() -> Text:
    return say("A comment needs words. Nothing was kept.")


def no_such_part(said: str) -> Text:
    return say("I know neither a time nor a factor {said} in this postmortem. Nothing was kept.", said=said[:40])


def comments_title(incident: Incident, n: int) -> str:
    return f"{n} open {'comment' if n == 1 else 'comments'} on the postmortem of {incident.key}"


def no_comments(incident: Incident) -> Text:
    return say("No comment on the postmortem of {key} is open.", key=key(incident))


def more_comments(n: int) -> Text:
    return say("and {n} more", n=n)


def no_such_comment() -> Text:
    return say("That comment is not there any more. Nothing was changed.")


def may_not_resolve() -> Text:
    return say("A comment is resolved by whoever made it, the postmortem's owner, the incident commander or an admin. "
               "Nothing was changed.")  # fmt: skip


def resolved_already(by: Part) -> Text:
    return say("{by} resolved that comment already. Nothing was changed.", by=by)


def resolved_line(comment: Comment, postmortem: Postmortem) -> str:
    return f"Postmortem comment resolved: {comment_title(comment, postmortem)[:200]}"


# -- is it fair?


def is_it_fair(incident: Incident) -> Text:
    return say(
        "You are on the timeline of {key} ({title}), and its {postmortem} is about to be reviewed. Is it fair? What "
        "is missing? Your answer goes to the postmortem's owner.",
        key=key(incident), title=incident.title, postmortem=read_draft(incident),
    )  # fmt: skip


def fair_thanks(incident: Incident) -> Text:
    return say("Noted: the {postmortem} is fair. Thank you.", postmortem=read_draft(incident))


def fair_line(person: str) -> str:
    return f"Postmortem is fair, says {person}"


def fair_already() -> Text:
    return say("You said already that it is fair. Nothing was changed.")


# -- what is late, in one word each


def draft_late(incident: Incident, due: date) -> Text:
    return say("The {postmortem} ({title}) was due {due} and is a draft still. {ask} asks for a review.",
               postmortem=read_draft(incident), title=incident.title, due=due_echo(due),
               ask=verb(f"{incident.key} postmortem review @maya fri"))  # fmt: skip


def look_please(incident: Incident, day: date | None) -> Text:
    until = f" Its review is on {due_echo(day)}." if day else ""
    return say("The {postmortem} ({title}) waits for your look.{until}", postmortem=read_draft(incident),
               title=incident.title, until=until)  # fmt: skip


def review_late(incident: Incident, review: Review, day: date) -> Text:
    return say("The review of the {postmortem} ({title}) was due {day}. {looked}.", postmortem=read_draft(incident),
               title=incident.title, day=due_echo(day), looked=looked(review))  # fmt: skip


def publication_late(incident: Incident, asked: date) -> Text:
    return say("The {postmortem} ({title}) is in review since {day} and not published yet.",
               postmortem=read_draft(incident), title=incident.title, day=due_echo(asked))  # fmt: skip


# -- the calendar


def meeting(incident: Incident) -> str:
    return f"Postmortem review: {incident.key} {incident.title}"


AGENDA, SILENCES, DISPUTES, QUESTIONS, IDLE = (
    "Agenda", "Longest silences", "Disputed", "Open questions", "Contributing factors without an action",
)  # fmt: skip
NOTHING = "nothing recorded"
READ_IT = "Read it before the meeting"


def silence(start: datetime, end: datetime, length: str, zone: str) -> str:
    """One of the longest stretches without a word."""
    return f"{length} from {echo(start, zone)} to {echo(end, zone)}"


def disputed(what: str, instead: str) -> str:
    return f"{what}: {instead}"


def no_meeting(key: str) -> str:
    return f"{key} has no review with a date and a time."
