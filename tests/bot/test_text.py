"""Links to pages become addresses only when somebody is to read them."""

from bot.text import Card, Link, Reply, Section, page, say, with_pages

CARD = Card(
    title="Ready",
    sections=(
        Section(text=say("Read {it}.", it=page("/incidents/INC-1", "the page"))),
        Section(facts=(("Draft", say("{it}", it=page("/incidents/INC-1/postmortem", "draft", "no pages here"))),)),
        Section(text=say("And {other}", other=Link(url="https://example.com", label="another"))),
    ),
)


def test_each_reader_gets_an_address_of_their_own() -> None:
    shown = with_pages(CARD, lambda path: f"https://d.example/for-maya{path}")
    assert shown.plain() == (
        "Ready\nRead the page (https://d.example/for-maya/incidents/INC-1).\n"
        "Draft: draft (https://d.example/for-maya/incidents/INC-1/postmortem)\nAnd another (https://example.com)"
    )


def test_where_pages_cannot_be_reached_the_words_stand_alone() -> None:
    shown = with_pages(CARD, lambda _: "")
    assert shown.plain() == "Ready\nRead the page.\nDraft: no pages here\nAnd another (https://example.com)"
    assert "page:" not in shown.model_dump_json()


def test_a_card_without_pages_stays_the_same_card() -> None:
    card = Reply.of("Nothing to open").card
    assert with_pages(card, lambda path: path) is card


def test_the_plain_form_never_shows_the_neutral_address() -> None:
    assert "page:" not in CARD.plain()
