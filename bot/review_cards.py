"""What people see of ownership and review: private cards, each with its one question and the buttons that answer it."""

from __future__ import annotations

from bot.model import Incident, Postmortem
from bot.review import Comment, Review
from bot.text import Button, Card, Part, Section, Text
from bot.words import known as known_words
from bot.words import postmortem as postmortem_words
from bot.words import review as words


def button(incident: Incident, label: str, does: str, style: str = "plain", **args: str) -> Button:
    told = {"label": label, "does": does, "args": {"incident": incident.key, **args}, "style": style}
    return Button.model_validate(told)


def _card(text: Text, *buttons: Button) -> Card:
    return Card(sections=(Section(text=text, buttons=buttons),))


def read_button(incident: Incident) -> Button:
    return button(incident, postmortem_words.READ, "postmortem")


def proposal_card(incident: Incident, postmortem: Postmortem) -> Card:
    """To whoever is proposed as the owner."""
    return _card(
        words.answer_by(incident, postmortem.due),
        button(incident, words.ACCEPT, "postmortem_accept", "primary"),
        button(incident, words.NOT_ME, "postmortem_decline"),
        read_button(incident),
    )


def owned_card(incident: Incident, postmortem: Postmortem) -> Card:
    """In place of the proposal, once it was accepted."""
    card = button(incident, postmortem_words.WRITE_CARD, "postmortem_edit", section="learning")
    ask = button(incident, words.ASK, "postmortem_review")
    return _card(words.accepted(incident, postmortem.due), read_button(incident), card, ask)


def known_button(incident: Incident) -> Button:
    return button(incident, known_words.ASK, "postmortem_known")


def _answers(incident: Incident, version: int) -> tuple[Button, ...]:
    told = {"version": str(version)}
    return (
        button(incident, words.LOOKS_RIGHT, "postmortem_sign", "primary", **told),
        button(incident, words.COMMENT, "postmortem_comment", **told),
        button(incident, words.DISPUTED, "postmortem_dispute", **told),
        known_button(incident),
        read_button(incident),
    )


def review_card(incident: Incident, review: Review, asker: Part, zone: str, *, moved: bool = False) -> Card:
    """To a reviewer, who may have been asked before."""
    text = words.please_look(incident, review, asker, zone, moved=moved)
    return _card(text, *_answers(incident, review.version))


def look_card(incident: Incident, review: Review) -> Card:
    """To a reviewer who has not answered."""
    return _card(words.look_please(incident, review.day), *_answers(incident, review.version))


def fair_card(incident: Incident, version: int) -> Card:
    told = {"version": str(version)}
    return _card(
        words.is_it_fair(incident),
        button(incident, words.FAIR, "postmortem_fair", "primary", **told),
        button(incident, words.MISSING, "postmortem_missing", **told),
        read_button(incident),
    )


def comment_section(incident: Incident, postmortem: Postmortem, comment: Comment, by: Part, said: str) -> Section:
    """One of the open ones in their list; what is resolved has no button."""
    resolve = button(incident, words.RESOLVE, "postmortem_resolve", comment=comment.id, among="all")
    return Section(text=words.comment_text(comment, postmortem, by, said), buttons=(resolve,) if comment.open else ())


def comment_card(incident: Incident, postmortem: Postmortem, comment: Comment, by: Part, said: str) -> Card:
    """To the owner."""
    text = words.commented_owner(incident, comment, postmortem, by, said)
    return _card(text, button(incident, words.RESOLVE, "postmortem_resolve", comment=comment.id), read_button(incident))


def publish_card(incident: Incident, text: Text) -> Card:
    publish = button(incident, postmortem_words.PUBLISH, "postmortem_publish")
    return _card(text, publish, read_button(incident))


def ask_card(incident: Incident, text: Text) -> Card:
    ask = button(incident, words.ASK, "postmortem_review")
    return _card(text, ask, read_button(incident))
