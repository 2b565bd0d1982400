"""Links to our own pages: resolved for the one reader of a private message, without a sign-in for everybody else.

Law: an address that signs somebody in is made for a message that only this person sees, never for a channel.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.text import PAGE, Card, Link, with_pages

PageUrl = Callable[[str, str], Awaitable[str]]
"""(account key of the only reader, or empty; path) to the address, empty where pages cannot be reached."""


async def with_links(card: Card, page_url: PageUrl, account: str = "") -> Card:
    """The card as it is shown to one account, or without one to everybody who sees the message."""
    paths = _paths(card)
    if not paths:
        return card
    urls = {path: await page_url(account, path) for path in paths}
    return with_pages(card, lambda path: urls.get(path, ""))


def _paths(card: Card) -> list[str]:
    texts = [text for section in card.sections for text in (section.text, *(fact for _, fact in section.facts))]
    links = [part.url for text in texts for part in text.parts if isinstance(part, Link)]
    return list(dict.fromkeys(url.removeprefix(PAGE) for url in links if url.startswith(PAGE)))
