"""Whom a draft names, and that a published copy names roles."""

from bot.draft import names_of, published, roles_of
from bot.draft_blocks import Draft, Lines
from bot.markdown import to_markdown
from bot.model import EntryKind
from bot.text import mention_token
from tests.bot.drafts import INES_, MAYAS, TOMS, change, drafted, item, pinned, postmortem, reacted, told_incident
from tests.bot.drafts import written as by_hand
from tests.bot.worlds import PEOPLE, ROBOT, someone


def lines_of(made: Draft, name: str) -> Lines:
    return next(block for block in made.section(name).body if isinstance(block, Lines))


def test_a_published_copy_names_roles_instead_of_people() -> None:
    log = (
        pinned(1, f"{mention_token(MAYAS)} please look, says Ines"),
        change(2, EntryKind.ACTION, "Action item ACT-1 for Ines: an alert", author=MAYAS),
        reacted(3, "good alert", "tada", author=INES_),
    )
    text = to_markdown(drafted(log, (item(1),), of=postmortem(edited={"impact": by_hand("bad")})), published=True)
    assert "incident commander: @a responder" not in text
    assert "incident commander: a responder please look" in text
    assert "Action item ACT-1 for a responder: an alert" in text
    assert "good alert (a responder, " in text
    assert "| declared |" not in text
    assert "Maya" not in text
    assert "Tom" not in text
    assert text.count("Ines") == 2  # a single word inside what somebody typed: it could be any word (timeline and log)


def test_full_names_are_replaced_inside_what_people_typed() -> None:
    eva = someone("Eva Lind")
    about = told_incident(responders=frozenset({"tom", "eva lind"}))
    made = drafted((pinned(1, "Eva Lind restarted it, Eva Linde did not"),), about=about, people=(*PEOPLE, eva))
    assert lines_of(published(made), "timeline").lines[0].text == "a responder restarted it, Eva Linde did not"


def test_machines_keep_their_names_in_a_published_copy() -> None:
    made = drafted((pinned(1, "5xx", author=ROBOT.accounts[0].key),))
    assert lines_of(published(made), "timeline").lines[0].who == "Robo"


def test_two_people_of_one_name_are_nobody_in_particular_in_a_published_copy() -> None:
    twin = someone("Tom", id="tom2", accounts=({"platform": "slack", "tenant": "T1", "user": "UTOM2"},))
    log = (pinned(1, "a"), pinned(2, "b", author="slack:T1:UTOM2"))
    made = published(drafted(log, people=(*PEOPLE, twin)))
    assert {line.who for line in lines_of(made, "timeline").lines} == {"a responder"}


def test_accounts_of_our_own_programs_are_known_by_the_person() -> None:
    names = names_of({person.id: person for person in PEOPLE})
    assert [names(key) for key in ("api:org:maya", "maya", MAYAS, "slack:T1:UWHO", "integration")] == [
        "Maya", "Maya", "Maya", "somebody", "somebody",
    ]  # fmt: skip


def test_who_holds_two_roles_is_the_commander_first() -> None:
    roles = roles_of(told_incident(roles={"comms": "tom", "lead": "tom"}), {person.id: person for person in PEOPLE})
    assert roles[TOMS] == "incident commander"
