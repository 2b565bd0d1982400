"""Runs the migrations on the connection that `storage.migrate` opened and locked."""

from alembic import context

from storage.migrate import configured

configured(context)
