"""What a person gets to see of what they did in Teams."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from adapters.sandbox.teams.world import Json


class Seen(BaseModel):
    """`text` is a toast or an answer in words, `card` what the message shows this person now, `dialog` what is open.

    `targeted` holds what the bot wrote to this person alone meanwhile.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ok: bool = True
    error: str | None = None
    text: str | None = None
    ts: str | None = None
    conversation: str | None = None
    message: Json | None = None
    card: Json | None = None
    dialog: Any = None
    errors: dict[str, str] = {}
    url: str | None = None
    targeted: tuple[Json, ...] = ()
