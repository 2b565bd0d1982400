"""Microsoft Teams, through the Bot Framework: the verified door, what comes in and what goes out."""
