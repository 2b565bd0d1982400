"""The trackers that are set up, as the settings have them: a few lines each."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.routing import Route

from adapters.reach import Reach, Resolve, system_resolve
from adapters.trackers import github, gitlab, jira, linear, webhook
from adapters.trackers.door import PREFIX, Door, Linked
from adapters.trackers.port import Tracker
from adapters.trackers.syncing import carrying
from bot.ports import Deliver, Reports, Submit
from bot.settings import Settings
from bot.settings_tickets import accounts, set_up, webhook_key
from bot.ticket import TrackerHere
from bot.words.tickets import not_in_step

Made = tuple[Tracker, bool]
"""A tracker, and whether it can tell of changes."""
MakeReach = Callable[[str, str, dict[str, str]], Reach]
"""(label, address, headers)"""


@dataclass(frozen=True)
class Trackers:
    """`here` is for rules, `deliver` for effects, `routes` for webhooks (below /hooks/)."""

    here: tuple[TrackerHere, ...]
    deliver: Deliver
    routes: tuple[Route, ...]


def trackers(
    settings: Settings, reports: Reports, linked: Linked, submit: Submit, resolve: Resolve = system_resolve
) -> Trackers:
    made = known(settings, resolve)
    deliver = carrying({name: tracker for name, (tracker, _) in made.items()}, reports, settings.public_url)
    doors = [(name, Door(tracker, linked, submit)) for name, (tracker, tells) in made.items() if tells]
    return Trackers(
        here=tuple(tracker.here for tracker, _ in made.values()),
        deliver=deliver,
        routes=tuple(Route(f"{PREFIX}{name}", door) for name, door in doors),
    )


def known(settings: Settings, resolve: Resolve = system_resolve) -> dict[str, Made]:
    """By name, the one for new tickets first."""

    def reach(label: str, base: str, headers: dict[str, str]) -> Reach:
        simulators = settings.allow_simulators
        return Reach(label, base, headers, simulators=simulators, resolve=resolve, missed=not_in_step(label))

    on = set_up(settings)
    return {name: MAKE[name](settings, reach, settings.tickets_all and name == on[0]) for name in on}


def _github(s: Settings, reach: MakeReach, every: bool) -> Made:
    headers = {"Authorization": f"Bearer {s.tickets_github_token}", **github.API}
    here = TrackerHere(
        name=github.NAME, label=github.LABEL, pages=github.pages_of(s.tickets_github_url),
        private=s.tickets_github_private, every=every,
    )  # fmt: skip
    made = github.GitHubIssues(
        reach(github.LABEL, s.tickets_github_url, headers), here, s.tickets_github_repository,
        secret=s.tickets_github_secret, accounts=accounts(s.tickets_github_accounts),
    )  # fmt: skip
    return made, bool(s.tickets_github_secret)


def _gitlab(s: Settings, reach: MakeReach, every: bool) -> Made:
    base = s.tickets_gitlab_url.rstrip("/")
    here = TrackerHere(
        name=gitlab.NAME, label=gitlab.LABEL, pages=f"{base}/", private=s.tickets_gitlab_private, every=every
    )  # fmt: skip
    made = gitlab.GitLabIssues(
        reach(gitlab.LABEL, f"{base}/api", {"PRIVATE-TOKEN": s.tickets_gitlab_token}), here, s.tickets_gitlab_project,
        secret=s.tickets_gitlab_secret, accounts=accounts(s.tickets_gitlab_accounts),
    )  # fmt: skip
    return made, bool(s.tickets_gitlab_secret)


def _jira(s: Settings, reach: MakeReach, every: bool) -> Made:
    """The account of the token is what tells the Cloud from one's own server."""
    base, cloud = s.tickets_jira_url.rstrip("/"), bool(s.tickets_jira_user)
    both = base64.b64encode(f"{s.tickets_jira_user}:{s.tickets_jira_token}".encode()).decode("ascii")
    headers = {"Authorization": f"Basic {both}" if cloud else f"Bearer {s.tickets_jira_token}"}
    here = TrackerHere(
        name=jira.NAME, label=jira.LABEL, pages=f"{base}/", private=bool(s.tickets_jira_level), every=every
    )  # fmt: skip
    made = jira.Jira(
        reach(jira.LABEL, f"{base}/rest/api/{3 if cloud else 2}", headers), here, s.tickets_jira_project,
        s.tickets_jira_type, cloud=cloud, level=s.tickets_jira_level, secret=s.tickets_jira_secret,
        accounts=accounts(s.tickets_jira_accounts),
    )  # fmt: skip
    return made, bool(s.tickets_jira_secret)


def _linear(s: Settings, reach: MakeReach, every: bool) -> Made:
    workspace, _, team = s.tickets_linear_team.partition("/")
    here = TrackerHere(
        name=linear.NAME, label=linear.LABEL, pages=f"{linear.PAGES}{workspace}/", private=s.tickets_linear_private,
        every=every,
    )  # fmt: skip
    door = reach(linear.LABEL, linear.API, {"Authorization": linear.bearer(s.tickets_linear_token)})
    return linear.LinearIssues(door, here, team, secret=s.tickets_linear_secret), bool(s.tickets_linear_secret)


def _webhook(s: Settings, reach: MakeReach, every: bool) -> Made:
    here = TrackerHere(name=webhook.NAME, label=webhook.LABEL, private=s.tickets_webhook_private, every=every)
    parts = urlsplit(s.tickets_webhook_url)
    door = reach(webhook.LABEL, f"{parts.scheme}://{parts.netloc}", {})
    return webhook.WebhookTracker(door, here, parts.path.lstrip("/"), webhook_key(s.tickets_webhook_secret)), True


MAKE: dict[str, Callable[[Settings, MakeReach, bool], Made]] = {
    github.NAME: _github,
    gitlab.NAME: _gitlab,
    jira.NAME: _jira,
    linear.NAME: _linear,
    webhook.NAME: _webhook,
}
