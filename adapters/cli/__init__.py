"""The command line: one file a command, each given what it needs by `bot/__main__.py`."""
