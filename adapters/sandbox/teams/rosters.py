"""Who is in a conversation, and what a team is made of (Microsoft Learn, "Get Teams specific context for your bot")."""

from typing import TYPE_CHECKING, Any

from adapters.sandbox.teams.problem import bad, problem_of
from adapters.sandbox.teams.sending import Answer, person_of, place_of, present
from adapters.sandbox.teams.world import Json, Person, Team

if TYPE_CHECKING:
    from adapters.sandbox.teams.connector import Call
    from adapters.sandbox.teams.core import Simulation

SMALLEST, LARGEST = 50, 500


def everybody(sim: "Simulation", call: "Call") -> Answer:
    return 200, [account(sim, person) for person in _members(sim, call)]


def page(sim: "Simulation", call: "Call") -> Answer:
    """Pages of 50 to 500; the token says where the next one starts."""
    people = _members(sim, call)
    count = min(max(_whole(call.query.get("pageSize") or LARGEST), SMALLEST), LARGEST)
    start = _whole(call.query.get("continuationToken") or 0)
    answer: Json = {"members": [account(sim, person) for person in people[start : start + count]]}
    if start + count < len(people):
        answer["continuationToken"] = str(start + count)
    return 200, answer


def one(sim: "Simulation", call: "Call") -> Answer:
    person = person_of(sim, call.path["member"])
    if person is None or person not in _members(sim, call):
        raise problem_of("MemberNotFoundInConversation")
    return 200, account(sim, person)


def team(sim: "Simulation", call: "Call") -> Answer:
    found = _team(sim, call)
    return 200, {
        "id": found.id,
        "name": found.name,
        "aadGroupId": found.group_id,
        "tenantId": sim.tenant,
        "channelCount": sum(1 for _ in sim.world.channels(found.id)),
        "memberCount": len(found.members),
    }


def channels(sim: "Simulation", call: "Call") -> Answer:
    """General has no name here, so that a client can name it in its own language."""
    found = _team(sim, call)
    listed = [{"id": c.id, "name": None if c.id == found.id else c.name} for c in sim.world.channels(found.id)]
    return 200, {"conversations": listed}


def account(sim: "Simulation", person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.real_name,
        "givenName": person.given,
        "surname": person.surname,
        "objectId": person.object_id,
        "aadObjectId": person.object_id,
        "email": person.email,
        "userPrincipalName": person.email,
        "tenantId": sim.tenant,
        "userRole": "guest" if person.guest else "user",
    }


def _members(sim: "Simulation", call: "Call") -> list[Person]:
    place, _ = place_of(sim, call)
    present(sim, place)
    people = (sim.world.people[ident] for ident in sim.world.members(place))
    return [person for person in people if not person.other_bot]


def _team(sim: "Simulation", call: "Call") -> Team:
    found = sim.world.teams.get(str(call.path["team"]))
    if found is None:
        raise problem_of("ConversationNotFound")
    if not found.installed:
        raise problem_of("BotNotInConversationRoster")
    return found


def _whole(value: Any) -> int:
    try:
        return max(0, int(value))
    except ValueError:
        raise bad("pageSize and continuationToken are not understood.") from None
