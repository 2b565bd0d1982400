"""`debrief doctor`: names what is missing or wrong, each with its remedy. Exit code 1 when something needs a person."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Protocol

import httpx

from adapters.reach import Answer, Reach
from bot.errors import GiveUp, Retry
from bot.settings import SLACK_API, Settings
from bot.settings_sign_in import back_to, by_microsoft, by_slack

CLOCK_TOLERANCE = 60
"""Seconds; signatures are refused from five minutes on."""


class Finding(NamedTuple):
    well: bool
    what: str
    remedy: str = ""


Check = Callable[[], Awaitable[Sequence[Finding]]]


class Tracker(Protocol):
    async def well(self) -> str:
        """Where its tickets go. Raises `GiveUp` or `Retry` with what is wrong."""


async def examine(checks: Sequence[Check], show: Callable[[str], None]) -> int:
    found = [finding for check in checks for finding in await check()]
    for finding in found:
        show(f"{'ok ' if finding.well else 'NO '} {finding.what}")
        if finding.remedy and not finding.well:
            show(f"      → {finding.remedy}")
    return 0 if all(finding.well for finding in found) else 1


def database(url: str, problems: Callable[[], list[str]], pending: Callable[[], list[str]]) -> Check:
    async def check() -> Sequence[Finding]:
        wrong = [Finding(False, "the database is not safe", problem) for problem in problems()]
        behind = pending()
        kind = url.split(":", 1)[0].split("+", 1)[0]
        safe = wrong or [Finding(True, f"{kind}: keeps what it acknowledges")]
        tables = Finding(not behind, f"tables are {'behind' if behind else 'up to date'}", "Run `debrief migrate`.")
        return [*safe, tables]

    return check


def slack(settings: Settings, wanted: frozenset[str]) -> Check:
    """Token, scopes against the manifest's, and the clock against Slack's."""

    async def check() -> Sequence[Finding]:
        if not settings.slack_bot_token:
            without = "no token; this is the sandbox" if settings.sandbox else "not set up"
            return [Finding(True, f"Slack: {'installed by OAuth' if settings.oauth else without}")]
        async with httpx.AsyncClient(timeout=10) as client:
            try:
                answer = await client.post(
                    f"{settings.slack_api_base_url}auth.test",
                    headers={"Authorization": f"Bearer {settings.slack_bot_token}"},
                )
            except httpx.HTTPError as unreachable:
                where = "Slack" if settings.slack_api_base_url == SLACK_API else settings.slack_api_base_url
                return [
                    Finding(False, f"{where} cannot be reached ({type(unreachable).__name__})", "Check the network.")
                ]
        return [_token(answer), _scopes(answer, wanted), _clock(answer)]

    return check


def _token(answer: httpx.Response) -> Finding:
    said = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
    if said.get("ok"):
        return Finding(True, f"Slack: the token belongs to {said.get('team', 'a workspace')}")
    remedy = "Install the app again and set the new SLACK_BOT_TOKEN."
    return Finding(False, f"Slack does not accept the token ({said.get('error', answer.status_code)})", remedy)


def _scopes(answer: httpx.Response, wanted: frozenset[str]) -> Finding:
    given = frozenset(scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",") if scope.strip())
    missing = ", ".join(sorted(wanted - given))
    if not given:
        return Finding(True, "Slack: scopes are not told")
    remedy = "Update the app from `debrief manifest slack` and install it again."
    return Finding(
        not missing, f"Slack: scopes missing: {missing}" if missing else "Slack: every scope is there", remedy
    )


def _clock(answer: httpx.Response) -> Finding:
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except ValueError:
        return Finding(True, "clock: not compared")
    off = time.time() - theirs
    return Finding(abs(off) < CLOCK_TOLERANCE, f"clock: {off:+.0f} s from Slack's", "Set this machine's clock (NTP).")


Places = Callable[[], Awaitable[dict[str, list[tuple[str, bool]]]]]
"""Where the Teams app is, by kind: names, and whether everything said there arrives."""


def teams(settings: Settings, token: Callable[[], Awaitable[None]], places: Places | None) -> Check:
    """The registration, where the app is installed, and where only what mentions it arrives."""

    async def check() -> Sequence[Finding]:
        if not settings.teams:
            return [Finding(True, "Microsoft Teams: not set up")]
        if settings.unguarded:
            return [Finding(False, "Microsoft Teams: TEAMS_AUTH is off", "Set TEAMS_AUTH=on for anything but a trial.")]
        return [await _registration(token), *(_installed(await places()) if places else ())]

    return check


async def _registration(token: Callable[[], Awaitable[None]]) -> Finding:
    try:
        await token()
    except Retry as refused:
        remedy = "Compare TEAMS_APP_ID, the secret or certificate, and TEAMS_TENANT_ID with the bot's registration."
        return Finding(False, f"Microsoft gives no token: {refused.why}", remedy)
    return Finding(True, "Microsoft Teams: the registration's secret works")


def _installed(places: dict[str, list[tuple[str, bool]]]) -> list[Finding]:
    rooms = [*places["team"], *places["group"]]
    remedy = "Add the app to a team (Apps > Manage your apps), then say something there."
    found = [Finding(bool(rooms), f"Microsoft Teams: installed in {len(rooms)} teams and chats", remedy)]
    deaf = [name for name, heard in rooms if not heard]
    if deaf:
        told = "An owner of the team grants it when the app is added; say something there, and it is noticed."
        found.append(Finding(False, f"only messages that mention the app arrive in: {', '.join(deaf[:20])}", told))
    found.append(Finding(True, f"Microsoft Teams: {len(places['person'])} people can be written to"))
    return found


def deliveries(maybe: Callable[[], int]) -> Check:
    """What nobody knows the outcome of: reminders in Teams, which are never repeated then."""

    async def check() -> Sequence[Finding]:
        count = maybe()
        if not count:
            return [Finding(True, "every delivery's outcome is known")]
        return [Finding(False, f"{count} messages were maybe delivered", "They are not repeated; ask if it matters.")]

    return check


def people(unreachable: Callable[[], list[str]]) -> Check:
    async def check() -> Sequence[Finding]:
        names = unreachable()
        if not names:
            return [Finding(True, "everybody with open action items can be reached")]
        remedy = "Ask them to allow messages from the app, or reassign their items."
        return [Finding(False, f"cannot be reached: {', '.join(names[:20])}", remedy)]

    return check


def links(settings: Settings) -> Check:
    async def check() -> Sequence[Finding]:
        where = settings.public_url or "left out, as there is no DEBRIEF_PUBLIC_URL"
        return [Finding(True, f"links to pages: {where}"), *_ways_in(settings)]

    return check


def _ways_in(settings: Settings) -> list[Finding]:
    """Each way to sign in beside the private link, with the address that has to be registered for it."""
    ways = {"slack": ("Slack", by_slack(settings)), "microsoft": ("Microsoft", by_microsoft(settings))}
    return [
        Finding(True, f"signing in with {label}: the redirect URL to register is {back_to(settings, name)}")
        for name, (label, on) in ways.items()
        if on
    ]


def language_model(settings: Settings, reach_of: Callable[[Settings], Reach]) -> Check:
    """Whether it answers, and takes the key."""

    async def check() -> Sequence[Finding]:
        if not settings.model_url:
            return [Finding(True, "language model: none, and none is needed")]
        try:
            answer = await reach_of(settings).get("models")
        except (GiveUp, Retry) as problem:
            told = str(problem)
            return [Finding(False, f"language model: {told}", "Compare MODEL_URL, MODEL_KEY and MODEL_INTERNAL.")]
        return [_model_named(settings.model_name, answer)]

    return check


def trackers(known: Sequence[Tracker]) -> Check:
    """Whether each is there, and takes its token."""

    async def check() -> Sequence[Finding]:
        if not known:
            return [Finding(True, "trackers: none, and none is needed")]
        return [await _tracker(one) for one in known]

    return check


async def _tracker(one: Tracker) -> Finding:
    try:
        return Finding(True, await one.well())
    except (GiveUp, Retry) as problem:
        return Finding(False, str(problem), "Compare the settings that begin with TICKETS_.")


def _model_named(name: str, answer: Answer) -> Finding:
    """Not every API lists its models: then its answer is all that is known."""
    listed = answer.fields.get("data")
    known = {str(one.get("id")) for one in listed if isinstance(one, dict)} if isinstance(listed, list) else set()
    if known and name not in known:
        return Finding(False, f"language model: {name} is not there", "Set MODEL_NAME to one that the API lists.")
    return Finding(True, f"language model: the API of {name} answers")
