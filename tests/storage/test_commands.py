"""Commands: seen, loaded and saved in one transaction."""

from __future__ import annotations

from contextlib import suppress

import pytest

from bot.command import Needs, Receipt
from bot.model import Person, Place, Policies, Status
from bot.text import Reply, mention_token
from storage.keys import person_id
from tests.storage.worlds import Poke, World, account, message, origin, post


class Arrived(Receipt, kind="test_arrived"):
    """A receipt."""


def test_a_tenant_that_never_joined_or_left_has_no_organisation(world: World) -> None:
    with world.store.transaction() as tx:
        assert tx.tenant("slack", "T1") == world.organisation
        assert tx.tenant("api", world.organisation) == world.organisation
        assert tx.tenant("slack", "T2") is None
        assert tx.tenant("cli", "no such organisation") is None
    world.store.leave("slack", "T1")
    with world.store.transaction() as tx:
        assert tx.tenant("slack", "T1") is None
        assert tx.tenant("api", world.organisation) == world.organisation


def test_joining_twice_is_joining_once_and_coming_back_finds_the_same_organisation(world: World) -> None:
    assert world.store.join("slack", "T1", "Acme") == world.organisation
    assert world.store.join("teams", "M1", "Acme", world.organisation) == world.organisation
    world.store.leave("slack", "T1")
    assert world.store.join("slack", "T1", "Acme") == world.organisation


def test_a_tenant_cannot_be_taken_from_its_organisation(world: World) -> None:
    other = world.store.join("slack", "T2", "Other")
    with pytest.raises(ValueError, match="belongs to another"):
        world.store.join("slack", "T1", "Acme", other)
    with world.store.transaction() as tx:
        assert tx.tenant("slack", "T1") == world.organisation


def test_the_first_answer_is_given_again(world: World) -> None:
    command = world.command()
    with world.store.transaction() as tx:
        assert tx.seen(world.organisation, command) is None
    world.save(command, reply=Reply.of("Done."))
    with world.store.transaction() as tx:
        again = tx.seen(world.organisation, command)
    assert again is not None
    assert again.plain() == "Done."


def test_the_same_id_on_another_tenant_is_another_gesture(world: World) -> None:
    world.save(Poke(origin=origin(once="same")))
    with world.store.transaction() as tx:
        assert tx.seen(world.organisation, Poke(origin=origin(once="same"))) is not None
        assert tx.seen("elsewhere", Poke(origin=origin(once="same", tenant="T2"))) is None


def test_a_refusal_is_remembered_and_changes_nothing(world: World) -> None:
    command = world.command()
    with world.store.transaction() as tx:
        tx.refuse(world.organisation, command, Reply.of("No."))
    with world.store.transaction() as tx:
        first = tx.seen(world.organisation, command)
    assert first is not None
    assert first.plain() == "No."
    assert world.rows("SELECT outcome FROM audit") == [("refused",)]
    assert world.value("SELECT count(*) FROM incident") == 0


def test_seen_ids_are_kept_for_a_week(world: World) -> None:
    command = world.command()
    world.save(command)
    world.store.set_clock_offset(6 * 86_400)
    assert world.store.purge() == 0
    world.store.set_clock_offset(8 * 86_400)
    assert world.store.purge() == 1
    with world.store.transaction() as tx:
        assert tx.seen(world.organisation, command) is None


def test_an_account_never_heard_of_becomes_a_person_and_its_platform_is_asked_once(world: World) -> None:
    first, second = world.poke("zoe").actor, world.poke("zoe").actor
    assert first == second
    assert (first.name, first.kind, first.zone) == ("zoe", "human", "")
    assert first.account_on("slack") is not None
    assert world.rows("SELECT kind, lane FROM outbox") == [("learn_profile", "slack:T1:profile:slack:T1:zoe")]


