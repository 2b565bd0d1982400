"""The programs that published postmortems go to, as the settings have them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from adapters.export import confluence, github, gitlab
from adapters.export.publishing import Target, integration
from adapters.reach import Reach, Resolve, system_resolve
from bot.ports import Deliver, React, Reports
from bot.settings import Settings


def programs(
    settings: Settings, reports: Reports, resolve: Resolve = system_resolve
) -> dict[str, tuple[React, Deliver]]:
    """By the name that their effects carry."""

    def reach(name: str, base: str, headers: dict[str, str]) -> Reach:
        return Reach(name, base, headers, simulators=settings.allow_simulators, resolve=resolve)

    return {target.name: integration(target, reports) for target in _targets(settings, reach)}


def _targets(s: Settings, reach: Callable[[str, str, dict[str, str]], Reach]) -> Iterator[Target]:
    if s.export_github_repository:
        headers = {
            "Authorization": f"Bearer {s.export_github_token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        there = github.GitHub(reach("GitHub", s.export_github_url, headers), s.export_github_repository)
        yield Target(github.NAME, s.export_github_private, there.put)
    if s.export_gitlab_project:
        base = f"{s.export_gitlab_url.rstrip('/')}/api/v4"
        lab = gitlab.GitLab(reach("GitLab", base, {"PRIVATE-TOKEN": s.export_gitlab_token}), s.export_gitlab_project)
        yield Target(gitlab.NAME, s.export_gitlab_private, lab.put)
    if s.export_confluence_url:
        secret = base64.b64encode(f"{s.export_confluence_user}:{s.export_confluence_token}".encode()).decode("ascii")
        door = reach("Confluence", s.export_confluence_url, {"Authorization": f"Basic {secret}"})
        wiki = confluence.Confluence(door, s.export_confluence_space)
        yield Target(confluence.NAME, s.export_confluence_private, wiki.put)
