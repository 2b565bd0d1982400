"""Simulated chat platforms, spoken to over HTTP and WebSocket on loopback only."""
