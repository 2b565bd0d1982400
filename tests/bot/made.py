"""Cards and forms of every kind, built of texts that a platform's tests choose: the odd and hostile ones there."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.text import Button, Card, Choice, Form, Input, Part, Section, Text, When

Wild = st.SearchStrategy[str]
Texts = st.SearchStrategy[Text]
NAMES = st.from_regex(r"[a-z_]{1,30}", fullmatch=True)
FIELDS = ("line", "text", "choice", "choices", "person", "people", "date", "tick", "channel")


def moments(wild: Wild) -> st.SearchStrategy[When]:
    times = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    return st.builds(When, at=times, shown=wild)


def texts(parts: st.SearchStrategy[Part]) -> Texts:
    return st.builds(lambda some: Text(parts=tuple(some)), st.lists(parts, max_size=6))


def cards(wild: Wild, texts: Texts, buttons: int) -> st.SearchStrategy[Card]:
    """With up to `buttons` in each section."""
    button = st.builds(
        Button, label=wild, does=NAMES, args=st.dictionaries(NAMES, wild, max_size=3),
        style=st.sampled_from(["plain", "primary", "danger"]), confirm=wild,
    )  # fmt: skip
    section = st.builds(
        lambda text, facts, buttons, quiet: Section(text=text, facts=tuple(facts), buttons=tuple(buttons), quiet=quiet),
        texts, st.lists(st.tuples(wild, texts), max_size=4), st.lists(button, max_size=buttons), st.booleans(),
    )  # fmt: skip
    several = st.lists(section, max_size=5)
    return st.builds(lambda title, sections: Card(title=title, sections=tuple(sections)), wild, several)


def forms(wild: Wild, texts: Texts, initial: list[str]) -> st.SearchStrategy[Form]:
    """`initial`: values that fields of some kind could begin with, beside odd ones."""
    one = st.builds(
        lambda kind, label, initial, choices, hint, most, required: {
            "kind": kind, "label": label, "initial": initial, "choices": tuple(choices), "hint": hint,
            "max_length": most, "required": required,
        },
        st.sampled_from(FIELDS), wild, st.one_of(wild, st.sampled_from(initial)),
        st.lists(st.builds(Choice, value=st.one_of(wild, st.just("x")), label=wild), max_size=14), wild,
        st.integers(-5, 9000), st.booleans(),
    )  # fmt: skip
    return st.builds(
        lambda title, args, inputs, submit, intro: Form(
            title=title, does="declare", args=args, submit=submit, intro=intro,
            inputs=tuple(Input(name=f"n{number}", **each) for number, each in enumerate(inputs)),
        ),
        wild, st.dictionaries(NAMES, wild, max_size=3), st.lists(one, min_size=1, max_size=8), wild, texts,
    )  # fmt: skip
