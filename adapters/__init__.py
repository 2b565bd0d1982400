"""Everything with a network. Adapters do not know each other; all of them know `bot/`."""