def test_what_a_rule_changed_is_saved_and_loaded_again(world: World) -> None:
    made = world.declare()
    changed = made.model_copy(update={"status": Status.RESOLVED, "summary": "rolled back"})
    world.save(world.command(incident="inc-1"), incident=changed)
    assert world.poke(incident="INC-1").incident == changed


def test_the_incident_is_the_named_one_else_that_of_the_item_else_that_of_the_channel(world: World) -> None:
    one, two = world.declare("INC-1", channel="C1"), world.declare("INC-2", channel="C2")
    item = world.item(two)
    assert world.poke(channel="C1").incident == one
    assert world.poke(channel="C1", incident="INC-2").incident == two
    state = world.poke(channel="C1", item="act-1")
    assert (state.item, state.incident) == (item, two)
    assert world.poke(channel="C9").incident is None
    assert world.poke(incident="INC-9").incident is None


def test_of_two_incidents_of_a_channel_the_open_one_is_meant(world: World) -> None:
    world.declare("INC-1", status=Status.CLOSED)
    still = world.declare("INC-2")
    world.declare("INC-3", status=Status.RESOLVED)
    assert world.poke(channel="C1").incident == still


def test_an_incident_in_a_thread_is_found_from_that_thread_only(world: World) -> None:
    made = world.declare(place=Place(platform="slack", tenant="T1", channel="C1", thread="17.5"))
    inside = Poke(origin=origin(channel="C1").model_copy(update={"thread": "17.5"}))
    with world.store.transaction() as tx:
        assert tx.load(world.organisation, inside, Needs()).incident == made
    assert world.poke(channel="C1").incident is None


def test_a_receipt_finds_its_incident_by_id_even_a_private_one(world: World) -> None:
    made = world.declare(private=True, channel="")
    command = Arrived(origin=origin(""), incident_id=made.id)
    with world.store.transaction() as tx:
        state = tx.load(world.organisation, command, Needs())
    assert state.incident == made
    assert (state.actor.id, state.actor.kind) == ("p_debrief", "integration")


def test_a_private_incident_is_known_to_those_invited_and_in_its_own_channel(world: World) -> None:
    insider = world.person("maya")
    made = world.declare("INC-QZXWV", private=True, responders=frozenset({insider.id}))
    item = world.item(made, "ACT-QZXWV")
    assert world.poke("maya", incident=made.key).incident == made
    assert world.poke("zoe", incident=made.key).incident is None
    assert world.poke("zoe", item=item.key).item is None
    assert world.poke("zoe", channel="C1").incident == made
    machine = Poke(origin=origin("integration:ci", platform="api", tenant=world.organisation), incident=made.key)
    with world.store.transaction() as tx:
        assert tx.load(world.organisation, machine, Needs()).incident is None


def test_no_token_can_pass_for_the_bot_itself(world: World) -> None:
    made = world.declare("INC-QZXWV", private=True)
    named = Poke(origin=origin("integration:Debrief", platform="api", tenant=world.organisation), incident=made.key)
    with world.store.transaction() as tx:
        state = tx.load(world.organisation, named, Needs())
    assert state.incident is None
    assert state.actor.id == "integration:Debrief"


def test_whoever_is_removed_no_longer_sees_a_private_incident(world: World) -> None:
    insider, other = world.person("maya"), world.person("zoe")
    made = world.declare(private=True, responders=frozenset({insider.id, other.id}), channel="")
    assert world.poke("zoe", incident="INC-1").incident == made
    world.save(
        world.command(incident="INC-1"), incident=made.model_copy(update={"responders": frozenset({insider.id})})
    )
    assert world.poke("zoe", incident="INC-1").incident is None


def test_another_organisation_sees_nothing(world: World) -> None:
    made = world.declare()
    item = world.item(made)
    other = World(world.store, "T2")
    assert other.organisation != world.organisation
    state = other.poke(incident=made.key, item=item.key, needs=Needs(listing=True, my_items=True))
    assert (state.incident, state.item, state.listing, state.my_items) == (None, None, (), ())
    other.declare()
    assert other.poke(incident="INC-1").incident != made


