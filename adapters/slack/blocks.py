"""Cards as Block Kit, within every limit whatever they hold; what does not fit is cut, and the cut is said.

Law: text of people stands only in `rich_text` and `plain_text`, which Slack never parses, and in the escaped fallback.
Buttons survive a cut before text does: what a person can do matters more than what they can read elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from adapters.slack import limits
from adapters.slack.richtext import Json, elements, length, mended, pieces, plain, shortened, size
from bot.text import Button, Card, Code, Link, Section, Strong, Text
from bot.words import chat


def message(card: Card, tenant: str) -> Json:
    """Arguments of `chat.postMessage` and its kin: blocks, and an escaped text for notifications. Nothing is parsed."""
    return {"text": fallback(card), "blocks": blocks(card, tenant)}


QUIET = {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}
"""What a new message of the bot says beside its content: find no links, ping nobody, unfold nothing."""


def home(card: Card, tenant: str) -> Json:
    return {"type": "home", "blocks": blocks(card, tenant, view=True)}


def notice(card: Card, tenant: str) -> Json:
    """A card as a modal without inputs, where no message can be shown."""
    shown = blocks(card.model_copy(update={"title": ""}), tenant, view=True)
    title = plain_text(card.title or chat.FORM, limits.VIEW_TITLE)
    return {"type": "modal", "title": title, "blocks": shown or [_context(chat.FORM)]}


def fallback(card: Card) -> str:
    """The card as text, for notifications and screen readers: without the addresses of its links."""
    return escaped(shortened(plain(_spoken(card).plain()).strip() or chat.FORM, limits.FALLBACK))


def _spoken(card: Card) -> Card:
    sections = tuple(
        section.model_copy(
            update={
                "text": _labels(section.text),
                "facts": tuple((label, _labels(text)) for label, text in section.facts),
            }
        )
        for section in card.sections
    )
    return card.model_copy(update={"sections": sections})


def _labels(text: Text) -> Text:
    return Text(parts=tuple(part.label or part.url if isinstance(part, Link) else part for part in text.parts))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_text(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": shortened(plain(text).strip() or "…", limit), "emoji": False}


def packed(**value: Any) -> str:
    """What a button or form carries, as JSON."""
    return mended(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def blocks(card: Card, tenant: str, *, view: bool = False) -> list[Json]:
    sheet = Sheet(
        tenant,
        limits.VIEW_BLOCKS if view else limits.MESSAGE_BLOCKS,
        limits.VIEW_CHARS if view else limits.MESSAGE_CHARS,
    )
    actions = sum(1 for section in card.sections if section.buttons)
    sheet.reserve(actions)
    sheet.title(card.title)
    for section in card.sections:
        sheet.section(section)
    return sheet.finished()


class Sheet:
    """Blocks being laid out within a number of blocks and of characters; one block is kept for the note of a cut."""

    def __init__(self, tenant: str, most: int, chars: int) -> None:
        self._tenant = tenant
        self._most = most - 1
        self._chars = chars
        self._reserved = 0
        self._cut = False
        self._button = 0
        self._blocks: list[Json] = []

    def reserve(self, actions: int) -> None:
        """Keeps room for that many rows of buttons, while there is room for any text beside them."""
        self._reserved = min(actions, self._most // 2)

    def title(self, title: str) -> None:
        shown = plain(title).strip()
        if not shown:
            return
        if size(shown) <= limits.HEADER and "\n" not in shown:
            self._add({"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}, size(shown))
        else:
            self.rich([Text(parts=(Strong(text=title),))])

    def section(self, section: Section) -> None:
        lines = [section.text] if section.text.parts else []
        lines += [Text(parts=(Strong(text=f"{label}: "), *text.parts)) for label, text in section.facts]
        if section.quiet and _is_plain(lines):
            self._quiet("\n".join(line.plain() for line in lines))
        else:
            self.rich(lines)
        self._buttons(section.buttons)

    def rich(self, lines: Iterable[Text]) -> None:
        """Each line a section of one `rich_text` block, in further blocks where that would be too long."""
        sections: list[Json] = []
        room = limits.RICH_CHARS
        for line in lines:
            for piece in pieces(elements(line, self._tenant)):
                long = sum(map(length, piece))
                if sections and (long > room or len(sections) >= 20):
                    self._rich_block(sections)
                    sections, room = [], limits.RICH_CHARS
                sections.append({"type": "rich_text_section", "elements": piece})
                room -= long
        self._rich_block(sections)

    def _rich_block(self, sections: list[Json]) -> None:
        if sections:
            long = sum(length(element) for section in sections for element in section["elements"])
            self._add({"type": "rich_text", "elements": sections}, long)

    def _quiet(self, text: str) -> None:
        text = plain(text).strip()
        if text:
            self._cut = self._cut or size(text) > limits.CONTEXT
            self._add(_context(shortened(text, limits.CONTEXT)), min(size(text), limits.CONTEXT))

    def _buttons(self, buttons: tuple[Button, ...]) -> None:
        shown = [self._of_button(button) for button in buttons]
        row = [element for element in shown if element is not None][: limits.BUTTONS]
        self._cut = self._cut or len(row) < len(buttons)
        if row and len(self._blocks) < self._most:
            self._blocks.append({"type": "actions", "elements": row})
            self._reserved = max(0, self._reserved - 1)
        elif row:
            self._cut = True

    def _of_button(self, button: Button) -> Json | None:
        self._button += 1
        value = packed(does=button.does, args=button.args)
        if size(value) > limits.BUTTON_VALUE:
            self._quiet(chat.button_too_long(button.label))
            return None
        action = f"{button.does[:200]}:{self._button}"
        element: Json = {
            "type": "button", "action_id": action, "value": value,
            "text": plain_text(button.label, limits.BUTTON_LABEL),
        }  # fmt: skip
        if button.style != "plain":
            element["style"] = button.style
        if button.confirm:
            element["confirm"] = _confirm(button)
        return element

    def _add(self, block: Json, chars: int) -> None:
        """Adds a block of text if there is room for it; what is left out for its length is said."""
        if chars > self._chars or len(self._blocks) + self._reserved >= self._most:
            self._cut = True
            return
        self._chars -= chars
        self._blocks.append(block)

    def finished(self) -> list[Json]:
        return [*self._blocks, _context(chat.cut())] if self._cut else self._blocks


def _is_plain(lines: list[Text]) -> bool:
    return all(isinstance(part, str | Strong | Code) for line in lines for part in line.parts)


def _context(text: str) -> Json:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}


def _confirm(button: Button) -> Json:
    return {
        "title": plain_text(chat.SURE, limits.CONFIRM_TITLE),
        "text": plain_text(button.confirm, limits.CONFIRM_TEXT),
        "confirm": plain_text(button.label, limits.CONFIRM_BUTTON),
        "deny": plain_text(chat.CANCEL, limits.CONFIRM_BUTTON),
    }
