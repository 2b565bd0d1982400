"""users.*, usergroups.*, bots.info and team.info: who is there."""

from adapters.sandbox.render import profile_json, team_json, user_json
from adapters.sandbox.webapi.call import ApiError, Call, page
from adapters.sandbox.world import Json


def _email(call: Call) -> bool:
    return "users:read.email" in call.bearer.scopes


async def info(call: Call) -> Json:
    return {"ok": True, "user": user_json(call.team, call.user(), email=_email(call))}


async def list_all(call: Call) -> Json:
    rows = [user_json(call.team, u, email=_email(call)) for u in call.team.users.values()]
    return page(call, rows, "members") | {"cache_ts": call.sim.seconds()}


async def profile(call: Call) -> Json:
    user = call.user() if call.args.get("user") else call.team.users[call.bot]
    return {"ok": True, "profile": profile_json(call.team, user, email=_email(call))}


async def by_email(call: Call) -> Json:
    wanted = call.text("email").lower()
    found = next((u for u in call.team.users.values() if u.email.lower() == wanted and not u.deleted), None)
    if found is None or not wanted:
        raise ApiError("users_not_found")
    return {"ok": True, "user": user_json(call.team, found, email=True)}


async def usergroups(call: Call) -> Json:
    members, count = call.flag("include_users"), call.flag("include_count")
    shown = []
    for group in call.team.usergroups.values():
        more = {"users": group["users"]} if members else {}
        more |= {"user_count": len(group["users"])} if count else {}
        shown.append({k: v for k, v in group.items() if k != "users"} | more)
    return {"ok": True, "usergroups": shown}


async def usergroup_members(call: Call) -> Json:
    group = call.team.usergroups.get(call.text("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"ok": True, "users": group["users"]}


async def bot(call: Call) -> Json:
    wanted = call.text("bot") or call.team.bot_id
    if wanted != call.team.bot_id:
        raise ApiError("bot_not_found")
    user = call.team.users[call.bot]
    return {
        "ok": True,
        "bot": {
            "id": wanted,
            "app_id": call.team.app_id,
            "user_id": user.id,
            "name": user.real_name,
            "deleted": False,
            "updated": user.updated,
            "icons": {"image_36": "https://a.slack-edge.com/b.png"},
            "team_id": call.team.id,
        },
    }


async def team(call: Call) -> Json:
    wanted = call.text("team")
    if wanted and wanted != call.team.id:
        raise ApiError("team_not_found")
    return {"ok": True, "team": team_json(call.team)}


METHODS = {
    "users.info": info,
    "users.list": list_all,
    "users.profile.get": profile,
    "users.lookupByEmail": by_email,
    "usergroups.list": usergroups,
    "usergroups.users.list": usergroup_members,
    "bots.info": bot,
    "team.info": team,
}