def test_mine_are_my_open_incidents_where_none_is_in_sight(world: World) -> None:
    me = world.person("maya")
    mine = world.declare("INC-1", responders=frozenset({me.id}), declared_by="p_debrief")
    world.declare("INC-2", responders=frozenset({me.id}), status=Status.CLOSED)
    world.declare("INC-3", declared_by="p_debrief", channel="C3")
    assert world.poke().mine == (mine,)
    assert world.poke(channel="C3").mine == ()


def test_a_rule_gets_what_it_needs_and_nothing_else(world: World) -> None:
    made = world.declare()
    item, later, first = world.item(made), world.note(made, minutes=5), world.note(made, minutes=1)
    needs = Needs(items=True, my_items=True, log=True, listing=True, postmortem=True)
    state = world.poke(incident="INC-1", needs=needs)
    assert state.items == state.my_items == (item,)
    assert state.log == (first, later)
    assert state.listing == (made,)
    assert state.postmortem is None
    bare = world.poke(incident="INC-1")
    assert (bare.items, bare.my_items, bare.log, bare.listing) == ((), (), (), ())


def test_the_entry_of_the_message_is_loaded(world: World) -> None:
    made = world.declare()
    entry = world.note(made, ref=message(), author=account("zoe"))
    state = world.poke(channel="C1", message=message(), needs=Needs(message=True))
    assert state.entry == entry
    assert person_id(account("zoe")) in state.people
    elsewhere = world.poke(message=message(tenant="T9"), needs=Needs(message=True))
    assert elsewhere.entry is None


def test_people_are_found_by_mention_and_by_name(world: World) -> None:
    maya = world.person("maya", name="Maya López", email="m.lopez@example.com")
    state = world.poke("zoe", text=f"{mention_token(account('ken'))} and @maya, @maya.lópez, @m.lopez and @nobody")
    assert state.named["@maya"] == state.named["@maya.lópez"] == state.named["@m.lopez"] == maya.id
    assert state.named[account("ken")] == person_id(account("ken"))
    assert state.people[maya.id] == maya
    assert "@nobody" not in state.named


def test_a_name_that_fits_two_people_is_nobodys(world: World) -> None:
    world.person("m1", name="Maya Lopez")
    world.person("m2", name="Maya Chen")
    assert world.poke(text="@maya").named == {}


def test_mentions_of_strangers_tenants_make_nobody(world: World) -> None:
    assert world.poke(text=mention_token("slack:T666:U1")).named == {}
    assert world.value("SELECT count(*) FROM account WHERE key LIKE 'slack:T666%'") == 0


def test_numbers_are_taken_when_they_are_used(world: World) -> None:
    assert world.poke().next_incident == 1
    made = world.declare("INC-1")
    world.declare("INC-QZXWV", channel="C2")
    world.item(made, "ACT-1")
    state = world.poke()
    assert (state.next_incident, state.next_item) == (2, 2)
    assert state.nonce != world.poke().nonce
    assert set(state.nonce).isdisjoint("AEIOU")


def test_policies_and_people_are_saved(world: World) -> None:
    before = world.poke()
    policies = Policies(zone="Asia/Tokyo", admins=frozenset({before.actor.id}))
    world.save(organisation=before.organisation.model_copy(update={"policies": policies}))
    assert world.poke().organisation.policies == policies
    gone = world.person("zoe", kind="gone", unreachable=True)
    assert world.poke("zoe").actor == gone


def test_a_second_account_leads_to_the_same_person(world: World) -> None:
    world.store.join("teams", "M1", "Acme", world.organisation)
    maya, twin = world.person("maya"), Poke(origin=origin("29:1", platform="teams", tenant="M1"))
    with world.store.transaction() as tx:
        other = tx.load(world.organisation, twin, Needs()).actor
    assert other.id != maya.id
    both = maya.model_copy(update={"accounts": maya.accounts + other.accounts})
    world.save(people={maya.id: both, other.id: other.model_copy(update={"accounts": (), "kind": "gone"})})
    with world.store.transaction() as tx:
        assert tx.load(world.organisation, twin, Needs()).actor == both


