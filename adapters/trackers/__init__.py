"""Trackers in which action items have tickets: one file each, behind one port."""
