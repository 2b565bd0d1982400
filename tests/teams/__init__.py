"""The Teams adapter, and fakes with the manners of the Bot Framework."""
