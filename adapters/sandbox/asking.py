"""What every request to the app has in common: who asks, where, what the person sees afterwards."""

from typing import Any

from adapters.sandbox import acts, views
from adapters.sandbox.people import Denied
from adapters.sandbox.places import Places
from adapters.sandbox.render import message_json
from adapters.sandbox.seen import Seen
from adapters.sandbox.world import Json, Team, User

TROUBLE = "We had some trouble connecting. Try again?"
Mark = tuple[set[str], int]
"""Ephemeral messages and toasts that a person had before."""


class Asking(Places):
    async def _gesture(self, team: Team, user: User, payload: Json) -> Seen:
        before = self._mark(team, user)
        answer = await self.deliveries.interaction(payload)
        if not answer.ok:
            self.toast(team, user.id, TROUBLE, code=answer.reason or "")
            return Seen(ok=False, error=answer.reason, text=TROUBLE)
        return self._since(team, user, before)

    def _interaction(self, team: Team, user: User, kind: str) -> Json:
        return {
            "type": kind,
            "token": self.credentials.verification_token,
            "api_app_id": team.app_id,
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        }

    def _mark(self, team: Team, user: User) -> Mark:
        seen = {m.ts for c in team.channels.values() for m in c.ephemerals if m.ephemeral_to == user.id}
        return seen, len(team.toasts.get(user.id, []))

    def _since(self, team: Team, user: User, before: Mark) -> Seen:
        old, toasts = before
        fresh = [
            message_json(team, m)
            for c in team.channels.values()
            for m in c.ephemerals
            if m.ephemeral_to == user.id and m.ts not in old
        ]
        stack = team.modals.get(user.id, [])
        modal = views.shown(stack[-1]) if stack else None
        home = team.homes.get(user.id)
        return Seen(
            ephemerals=tuple(fresh),
            modal=modal,
            text=fresh[-1]["text"] if fresh else None,
            home=views.shown(home) if home else None,
            toasts=tuple(team.toasts.get(user.id, [])[toasts:]),
        )

    def _action(self, block: Json, element: Json, value: Any) -> Json:
        action: Json = {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "type": element["type"],
            "action_ts": acts.event_ts(self),
        }
        if element["type"] in ("button", "workflow_button"):
            own = {"value": element["value"]} if "value" in element else {}
            return action | own | {"text": element["text"]}
        if element["type"] == "overflow":
            chosen = (
                value.get("selected_option") if isinstance(value, dict) else views.option_named(element, str(value))
            )
            return action | {"selected_option": chosen}
        return action | views.as_value(element, value)


def find_element(blocks: list[Json], action_id: str, block_id: str | None) -> tuple[Json, Json]:
    for block in blocks:
        parts = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for part in parts:
            if isinstance(part, dict) and part.get("action_id") == action_id and block_id in (None, block["block_id"]):
                return block, part
    raise Denied(f"there is nothing to press called {action_id}")
