"""Slack's public limits on Block Kit: what the platform would refuse, said as one line per problem.

`problems` judges a list of blocks on a surface, `view_problems` a whole modal or App Home view.
Unknown types and unknown properties are problems too.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from adapters.sandbox.elements import ACCESSORIES, ACTION_ELEMENTS, INPUT_ELEMENTS, element_problems
from adapters.sandbox.objects import Json, Problems, image_source, length, text_problems, unknown

Surface = Literal["message", "modal", "home"]
MOST = {"message": 50, "modal": 100, "home": 100}
VIEW_BYTES = 250_000
MARKDOWN_TOTAL = 12_000
_VIEW = {
    "type",
    "title",
    "submit",
    "close",
    "blocks",
    "private_metadata",
    "callback_id",
    "clear_on_close",
    "notify_on_close",
    "external_id",
    "submit_disabled",
}


def problems(blocks: Any, surface: Surface = "message") -> list[str]:
    """Every reason for which Slack would refuse these blocks; empty when it would take them."""
    if not isinstance(blocks, list):
        return ["blocks must be an array [json-pointer:/blocks]"]
    found = (
        [] if len(blocks) <= MOST[surface] else [f"no more than {MOST[surface]} items allowed [json-pointer:/blocks]"]
    )
    for number, block in enumerate(blocks):
        found += [f"{text} [json-pointer:/blocks/{number}{where}]" for where, text in _block(block, surface)]
    return found + _unique(blocks) + _total_markdown(blocks) + _one_focus(blocks)


def view_problems(view: Any) -> list[str]:
    if not isinstance(view, dict):
        return ["must be an object [json-pointer:/view]"]
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [f"unsupported type: {kind} [json-pointer:/view/type]"]
    found = [f"{text} [json-pointer:/view{where}]" for where, text in _view_fields(view, kind)]
    if len(str(view)) > VIEW_BYTES:
        found.append("view is too large [json-pointer:/view]")
    if "blocks" not in view:
        return [*found, "missing required field: blocks [json-pointer:/view]"]
    return found + [p.replace("json-pointer:/", "json-pointer:/view/") for p in problems(view["blocks"], kind)]


def _view_fields(view: Json, kind: str) -> Problems:
    yield from unknown(view, _VIEW)
    yield from length(view, "private_metadata", 3000, least=0)
    yield from length(view, "callback_id", 255, least=0)
    yield from length(view, "external_id", 255, least=0)
    if kind == "home":
        yield from (("/" + n, f"{n} is not allowed in a home view") for n in ("submit", "close") if n in view)
        return
    if "title" not in view:
        yield "", "missing required field: title"
    for name in ("title", "submit", "close"):
        if name in view:
            yield from text_problems(view[name], "/" + name, most=24, kinds=("plain_text",))
    blocks = view.get("blocks")
    asks = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if asks and "submit" not in view:
        yield "", "missing required field: submit (a view with input blocks needs one)"


def _block(block: Any, surface: Surface) -> Problems:
    if not isinstance(block, dict):
        yield "", "must be an object"
        return
    judge = _JUDGES.get(str(block.get("type")))
    if judge is None:
        yield "/type", f"unsupported type: {block.get('type')}"
        return
    allowed, check = judge
    yield from unknown(block, allowed | {"type", "block_id"})
    yield from length(block, "block_id", 255)
    yield from check(block, surface)


def _section(block: Json, surface: Surface) -> Problems:
    if not block.get("text") and not block.get("fields"):
        yield "", "missing required field: text or fields"
    if "text" in block:
        yield from text_problems(block["text"], "/text", most=3000)
    fields = block.get("fields", [])
    if not isinstance(fields, list) or ("fields" in block and not fields) or len(fields) > 10:
        yield "/fields", "must be 1 to 10 items"
    elif fields:
        for number, part in enumerate(fields):
            yield from text_problems(part, f"/fields/{number}", most=2000)
    if "accessory" in block:
        yield from element_problems(block["accessory"], "/accessory", ACCESSORIES, surface)


def _header(block: Json, _: Surface) -> Problems:
    yield from text_problems(block.get("text"), "/text", most=150, kinds=("plain_text",))


def _nothing(_block: Json, _: Surface) -> Problems:
    yield from ()


def _image(block: Json, _: Surface) -> Problems:
    yield from image_source(block)
    if "title" in block:
        yield from text_problems(block["title"], "/title", most=2000, kinds=("plain_text",))


def _several(block: Json, most: int) -> Iterator[tuple[int, Any]] | None:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        return None
    return iter(enumerate(elements))


def _context(block: Json, surface: Surface) -> Problems:
    elements = _several(block, 10)
    if elements is None:
        yield "/elements", "must be 1 to 10 items"
        return
    for number, part in elements:
        if isinstance(part, dict) and part.get("type") == "image":
            yield from element_problems(part, f"/elements/{number}", frozenset({"image"}), surface)
        else:
            yield from text_problems(part, f"/elements/{number}", most=2000)


def _actions(block: Json, surface: Surface) -> Problems:
    elements = _several(block, 25)
    if elements is None:
        yield "/elements", "must be 1 to 25 items"
        return
    seen: set[str] = set()
    for number, part in elements:
        yield from element_problems(part, f"/elements/{number}", ACTION_ELEMENTS, surface)
        ident = str(part.get("action_id") or "") if isinstance(part, dict) else ""
        if ident in seen:
            yield f"/elements/{number}/action_id", "`action_id` must be unique within a block"
        if ident:
            seen.add(ident)


def _input(block: Json, surface: Surface) -> Problems:
    yield from text_problems(block.get("label"), "/label", most=2000, kinds=("plain_text",))
    if "hint" in block:
        yield from text_problems(block["hint"], "/hint", most=2000, kinds=("plain_text",))
    yield from element_problems(block.get("element"), "/element", INPUT_ELEMENTS, surface)


def _markdown(block: Json, _: Surface) -> Problems:
    yield from length(block, "text", MARKDOWN_TOTAL, required=True)


def _rich_text(block: Json, _: Surface) -> Problems:
    elements = block.get("elements")
    kinds = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    if not isinstance(elements, list) or not elements:
        yield "/elements", "missing required field: elements"
        return
    for number, part in enumerate(elements):
        if not isinstance(part, dict) or part.get("type") not in kinds or not isinstance(part.get("elements"), list):
            yield f"/elements/{number}", "unsupported rich text element"


def _video(block: Json, _: Surface) -> Problems:
    for name, most in (("alt_text", 2000), ("video_url", 3000), ("thumbnail_url", 3000)):
        yield from length(block, name, most, required=True)
    yield from text_problems(block.get("title"), "/title", most=199, kinds=("plain_text",))


def _table(block: Json, _: Surface) -> Problems:
    rows = block.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= 100:
        yield "/rows", "must be 1 to 100 items"
    elif any(not isinstance(row, list) or len(row) > 20 for row in rows):
        yield "/rows", "no more than 20 cells allowed in a row"


_Judge = tuple[set[str], Callable[[Json, Surface], Problems]]
_JUDGES: dict[str, _Judge] = {
    "section": ({"text", "fields", "accessory", "expand"}, _section),
    "header": ({"text"}, _header),
    "divider": (set(), _nothing),
    "image": ({"image_url", "slack_file", "alt_text", "title"}, _image),
    "context": ({"elements"}, _context),
    "actions": ({"elements"}, _actions),
    "input": ({"label", "element", "dispatch_action", "hint", "optional"}, _input),
    "markdown": ({"text"}, _markdown),
    "rich_text": ({"elements"}, _rich_text),
    "video": (
        {
            "alt_text",
            "author_name",
            "description",
            "provider_icon_url",
            "provider_name",
            "title",
            "title_url",
            "thumbnail_url",
            "video_url",
        },
        _video,
    ),
    "table": ({"rows", "column_settings"}, _table),
}


def _unique(blocks: list[Any]) -> list[str]:
    idents = [str(b["block_id"]) for b in blocks if isinstance(b, dict) and b.get("block_id")]
    twice = {i for i in idents if idents.count(i) > 1}
    return [f"`block_id` {ident} is used more than once [json-pointer:/blocks]" for ident in sorted(twice)]


def _total_markdown(blocks: list[Any]) -> list[str]:
    texts = [str(b.get("text", "")) for b in blocks if isinstance(b, dict) and b.get("type") == "markdown"]
    over = len(texts) > 1 and sum(map(len, texts)) > MARKDOWN_TOTAL
    return [f"markdown blocks together exceed {MARKDOWN_TOTAL} characters [json-pointer:/blocks]"] if over else []


def _one_focus(blocks: list[Any]) -> list[str]:
    elements = [b.get("element") for b in blocks if isinstance(b, dict)]
    focused = sum(1 for e in elements if isinstance(e, dict) and e.get("focus_on_load"))
    return ["only one element may have focus_on_load [json-pointer:/blocks]"] if focused > 1 else []
