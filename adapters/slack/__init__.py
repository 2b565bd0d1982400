"""Slack: translates between Slack's HTTP, WebSocket and Web API and the neutral engine. It decides nothing."""
