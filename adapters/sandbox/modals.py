"""Modals and App Home in people's hands: filling, submitting, closing, pressing what stands in a view."""

from typing import Any

from adapters.sandbox import acts, views
from adapters.sandbox.asking import TROUBLE, Asking, Mark, find_element
from adapters.sandbox.outgoing import Answer
from adapters.sandbox.people import Denied
from adapters.sandbox.seen import Seen
from adapters.sandbox.webapi.call import ApiError
from adapters.sandbox.webapi.chat import with_block_ids
from adapters.sandbox.webapi.views import checked
from adapters.sandbox.world import Json, Team, User


class Modals(Asking):
    async def click_view(
        self,
        who: str,
        view_id: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        entered: Json | None = None,
        team: Team | None = None,
    ) -> Seen:
        """Presses a button or changes a dispatching input inside a modal or App Home ("home" stands for the latter).

        `entered` is what stands in the view's inputs by now, as in `view.state.values`.
        """
        team, user = self._person(who, team)
        view = self._open_view(team, user, view_id)
        block, element = find_element(view["blocks"], action_id, block_id)
        if wrong := views.fill(view, entered or {}):
            raise Denied("; ".join(wrong))
        if element["type"] not in ("button", "overflow"):
            views.fill(view, {block["block_id"]: {action_id: value}})
        payload = self._interaction(team, user, "block_actions") | {
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": self.trigger(team, user, view["id"]),
            "view": views.shown(view),
            "actions": [self._action(block, element, value)],
        }
        return await self._gesture(team, user, payload)

    async def suggest(
        self, who: str, view_id: str, action_id: str, typed_text: str, *, team: Team | None = None
    ) -> list[Json]:
        """Types into a select with outside options; answers the options that the bot offers."""
        team, user = self._person(who, team)
        view = self._open_view(team, user, view_id)
        block, _ = find_element(view["blocks"], action_id, None)
        payload = self._interaction(team, user, "block_suggestion") | {
            "action_id": action_id,
            "block_id": block["block_id"],
            "value": typed_text,
            "view": views.shown(view),
            "container": {"type": "view", "view_id": view["id"]},
        }
        said = (await self.deliveries.interaction(payload)).parsed()
        return list(said.get("options", [])) if isinstance(said, dict) else []

    async def submit(
        self, who: str, values: Json | None = None, *, view_id: str | None = None, team: Team | None = None
    ) -> Seen:
        """Fills and submits a modal, by default the topmost. Empty required inputs are caught before it is sent."""
        team, user = self._person(who, team)
        view = self._open_view(team, user, view_id or "")
        if wrong := views.fill(view, values or {}):
            raise Denied("; ".join(wrong))
        view["_errors"] = views.missing(view) or None
        self.changed()
        if view["_errors"]:
            return Seen(ok=False, error="required", errors=view["_errors"], modal=views.shown(view))
        payload = self._interaction(team, user, "view_submission") | {
            "trigger_id": self.trigger(team, user, view["id"]),
            "view": views.shown(view),
            "response_urls": [],
        }
        before = self._mark(team, user)
        answer = await self.deliveries.interaction(payload)
        if not answer.ok:
            self.toast(team, user.id, TROUBLE, code=answer.reason or "")
            return Seen(ok=False, error=answer.reason, text=TROUBLE, modal=views.shown(view))
        return self._submitted(team, user, view, answer, before)

    def _submitted(self, team: Team, user: User, view: Json, answer: Answer, before: Mark) -> Seen:
        body = answer.parsed()
        action = body.get("response_action") if isinstance(body, dict) else None
        stack = team.modals.get(user.id, [])
        if action == "errors":
            return self._rejected(view, body)
        if action in ("update", "push"):
            problem = self._next_view(team, user, view, body, action)
            if problem:
                self.toast(team, user.id, TROUBLE, code=problem)
                return Seen(ok=False, error=problem, modal=views.shown(view))
        elif action == "clear":
            stack.clear()
        elif any(v is view for v in stack):
            stack[:] = [v for v in stack if v is not view]
        self.changed()
        return self._since(team, user, before)

    def _rejected(self, view: Json, body: Json) -> Seen:
        inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
        errors = {k: v for k, v in body.get("errors", {}).items() if k in inputs}
        view["_errors"] = errors
        if len(errors) != len(body.get("errors", {})) or not errors:
            self.ledger.limit_violations.append(("errors_for_unknown_blocks", "view_submission"))
        self.changed()
        return Seen(ok=False, error="errors", errors=errors, modal=views.shown(view))

    def _next_view(self, team: Team, user: User, view: Json, body: Json, action: str) -> str | None:
        try:
            asked = checked(body.get("view"), "modal")
        except ApiError as error:
            self.ledger.limit_violations.append((error.code, "view_submission"))
            return error.code
        blocks = with_block_ids(asked["blocks"])
        if action == "update":
            views.replace(team, user.id, view, views.stored(team, asked, blocks, view))
            return None
        return None if views.push(team, user.id, views.stored(team, asked, blocks)) else "push_limit_reached"

    async def close(self, who: str, *, view_id: str | None = None, team: Team | None = None) -> Seen:
        """Closes a modal without submitting; the bot hears of it only if the view asked for that."""
        team, user = self._person(who, team)
        view = self._open_view(team, user, view_id or "")
        stack = team.modals[user.id]
        cleared = bool(view["clear_on_close"])
        stack[:] = [] if cleared else [v for v in stack if v is not view]
        self.changed()
        if view["notify_on_close"]:
            payload = self._interaction(team, user, "view_closed") | {
                "view": views.shown(view),
                "is_cleared": cleared,
            }
            await self.deliveries.interaction(payload)
        return Seen(modal=views.shown(stack[-1]) if stack else None)

    async def open_home(self, who: str, *, tab: str = "home", team: Team | None = None) -> Seen:
        team, user = self._person(who, team)
        direct = self.place(user, self.manifest.bot_name, team)
        home = team.homes.get(user.id)
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": direct.id,
            "tab": tab,
            "event_ts": acts.event_ts(self),
        }
        if home is not None and tab == "home":
            event["view"] = views.shown(home)
        self.emit(team, event)
        await self.deliveries.settled(self.outgoing.seconds)
        home = team.homes.get(user.id)
        return Seen(home=views.shown(home) if home else None)

    def _open_view(self, team: Team, user: User, view_id: str) -> Json:
        stack = team.modals.get(user.id, [])
        known: list[Json] = [*stack, *([team.homes[user.id]] if user.id in team.homes else [])]
        if view_id == "home" and user.id in team.homes:
            return team.homes[user.id]
        if not view_id and stack:
            return stack[-1]
        found = next((v for v in known if v["id"] == view_id), None)
        if found is None:
            raise Denied(f"{user.name} has no such view open")
        return found
