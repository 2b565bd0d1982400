"""Cards as Adaptive Cards: valid whatever they hold, literal whatever people typed, within the size, and cut aloud."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import bot.commands  # noqa: F401 - fills the table of kinds
from adapters.teams import cards, lengths
from adapters.teams.dividing import halved
from adapters.teams.runs import inert, likened
from adapters.teams.sealed import Seal, Sealed
from bot.item_cards import digest_card
from bot.text import Button, Card, Code, Emoji, Link, Mention, Section, Strong, Text, When, mention_token
from bot.words import chat
from tests.bot.drafts import item
from tests.hostile import TEAMS as HOSTILE
from tests.teams.made import CARDS, MAYA, TENANT, TOM
from tests.teams.schema import everything, of_type, parsed_texts, problems

SEAL = Seal("secret")
PLACE = "19:abc@thread.tacv2;messageid=1700000000000"
SLOWLY = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
ACTIONS = ("Action.Execute", "Action.Submit")


def content(card: Card, **more: Any) -> dict[str, Any]:
    return cards.content(card, SEAL, tenant=TENANT, channel=PLACE, **more)


def one(*parts: Any, **more: Any) -> Card:
    return Card(sections=(Section(text=Text(parts=parts), **more),))


def shown(card: dict[str, Any]) -> str:
    """All words of a card as a reader sees them."""
    lines = []
    for block in of_type(card, "TextBlock", "RichTextBlock"):
        lines.append(block["text"] if "text" in block else "".join(run["text"] for run in block["inlines"]))
    return "\n".join(lines)


@SLOWLY
@given(CARDS)
def test_every_card_is_valid_and_within_the_size(card: Card) -> None:
    message = cards.message(card, SEAL, tenant=TENANT, channel=PLACE)
    assert problems(message["attachments"][0]["content"]) == []
    assert lengths.weight(message) <= lengths.ACTIVITY
    assert 0 < len(message["summary"]) <= lengths.SUMMARY


@SLOWLY
@given(CARDS)
def test_nothing_that_people_typed_is_markdown_or_a_mention_or_a_link(card: Card) -> None:
    built = content(card)
    assert all(inert(text.replace("**", "")) for text in parsed_texts(built) if text != chat.cut())
    entities = built.get("msteams", {}).get("entities", [])
    assert {entity["mentioned"]["id"] for entity in entities} <= {"29:maya", "29:tom"}
    assert all(entity["text"] in "".join(each["text"] for each in of_type(built, "TextBlock")) for entity in entities)
    assert len({entity["text"] for entity in entities}) == len(entities)
    urls = [each["url"] for each in of_type(built, "Action.OpenUrl")]
    assert all(url.startswith(("https://", "http://")) for url in urls)
    runs = [run["text"] for run in of_type(built, "TextRun")]
    assert not any(f"{{{{{name}(" in text.upper() for text in runs for name in ("DATE", "TIME"))


@SLOWLY
@given(CARDS)
def test_every_button_is_sealed_for_its_conversation(card: Card) -> None:
    meant = {button.does for section in card.sections for button in section.buttons}
    for action in of_type(content(card), *ACTIONS):
        sealed = SEAL.open(action["data"])
        assert sealed.channel == PLACE
        assert sealed.does in meant


@SLOWLY
@given(CARDS)
def test_a_divided_card_is_complete_and_keeps_its_buttons(card: Card) -> None:
    pieces = cards.split(card, SEAL, tenant=TENANT, channel=PLACE)
    assert [button for piece in pieces for section in piece.sections for button in section.buttons] == [
        button for section in card.sections for button in section.buttons
    ]
    told = "".join(piece.plain() for piece in pieces)
    assert all(part in told.replace("\n", "") for part in _typed(card))
    assert all(lengths.weight(cards.message(piece, SEAL, tenant=TENANT)) <= lengths.ACTIVITY for piece in pieces)
    assert chat.cut() not in "".join(shown(content(piece)) for piece in pieces)


def _typed(card: Card) -> list[str]:
    parts = [part for section in card.sections for part in section.text.parts]
    return [part.replace("\n", "") for part in parts if isinstance(part, str)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_literally_everywhere(text: str) -> None:
    part = Text(parts=(text,))
    both = Text(parts=(text, Mention(account=MAYA, name=text)))
    button = Button(label=text, does="x", confirm=text)
    section = Section(text=part, facts=((text, part), ("x", both)), buttons=(button,))
    built = content(Card(title=text, sections=(section, Section(text=part, quiet=True))))
    assert problems(built) == []
    assert lengths.clean(" ".join(text.split())) in " ".join(shown(built).split())
    assert all(inert(words) for words in parsed_texts(built))
    assert of_type(built, "Action.OpenUrl") == []


def test_a_mention_among_plain_words_is_a_real_one() -> None:
    built = content(one(Mention(account=MAYA, name="Maya Lind"), " is now the ", Strong(text="commander"), "."))
    assert built["body"] == [
        {"type": "TextBlock", "text": "<at>Maya Lind</at> is now the **commander**.", "wrap": True}
    ]
    assert built["msteams"]["entities"] == [
        {"type": "mention", "text": "<at>Maya Lind</at>", "mentioned": {"id": "29:maya", "name": "Maya Lind"}}
    ]


def test_a_mention_beside_typed_marks_stands_by_name_and_reaches_the_person_below() -> None:
    built = content(one(Mention(account=MAYA, name="Maya"), " wrote *this*"))
    assert [run["text"] for run in built["body"][0]["inlines"]] == ["@Maya", " wrote *this*"]
    assert built["body"][1]["text"] == "<at>Maya</at>"
    assert len(built["msteams"]["entities"]) == 1


def test_two_people_of_one_name_are_told_apart() -> None:
    built = content(one(Mention(account=MAYA, name="Sam"), " and ", Mention(account=TOM, name="Sam")))
    assert built["body"][0]["text"] == "<at>Sam</at> and <at>Sam 2</at>"
    assert [entity["mentioned"]["id"] for entity in built["msteams"]["entities"]] == ["29:maya", "29:tom"]


@pytest.mark.parametrize("account", ["slack:T1:U1", "teams:OTHER:29:x", "teams:T1:", "odd"])
def test_people_of_other_places_are_named_and_not_mentioned(account: str) -> None:
    built = content(one(Mention(account=account, name="Ada")))
    assert shown(built) == "@Ada"
    assert "msteams" not in built


def test_a_mention_inside_typed_text_is_a_name_and_pings_nobody() -> None:
    card = one(f"ask {mention_token(MAYA)} please")
    assert shown(content(card)) == "ask @somebody please"
    assert shown(content(card, names={MAYA: "Maya"}.__getitem__)) == "ask @Maya please"
    assert "msteams" not in content(card)


def test_links_moments_code_and_reactions_are_shown() -> None:
    when = When(at=datetime(2026, 1, 2, tzinfo=UTC), shown="2 Jan 00:00 UTC")
    built = content(
        one(Link(url="https://x.example/a", label="page"), when, Code(text="a*b"), Emoji(name="p", sign="📌"))
    )
    link, moment, code, sign = built["body"][0]["inlines"]
    assert link["selectAction"] == {"type": "Action.OpenUrl", "url": "https://x.example/a"}
    assert (moment["text"], code["text"], sign["text"]) == ("2 Jan 00:00 UTC", "a*b", "📌")
    assert code["fontType"] == "monospace"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///x", "https://a b", "x", "HTTPS:x"])
def test_only_web_addresses_can_be_opened(url: str) -> None:
    built = content(one(Link(url=url, label="bank")))
    assert of_type(built, "Action.OpenUrl") == []
    assert shown(built) == f"bank ({url})"


def test_a_button_is_executed_and_old_clients_submit_the_same() -> None:
    built = content(one("x", buttons=(Button(label="Done", does="done", args={"item": "A-1"}, style="primary"),)))
    (action,) = of_type(built, "ActionSet")[0]["actions"]
    assert (action["type"], action["verb"], action["title"], action["style"]) == (
        "Action.Execute", "debrief", "Done", "positive",
    )  # fmt: skip
    assert action["fallback"]["type"] == "Action.Submit"
    assert action["fallback"]["data"] == action["data"]
    assert SEAL.open(action["data"]) == Sealed(does="done", args={"item": "A-1"}, channel=PLACE)


def test_a_button_that_asks_first_unfolds_its_question() -> None:
    built = content(one("x", buttons=(Button(label="Close", does="close", style="danger", confirm="Close it?"),)))
    (action,) = of_type(built, "ActionSet")[0]["actions"]
    assert action["type"] == "Action.ShowCard"
    assert shown(action["card"]) == "Close it?"
    assert action["card"]["actions"][0]["style"] == "destructive"
    assert SEAL.open(action["card"]["actions"][0]["data"]).does == "close"


class Opening(Button):
    """A button of which it is known that it asks for more."""

    opens: bool = True


def test_a_button_that_asks_for_more_opens_a_dialog() -> None:
    built = content(one("x", buttons=(Opening(label="Update", does="update"),)))
    (action,) = of_type(built, "ActionSet")[0]["actions"]
    assert action["type"] == "Action.Submit"
    assert action["data"]["msteams"] == {"type": "task/fetch"}
    assert SEAL.open(action["data"]).does == "update"


@pytest.mark.parametrize(("count", "rows"), [(6, [6]), (7, [4, 3]), (13, [5, 5, 3])])
def test_many_buttons_stand_in_rows_of_at_most_six(count: int, rows: list[int]) -> None:
    built = content(one("x", buttons=tuple(Button(label=str(n), does="x") for n in range(count))))
    assert [len(row["actions"]) for row in of_type(built, "ActionSet")] == rows


def test_what_is_too_long_is_cut_and_the_cut_is_said() -> None:
    card = Card(sections=tuple(Section(text=Text(parts=(f"{number} " + "x" * 2000,))) for number in range(20)))
    assert shown(content(card)).endswith(chat.cut())
    assert shown(content(card)).startswith("0 xxx")
    assert chat.cut() not in shown(content(Card(sections=card.sections[:2])))


def test_buttons_survive_a_cut() -> None:
    wordy = tuple(Section(text=Text(parts=("x" * 2900,))) for _ in range(60))
    card = Card(sections=(*wordy, Section(buttons=(Button(label="Done", does="done"),))))
    assert len(of_type(content(card), "Action.Execute")) == 1
    assert lengths.weight(content(card)) <= lengths.ACTIVITY


def test_a_button_that_cannot_carry_its_arguments_is_named_instead() -> None:
    built = content(one("x", buttons=(Button(label="Big", does="x", args={"a": "y" * 5000}),)))
    assert "Big" in shown(built)
    assert of_type(built, *ACTIONS) == []


def test_a_list_too_long_for_one_message_is_several_with_every_button() -> None:
    buttons = tuple(Button(label=f"B{n}", does="done", args={"item": f"ACT-{n}", "listed": "A" * 60}) for n in range(5))
    card = Card(
        title="Yours", sections=tuple(Section(text=Text(parts=(f"item {n}",)), buttons=buttons) for n in range(10))
    )
    pieces = cards.split(card, SEAL, tenant=TENANT, channel=PLACE, account=MAYA)
    assert len(pieces) > 1
    built = [content(piece, account=MAYA) for piece in pieces]
    assert len([action for each in built for action in of_type(each, "Action.Execute")]) == 50
    assert pieces[0].title == "Yours"


REAL: dict[str, Any] = {
    "channel": "a:1pfZ8QK0hG8k7J5dCIV1nGMS3bV6wTq9oF3eZ2yXcRuLhWmNaBsDxEgKjPzQvTtYy0iOoUuIlKjHgFdSaPqWe",
    "account": "teams:eed33cb2-c6d3-551e-a287-f1e6ce9dee9e:29:1Gq8F5cV9bN2mK7jH4gF1dS6aP0oI8uY3tR5eW2qZxCvBnMlKjHgFd",
    "turn": "1772442001601",
}
"""Of the length that ids have in Teams."""


def test_a_digest_of_five_items_is_shown_whole() -> None:
    text = "Alert on saturation of the connection pool before it is full, for every region that takes payments"
    items = [item(n, text, due=date(2026, 11, n), incident_title="Checkout answers with errors") for n in range(1, 8)]
    digest = digest_card(items, datetime(2026, 11, 27, 9, 30, tzinfo=UTC), "Europe/Berlin", late=True)
    built = cards.content(digest, SEAL, tenant=TENANT, **REAL)
    assert lengths.weight(built) <= lengths.ACTIVITY - cards.ENVELOPE
    buttons = {(one["title"], str(one["data"])) for one in of_type(built, *ACTIONS)}
    assert len(buttons) == 25, "with or without what stands in for them in an old client"
    assert chat.cut() not in shown(built)


def _update(text: str) -> Card:
    by = Mention(account=MAYA, name="Maya Lind")
    return Card(sections=(Section(text=Text(parts=(Strong(text="Update"), ": ", text, " (", by, ")"))),))


def test_a_long_sentence_is_divided_where_its_middle_is_and_no_fragment_stands_alone() -> None:
    update = _update("The pool of connections drains. " * 440)
    pieces = [piece.plain() for piece in cards.split(update, SEAL, tenant=TENANT, channel=PLACE)]
    assert len(pieces) == 2
    assert "".join(pieces) == update.plain()
    assert pieces[0].startswith("Update: The pool")
    assert pieces[1].endswith("drains.  (@Maya Lind)")
    assert max(map(len, pieces)) < 2 * min(map(len, pieces))


def test_no_name_and_no_link_is_divided() -> None:
    by = Mention(account=MAYA, name="Maya " * 100)
    link = Link(url="https://example.com/" + "x" * 1500, label="a page")
    assert halved(Card(sections=(Section(text=Text(parts=(by,) * 9)),)))[0].sections[0].text.parts == (by,) * 4
    several = Text(parts=("see ", When(at=datetime(2026, 11, 27, tzinfo=UTC), shown="today"), link, link, link))
    first, second = halved(Card(sections=(Section(text=several),)))
    assert first.sections[0].text + second.sections[0].text == several
    alone = Card(sections=(Section(text=Text(parts=(link,))),))
    assert halved(alone) == (alone,)


MAYAS = Mention(account=MAYA, name="Maya")
PIECES: tuple[Any, ...] = ("x", "pool ", "line\n", mention_token(MAYA), Strong(text="x "), MAYAS)


@SLOWLY
@given(st.lists(st.tuples(st.integers(0, len(PIECES) - 1), st.integers(0, 900)), max_size=6))
def test_dividing_ends_and_loses_nothing(chosen: list[tuple[int, int]]) -> None:
    pieces = ((PIECES[which], times) for which, times in chosen)
    parts = [
        one * times if isinstance(one, str) else Strong(text=one.text * times) if isinstance(one, Strong) else one
        for one, times in pieces
    ]
    whole = Card(sections=(Section(text=Text(parts=tuple(parts))),))
    waiting: list[Card] = [whole]
    done: list[Card] = []
    most = 50 + len(whole.plain()) // 100
    while waiting:
        assert len(waiting) + len(done) < most
        halves = halved(waiting.pop(0))
        waiting[:0], done = (halves if len(halves) > 1 else ()), [*done, *(halves if len(halves) == 1 else ())]
    assert "".join(one.plain() for one in done) == whole.plain()
    tokens = [one.plain().count(mention_token(MAYA)) for one in done]
    assert sum(tokens) == whole.plain().count(mention_token(MAYA))


def test_a_short_sentence_is_never_divided_whatever_teams_answers() -> None:
    assert halved(_update("CANARY-413")) == (_update("CANARY-413"),)


def test_an_indivisible_card_stays_one() -> None:
    assert halved(Card()) == (Card(),)
    assert halved(one("x")) == (one("x"),)


def test_a_card_refreshes_for_as_many_people_as_there_is_room() -> None:
    sealed = Sealed(does="look", channel=PLACE)
    plain = content(one("x"))
    built = cards.with_refresh(plain, [f"29:{n}" for n in range(99)] + ["29:1"], sealed, SEAL)
    assert problems(built) == []
    assert len(built["refresh"]["userIds"]) == 60
    assert SEAL.open(built["refresh"]["action"]["data"]) == sealed
    long = cards.with_refresh(content(one("x" * 9000)), [f"29:{n}" + "y" * 100 for n in range(60)], sealed, SEAL)
    assert 0 < len(long["refresh"]["userIds"]) < 60
    assert lengths.weight(long) <= lengths.ACTIVITY
    assert cards.with_refresh(plain, [], sealed, SEAL) == plain


def test_a_title_is_a_heading_where_its_words_are_plain() -> None:
    assert content(Card(title="INC-1 · SEV1 · Checkout fails"))["body"][0]["style"] == "heading"
    assert content(Card(title="*x*"))["body"][0]["type"] == "RichTextBlock"


def test_a_notification_reads_the_label_of_a_link_and_not_its_address() -> None:
    text = Text(parts=("The ", Link(url="https://x.example/sign-in/abc", label="postmortem"), " is open"))
    assert cards.spoken(Card(sections=(Section(text=text),))) == "The postmortem is open"


def test_facts_stand_in_two_columns_on_the_whole_width() -> None:
    built = content(one("x", facts=(("Impact", Text(parts=("12 % of *payments*",))), ("Service", Text()))))
    assert [len(row["columns"]) for row in of_type(built, "ColumnSet")] == [2, 2]
    assert built["msteams"] == {"width": "Full"}
    assert not any("facts" in each for each in everything(built))


@pytest.mark.parametrize("text", HOSTILE)
def test_likened_text_is_inert_and_still_readable(text: str) -> None:
    assert inert(likened(text))
    assert not set(likened(text)) & set("*_[]<>`~|\\")
