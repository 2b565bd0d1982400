"""What only Teams says: cards that were changed, buttons that were parted from their card, forms on a card."""

from __future__ import annotations

CARD_CHANGED = "This card was changed or is too old; please use the newest message, or type what you want to do."
MISSING = "Please fill this in"
NEWER_CLIENT = "This message needs a newer version of Teams."
