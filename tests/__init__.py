"""Tests mirror the modules they are about; what several of them share stands here in files of its own."""
