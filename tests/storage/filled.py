"""Rows of incidents as the store writes them, without a command for each."""

from __future__ import annotations

from bot.model import Incident
from storage.saving import incident_columns
from storage.tables import IncidentRow
from storage.transaction import SqlTransaction


def put_incident(work: SqlTransaction, one: Incident) -> None:
    work.put(IncidentRow, [incident_columns(work, one)])
