"""Debrief as people meet it: whole stories through real adapters, databases and transports."""
