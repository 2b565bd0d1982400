"""The web: a JSON API, pages to read, and the probes of whoever operates the program."""
