"""What a person gets to see of what they did."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from adapters.sandbox.world import Json


class Seen(BaseModel):
    """`modal` and `home` are views as the app knows them, or None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ok: bool = True
    error: str | None = None
    text: str | None = None
    ts: str | None = None
    channel: str | None = None
    message: Json | None = None
    ephemerals: tuple[Json, ...] = ()
    modal: Any = None
    home: Any = None
    errors: dict[str, str] = {}
    toasts: tuple[Json, ...] = ()
