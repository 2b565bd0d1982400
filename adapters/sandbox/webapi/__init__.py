"""The simulated Web API, one module per family of methods."""
