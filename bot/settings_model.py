"""The language model that may be asked for suggestions: there is none until an address and a name are set.

Law: over https, to public addresses, about public incidents; whatever is more than that takes a word of the operator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.settings_export import ExportSettings, address, printable, setting, together


class ModelSettings(ExportSettings):
    model_url: str = setting(
        "MODEL_URL", "", "Address of an OpenAI-compatible API, `https://…/v1`: a language model may be asked for texts."
    )
    model_name: str = setting("MODEL_NAME", "", "Name of the model there.")
    model_key: str = setting("MODEL_KEY", "", "Key of that API, where it wants one.")
    model_internal: bool = setting("MODEL_INTERNAL", False, "`1` lets its address be one of your own network.")
    model_private: bool = setting("MODEL_PRIVATE", False, "`1` lets entries of private incidents go there too.")


def _of_something(s: ModelSettings) -> str:
    alone = [name for name in ("MODEL_KEY", "MODEL_INTERNAL", "MODEL_PRIVATE") if getattr(s, name.lower())]
    return f"{alone[0]}: also needs MODEL_URL, MODEL_NAME." if alone and not s.model_url else ""


CHECKS: tuple[Callable[[Any], str], ...] = (
    together("MODEL_URL", "MODEL_NAME"),
    address("MODEL_URL"),
    printable("MODEL_KEY"),
    _of_something,
)
