"""The engine: pure rules about incidents. It knows no platform, no database, no HTTP and no clock."""
