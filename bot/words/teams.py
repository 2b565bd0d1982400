"""What only Teams says: cards that were changed, buttons that were parted from their card, forms on a card."""

from __future__ import annotations

CARD_CHANGED = "This card was changed or is too old; please use the newest message, or type what you want to do."
MISSING = "Please fill this in"
TOO_MANY_BUTTONS = "(Some buttons do not fit here; please type what you want to do.)"
