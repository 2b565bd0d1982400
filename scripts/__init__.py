"""Programs that the Makefile runs; none of them is part of what is installed."""
