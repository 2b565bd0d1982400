"""Cards as the page draws them: every button has a number, people are there to be chosen, nothing is fetched.

Law: what is pressed is looked up in the card that the person sees; the page names it by its number alone.
"""

import copy

from adapters.sandbox.people import Denied
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.world import Json, Person


def drawn(card: Json | None, people: list[Person]) -> Json | None:
    """A copy for the page; the members of the conversation stand for the directory that people are picked from."""
    if card is None:
        return None
    shown = copy.deepcopy(card)
    for number, action in enumerate(cards.buttons(shown)):
        action["id"] = str(number)
        action.pop("iconUrl", None)
    for part in cards.parts(shown):
        _still(part)
        if part.get("type") == "Input.ChoiceSet":
            _offering(part, people)
    for name in ("refresh", "authentication", "backgroundImage"):
        shown.pop(name, None)
    return shown


def _offering(field: Json, people: list[Person]) -> None:
    if field.pop("choices.data", None) is not None:
        own = field.get("choices") or []
        field["choices"] = [*own, *({"title": one.real_name, "value": one.object_id} for one in people)]
    if not field.get("value"):
        field.setdefault("placeholder", "Choose…")


def _still(part: Json) -> None:
    """Pictures from elsewhere become their description."""
    part.pop("backgroundImage", None)
    if part.get("type") == "Image" and not str(part.get("url", "")).startswith("data:image/"):
        text = str(part.get("altText") or "A picture")
        part.clear()
        part.update({"type": "TextBlock", "text": text, "isSubtle": True, "wrap": True})
    if part.get("type") == "Media":
        part.clear()
        part.update({"type": "TextBlock", "text": "A recording", "isSubtle": True})


def pressed(card: Json | None, number: str) -> tuple[str, int]:
    """Title (or id) of the button with this number, and which of those of that name it is."""
    known = cards.buttons(card)
    if not number.isdigit() or int(number) >= len(known):
        raise Denied("that button is there no more")
    meant = known[int(number)]
    name = str(meant.get("title") or meant.get("id") or "").strip().lower()
    alike = [a for a in known if name in (str(a.get("title", "")).strip().lower(), str(a.get("id", "")).lower())]
    return name, next(nth for nth, action in enumerate(alike) if action is meant)
