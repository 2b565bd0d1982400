"""A simulated Microsoft Teams: tenant, Bot Connector, sign-in and the people who act in it."""
