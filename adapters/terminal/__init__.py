"""A small chat in a terminal: the smallest platform there is, and the example for others."""
