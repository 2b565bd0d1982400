"""Postmortems as files, and in other people's programs."""
