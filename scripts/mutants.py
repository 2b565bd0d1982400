"""Plants known bugs into copies of the project, one at a time, and shows that a quick test notices each of them.

A suite that cannot fail proves nothing. `python -m scripts.mutants` prints what was noticed; `NAME …` tries only those.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", "data", ".*_cache", "node_modules")
SECONDS = 240
RED = 1
TOKENS, SIGNED = "adapters/teams/tokens.py", "adapters/signed.py"
FORGED = "tests/teams/test_tokens.py -k forged_token"


@dataclass(frozen=True)
class Mutant:
    """`old` stands in the file exactly once. `beside` holds further places: of a check that is made twice."""

    name: str
    file: str
    old: str
    new: str
    noticed_by: str
    beside: tuple[tuple[str, str], ...] = ()


MUTANTS = (
    Mutant(
        "answered before the commit", "bot/writer.py",
        "        try:\n            with self._store.transaction() as tx:\n                capture(tx, [",
        "        self._loop.call_soon_threadsafe(_resolve_all, [job.future for job in jobs], Reply())\n"
        "        try:\n            with self._store.transaction() as tx:\n                capture(tx, [",
        "tests/faults/test_database_away.py -k locked_sqlite",
    ),
    Mutant(
        "no unique key on seen ids", "storage/saving.py",
        "    if row is None:\n        return None\n    return Reply.model_validate_json(row.reply)",
        "    if row is None or row:\n        return None\n    return Reply.model_validate_json(row.reply)",
        "tests/faults/test_races.py -k one_effect_and_one_answer",
    ),
    Mutant(
        "an unknown outcome repeated blindly", "adapters/slack/outbound.py",
        "if unsure and (found := await self._looking.message(effect, channel, thread)):",
        "if False and (found := await self._looking.message(effect, channel, thread)):",
        "tests/faults/test_unknown_outcomes.py -k unknown_outcome_is_looked_for",
    ),
    Mutant(
        "the SDK's own retries", "adapters/slack/calls.py",
        "            retry_handlers=[],\n", "",
        "tests/faults/test_unknown_outcomes.py -k store_cut",
    ),
    Mutant(
        "a database that syncs later", "storage/connect.py",
        'level = LEVELS.get(str(url.query.get("synchronous", "FULL")).upper(), 2)', "level = 1",
        "tests/faults/test_rig.py -k declared_incident",
    ),
    Mutant(
        "retries dropped by their header", "adapters/slack/door.py",
        "        headers = dict(scope[\"headers\"])\n",
        "        headers = dict(scope[\"headers\"])\n"
        "        if b\"x-slack-retry-num\" in headers:\n            return {\"ssl_check\": \"1\"}\n",
        "tests/faults/test_races.py -k retry_after_a_first_attempt",
    ),
    Mutant(
        "the machine's clock in place of the database's", "storage/work.py",
        "SQLITE_NOW if self.sqlite else PG_NOW",
        "f\"CAST({__import__('time').time_ns() // 1000} AS BIGINT) + {OFFSET}\"",
        "tests/faults/test_reminders.py -k wrong_clocks",
    ),
    Mutant(
        "a lease without fencing", "storage/outbox.py",
        "outbox.c.id == claimed.row, outbox.c.attempt == claimed.attempt, outbox.c.state == \"sending\"",
        "outbox.c.id == claimed.row",
        "tests/storage/test_outbox_rows.py",
    ),
    Mutant(
        "poison that is not parked", "bot/writer.py",
        "        except Exception as bug:\n            self._park(job, bug)\n",
        "        except Exception:\n            self._unavailable([job])\n",
        "tests/faults/test_poison.py -k poisonous_command",
    ),
    Mutant(
        "a sign-in of another browser", "adapters/web/openid.py",
        "if begun is None or (begun.provider, begun.state) != (name, state):", "if begun is None:",
        "tests/web/test_openid.py -k another_browser",
    ),
    Mutant(
        "a sign-in that was used before", "adapters/web/openid.py",
        "self._access.sign_in, found.account, begun.state)", "self._access.sign_in, found.account, code)",
        "tests/web/test_openid.py -k used_once",
    ),
    Mutant(
        "a way in that leads to another host", "adapters/web/links.py",
        "return path if local(path) and len(path) <= LONGEST_PATH else FRONT", "return path or FRONT",
        "tests/web/test_openid.py -k led_to_another_host",
    ),
    Mutant(
        "an identity for another client", "adapters/web/id_tokens.py",
        "if not isinstance(audience, str) or audience.lower() != provider.client_id.lower():",
        "if not isinstance(audience, str):",
        "tests/web/test_id_tokens.py -k not_for_this_sign_in",
    ),
    Mutant(
        "an identity of another sign-in", "adapters/web/id_tokens.py",
        'if claims.get("nonce") != nonce:', "if False:",
        "tests/web/test_id_tokens.py -k not_for_this_sign_in",
    ),
    Mutant(
        "an identity that nobody signed", "adapters/web/id_tokens.py",
        "        claims = proven(token, key.public)\n", "        claims = unproven(token)\n",
        "tests/web/test_id_tokens.py -k did_not_sign",
    ),
    Mutant(
        "a token of another issuer", TOKENS, 'if claims.get("iss") != self._issuer:', "if False:",
        f"{FORGED} and issuer",
    ),
    Mutant(
        "a token for another audience", TOKENS,
        "if not isinstance(audience, str) or audience.lower() != self._app_id:", "if not isinstance(audience, str):",
        f"{FORGED} and audience",
    ),
    Mutant(
        "an expired token", SIGNED, "return bool(ends > now - SKEW and begins", "return bool(begins",
        "tests/teams/test_tokens.py -k clocks_may_differ",
    ),
    Mutant(
        "a token from the future", SIGNED, "ends > now - SKEW and begins <= now + SKEW", "ends > now - SKEW",
        "tests/teams/test_tokens.py -k clocks_may_differ",
    ),
    Mutant(
        "an algorithm of the token's own choice", SIGNED, 'if head.get("alg") != ALGORITHM:', "if False:",
        f"{FORGED} and RS512",
        ((", algorithms=[ALGORITHM],", ', algorithms=[jwt.get_unverified_header(token)["alg"]],'),),
    ),
    Mutant(
        "a signature that nobody checks", SIGNED, "_SIGNATURE_ONLY))",
        '{**_SIGNATURE_ONLY, "verify_signature": False}))',
        f"{FORGED} and key",
    ),
    Mutant(
        "a key that is endorsed for no channel", TOKENS, " or channel not in key.endorsements", "",
        "tests/teams/test_tokens.py -k not_endorsed",
    ),
    Mutant(
        "a channel that is not Teams", TOKENS, "channel != CHANNEL or ", "",
        "tests/teams/test_tokens.py -k not_endorsed",
    ),
    Mutant(
        "a service address that the token does not name", TOKENS,
        "if not isinstance(given, str) or not claimed or any(_bare(value) != _bare(given) for value in claimed):",
        "if not isinstance(given, str):",
        "tests/teams/test_tokens.py -k another_service_url",
    ),
    Mutant(
        "a service address at any host", TOKENS, "if not self._hosts.allowed(given):", "if False:",
        "tests/teams/test_tokens.py -k strange_host",
    ),
    Mutant(
        "a stored service address at any host", "adapters/teams/connector.py",
        "if url is None or not self._allowed(call.service_url):", "if url is None:",
        "tests/teams/test_only_allowed_hosts.py -k never_contacted",
    ),
    Mutant(
        "a tenant of somebody else", TOKENS, "        self._check_tenant(activity)\n", "",
        "tests/teams/test_tokens.py -k foreign_tenant_is_refused",
    ),
    Mutant(
        "one of two tenants looked at", TOKENS,
        "if not named or any(not isinstance(one, str) or one.lower() != self._tenant for one in named):",
        "if not any(isinstance(one, str) and one.lower() == self._tenant for one in named):",
        "tests/teams/test_tokens.py -k foreign_tenant_is_refused",
    ),
    Mutant(
        "a card that anybody may change", "adapters/teams/sealed.py",
        " or not hmac.compare_digest(signature, self._signature(told).encode())", "",
        "tests/teams/test_sealed.py",
    ),
    Mutant(
        "a card that anybody may press", "adapters/teams/gestures.py",
        "        if sealed.account != address.account:\n            raise Refused(words.NOT_FOR_YOU)",
        "        return",
        "tests/story/test_teams_life.py -k made_for_one_person",
    ),
)  # fmt: skip


def planted(mutant: Mutant, folder: Path) -> None:
    """A copy of the project with the bug in it. Raises `LookupError` where its place is not found exactly once."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
    path = folder / mutant.file
    text = path.read_text()
    for old, new in ((mutant.old, mutant.new), *mutant.beside):
        if text.count(old) != 1:
            raise LookupError(f"{mutant.name}: its place in {mutant.file} stands there {text.count(old)} times")
        text = text.replace(old, new)
    path.write_text(text)


def noticed(mutant: Mutant) -> bool:
    """Whether the named tests turn red. What hangs counts as noticed too, since the suite has a limit of time."""
    with tempfile.TemporaryDirectory(prefix="debrief-mutant-") as folder:
        planted(mutant, Path(folder))
        return outcome(mutant.noticed_by, Path(folder)) == RED


def outcome(tests: str, folder: Path) -> int:
    """The exit code of the named tests in a copy of the project: 0 is green."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *_words(tests)]
    env = {**os.environ, "PYTHONPATH": f"{folder}/launcher:{folder}"}
    try:
        return subprocess.run(
            command, cwd=folder, env=env, capture_output=True, timeout=SECONDS, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return RED


def _words(tests: str) -> list[str]:
    path, _, only = tests.partition(" -k ")
    return [path, "-k", only] if only else [path]


def main(names: Sequence[str]) -> int:
    tried = [mutant for mutant in MUTANTS if not names or any(name in mutant.name for name in names)]
    found = 0
    for mutant in tried:
        red = noticed(mutant)
        found += red
        print(f"{'noticed' if red else 'MISSED '}  {mutant.name}  ({mutant.noticed_by})", flush=True)
    print(f"{found} of {len(tried)} noticed")
    return 0 if found == len(tried) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