def test_programs_act_as_persons_or_as_themselves(world: World) -> None:
    maya = world.person("maya")
    by_id = Poke(origin=origin(maya.id, platform="api", tenant=world.organisation))
    stranger = Poke(origin=origin("p_nobody", platform="api", tenant=world.organisation))
    with world.store.transaction() as tx:
        state = tx.load(world.organisation, by_id, Needs())
        assert state.actor == maya
        assert state.bot_place == Place(platform="slack", tenant="T1", channel="")
        assert tx.load(world.organisation, stranger, Needs()).actor.kind == "gone"


def test_everything_is_undone_when_anything_raises(world: World) -> None:
    command = world.command()
    before = world.poke()
    with suppress(ZeroDivisionError), world.store.transaction() as tx:
        tx.refuse(world.organisation, command, Reply())
        tx.enqueue(world.organisation, [post("never")])
        raise ZeroDivisionError
    with world.store.transaction() as tx:
        assert tx.seen(world.organisation, command) is None
    assert world.value("SELECT count(*) FROM outbox WHERE key = 'never'") == 0
    assert world.poke().actor == before.actor


def test_a_parked_command_is_kept_without_secrets_and_released_once(world: World) -> None:
    made = world.declare()
    secret = "xoxb-" + "1" * 40
    command = world.command(channel="C1", text=f"token {secret}")
    with world.store.transaction() as tx:
        tx.park(world.organisation, command, "ZeroDivisionError at rules.py:1", [post("told")])
        tx.refuse(world.organisation, command, Reply.of("Parked."))
    with world.store.transaction() as tx:
        (parked,) = tx.parked()
    assert secret not in parked.command
    assert (parked.incident, parked.kind) == (made.id, "test_poke")
    with world.store.transaction() as tx:
        released = tx.release(parked.id)
        assert isinstance(released, Poke)
        assert released.origin == command.origin
        assert tx.seen(world.organisation, released) is None
    with world.store.transaction() as tx:
        assert tx.release(parked.id) is None
        assert tx.parked() == []


def test_the_audit_chain_names_the_first_row_that_was_touched(world: World) -> None:
    for _ in range(5):
        world.save()
    assert world.store.verify_audit(world.organisation) is None
    world.rows("UPDATE audit SET actor = 'somebody else' WHERE seq = 3 RETURNING seq")
    assert world.store.verify_audit(world.organisation) == 3


@pytest.mark.parametrize(
    ("touch", "bad"),
    [
        ("DELETE FROM audit WHERE seq = 2 RETURNING 1", 2),
        ("DELETE FROM audit WHERE seq = 5 RETURNING 1", 5),
        ("UPDATE audit SET seq = CASE seq WHEN 2 THEN 30 ELSE 20 END WHERE seq IN (2, 3) RETURNING 1", 2),
        ("UPDATE audit SET outcome = 'refused' WHERE seq = 1 RETURNING 1", 1),
    ],
)
def test_deleting_cutting_and_reordering_the_audit_are_found(world: World, touch: str, bad: int) -> None:
    for _ in range(5):
        world.save()
    world.rows(touch)
    assert world.store.verify_audit(world.organisation) == bad


def test_captures_write_no_audit_row_and_guests_are_persons_too(world: World) -> None:
    guest = world.person("gast", kind="guest")
    audited = world.value("SELECT count(*) FROM audit")
    made = world.declare(responders=frozenset({guest.id}))
    hidden = world.declare("INC-2", channel="C2")
    assert world.poke("gast", incident=made.key).incident == made
    assert world.poke("gast", incident=hidden.key).incident is None
    assert world.value("SELECT count(*) FROM audit") == audited + 2


def test_a_person_carries_their_organisation(world: World) -> None:
    found: Person = world.poke("zoe").actor
    assert found.organisation == world.organisation
