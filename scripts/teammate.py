"""A visitor of the sandbox's Teams. Law: everything goes through the page."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from scripts.visitor import SOON, Visitor


class Teammate(Visitor):
    STATE = "teams/page/state"

    def card(self, text: str) -> Locator:
        """The post that begins a thread with a card which holds the text."""
        return self.page.locator(".message.post.carded").filter(has_text=text).last

    def field(self, name: str) -> Locator:
        """An input of the open dialog, by the id that the bot gave it."""
        return self.hook("task").locator(f'[data-field="{name}"]').first

    async def reply(self, post: str, text: str, shown: str = "") -> None:
        """Writes into the thread of the post with this card; what is for the app alone is sent in the same way.
        `shown` is a part of it that the page shows as it was typed, where somebody is mentioned."""
        composer = self.hook("reply-composer")
        if await composer.count() == 0:
            root = await self.card(post).get_attribute("data-ts")
            await self.hook("reply", f'[data-root="{root}"]').click()
        await composer.fill(text)
        await composer.press("Escape" if text.startswith(("/", "@")) else "End")
        await composer.press("Enter")
        await expect(composer).to_have_value("")
        await expect(self.message(shown or text.lstrip("/@"))).to_be_visible()

    async def press(self, message: Locator, label: str) -> None:
        await message.get_by_role("button", name=label, exact=True).first.click()

    async def offered(self, message: Locator, command: str) -> None:
        """What the app offers in the menu of a message."""
        await (await self.menu(message)).locator(f'[data-command="{command}"]').click()

    async def task_button(self, label: str) -> None:
        await self.hook("task").get_by_role("button", name=label, exact=True).click()
        await expect(self.hook("task")).to_have_count(0, timeout=SOON)

    @property
    def form(self) -> Locator:
        return self.hook("task")

    async def send(self, label: str) -> None:
        await self.task_button(label)
