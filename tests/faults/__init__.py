"""Crashes, faults and races, against real processes, real databases and a platform that outlives them."""
