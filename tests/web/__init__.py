"""Tests of the web adapter: at the HTTP door, over a real database."""
