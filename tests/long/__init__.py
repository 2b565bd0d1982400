"""Sweeps, soaks and mutants; everything here is marked `long` and runs by `make test-long`."""
