"""Who may come in by HTTP: `bot.ports.Access`, and the making of tokens.

Law: of a secret only its SHA-256 is stored (it is 256 random bits, so that needs no salt), and it is compared in the
same time whatever is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, delete, select, update

from bot.model import Person
from bot.ports import Caller, Recognised
from storage import people
from storage.fields import table
from storage.keys import HOUSE
from storage.references import users_by_entra
from storage.store import SqlStore
from storage.tables_access import SignInRow, TokenRow
from storage.tenants import organisation_of
from storage.work import Work

token_table, sign_in_table = table(TokenRow), table(SignInRow)
Scope = Literal["read", "write"]
SESSION_LIFE = timedelta(days=14)
PREFIX = "debrief_"


class SqlAccess:
    def __init__(self, store: SqlStore) -> None:
        self._store = store

    # -- tokens

    def create_token(
        self, organisation: str, name: str, *, person: str = "", scope: Scope = "write", lasts: timedelta | None = None
    ) -> str:
        """The token, which is shown this once. Without a person's id it acts as an integration of that name."""
        token = PREFIX + secrets.token_urlsafe(32)
        with self._store.transaction() as work:
            row = {
                "organisation": organisation, "id": secrets.token_hex(6), "hash": _hash(token), "name": name,
                "person": person, "scope": scope, "created": work.now(),
                "expires": work.now() + lasts if lasts else None,
            }  # fmt: skip
            work.run(token_table.insert().values(row))
        return token

    def revoke_token(self, organisation: str, name: str) -> int:
        """How many tokens of that name are no longer valid."""
        t = token_table
        mine = and_(t.c.organisation == organisation, t.c.name == name, t.c.revoked.is_(None))
        with self._store.transaction() as work:
            return work.run(update(t).where(mine).values(revoked=work.now()))

    def caller(self, token: str) -> Caller | None:
        with self._store.reading() as work:
            row = _stored(work, token_table, token)
            if row is None or row.revoked is not None or _over(row.expires, work.now()):
                return None
            who = _principal(work, row.organisation, row.person, row.name)
        return Caller(organisation=row.organisation, principal=who, scope=row.scope, name=row.name) if who else None

    def find_person(self, organisation: str, said: str) -> Person | None:
        """By id, e-mail address or name; None where it fits nobody, or several."""
        with self._store.reading() as work:
            return people.found_by(work, organisation, said)

    # -- sessions

    def sign_in(self, account: str, once: str) -> str | None:
        with self._store.transaction() as work:
            organisation, person = _person_of(work, account)
            if not person or _principal(work, organisation, person, "") is None:
                return None
            used = {"hash": _hash(f"once {once}"), "person": None, "expires": work.now() + SESSION_LIFE}
            if not work.add(SignInRow, {"organisation": organisation, **used}):
                return None
            secret = secrets.token_urlsafe(32)
            session = {"hash": _hash(secret), "person": person, "expires": work.now() + SESSION_LIFE}
            work.run(sign_in_table.insert().values(organisation=organisation, **session))
        return secret

    def recognise(self, platform: str, tenant: str, user: str) -> Recognised:
        with self._store.reading() as work:
            organisation = organisation_of(work, platform, tenant)
            if organisation is None:
                return Recognised(why="tenant")
            account = f"{platform}:{tenant}:{users_by_entra(work, platform, tenant, [user]).get(user, user)}"
            person = people.by_accounts(work, organisation, [account]).get(account, "")
            if not person:
                return Recognised(why="unmet")
            met = _principal(work, organisation, person, "") is not None
        return Recognised(account=account) if met else Recognised(why="gone")

    def session(self, secret: str) -> Caller | None:
        with self._store.reading() as work:
            row = _stored(work, sign_in_table, secret)
            if row is None or row.person is None or _over(row.expires, work.now()):
                return None
            who = _principal(work, row.organisation, row.person, "")
        return Caller(organisation=row.organisation, principal=who) if who else None

    def end_session(self, secret: str) -> None:
        with self._store.transaction() as work:
            work.run(delete(sign_in_table).where(sign_in_table.c.hash == _hash(secret)))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _stored(work: Work, where: Any, secret: str) -> Any:
    hashed = _hash(secret)
    row = work.row(select(where).where(where.c.hash == hashed))
    return row if row is not None and hmac.compare_digest(row.hash, hashed) else None


def _over(expires: datetime | None, now: datetime) -> bool:
    return expires is not None and expires <= now


def _principal(work: Work, organisation: str, person: str, name: str) -> Person | None:
    """Whose words a token carries; a person who left, or turned out to be a bot, has none any more."""
    if not person:
        return people.integration(organisation, name)
    found = people.by_ids(work, organisation, [person]).get(person)
    return found if found and found.kind in ("human", "guest") else None


def _person_of(work: Work, account: str) -> tuple[str, str]:
    """Organisation and person of an account key, on whatever tenant; empty where it is nobody's."""
    platform, _, rest = account.partition(":")
    tenant, _, user = rest.partition(":")
    organisation = organisation_of(work, platform, tenant)
    if organisation is None:
        return "", ""
    people.stay(work, organisation)
    if platform in HOUSE:
        return organisation, user if user in people.by_ids(work, organisation, [user]) else ""
    return organisation, people.by_accounts(work, organisation, [account]).get(account, "")
