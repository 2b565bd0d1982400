"""Messages as tests and the page read them."""

from typing import TYPE_CHECKING

from adapters.sandbox.teams.activities import moment
from adapters.sandbox.teams.world import Conversation, Json, Message

if TYPE_CHECKING:
    from adapters.sandbox.teams.core import Simulation


def message_json(sim: "Simulation", place: Conversation, said: Message, person: str = "") -> Json:
    """One message; with a person, as that one sees it: the card may have been replaced for them alone."""
    by_bot = said.author == sim.bot["id"]
    author = sim.world.people.get(said.author)
    return {
        "id": said.id,
        "ts": said.id,
        "conversation": place.full_id(said),
        "root": said.root,
        "from": said.author,
        "name": sim.bot["name"] if by_bot else author.real_name if author else "",
        "bot": by_bot,
        "at": moment(said.at),
        "text": said.text,
        "html": said.html,
        "summary": said.summary,
        "card": said.card_for(person) if person else said.card,
        "attachments": said.attachments,
        "entities": said.entities,
        "targeted_to": said.only,
        "quoted": said.quoted,
        "edited": said.edited,
        "reactions": {name: list(people) for name, people in said.reactions.items()},
    }
