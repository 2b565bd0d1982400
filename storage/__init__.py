"""Everything with a database. Rows never leave it: what goes in and out are the engine's frozen values."""
