"""The weekly digest in a browser, the same on both platforms: each of its buttons, in one message that stays."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from scripts.visitor import Visitor, appeared

BEAT = 10_000
"""Milliseconds: the clock beats every two seconds, and what it finds due is sent at once, or late where it is busy."""
MORE = ("Document the mapping", "Rehearse the restore", "Buy a bigger disk", "Rewrite the indexer")
LINK = "https://example.com/pr/12"


async def arrived(visitor: Visitor, title: str) -> Locator:
    """The next digest of that title, week by week; found again by its place, whatever becomes of its words."""
    digest = visitor.messages.filter(has_text=title).last
    await visitor.until_the_office_is_open()
    for _ in range(5):
        await visitor.hook("clock-week").click()
        if await appeared(digest, BEAT):
            break
    return visitor.hook("message", f'[data-ts="{await digest.get_attribute("data-ts")}"]')


async def worked_off(visitor: Visitor) -> None:
    """Done, taken back, done with a link; snoozed, handed on, refused, dropped: in their places, below one heading."""
    digest = await arrived(visitor, "5 action items of yours are overdue")
    await visitor.press(digest, "Done")
    await expect(digest).to_contain_text("is done. Thank you!")
    await expect(digest).to_contain_text("4 action items of yours are overdue")
    await visitor.press(digest, "Undo")
    await expect(digest).to_contain_text("5 action items of yours are overdue")
    await expect(digest).not_to_contain_text("Thank you!")
    await visitor.press(digest, "Done")
    await visitor.press(digest, "Add a link")
    await visitor.field("link").fill(LINK)
    await visitor.send("Save")
    await expect(digest).to_contain_text(LINK)
    await visitor.press(digest, "Snooze")
    await visitor.field("until").fill(await visitor.tomorrow())
    await visitor.send("Snooze")
    await expect(digest).to_contain_text("is now due")
    await visitor.press(digest, "Reassign")
    await visitor.choose("owner", "Mara")
    await visitor.send("Reassign")
    await expect(digest).to_contain_text("is now with")
    await visitor.press(digest, "Not mine")
    await expect(digest).to_contain_text("is not yours any more")
    await visitor.press(digest, "Won't do")
    await visitor.field("reason").fill("nobody uses it")
    await visitor.send("Won't do")
    await expect(digest).to_contain_text("will not be done: nobody uses it")
    await expect(digest).to_contain_text("Nothing of yours is overdue any more")
    await expect(digest.get_by_text("Undo", exact=True)).to_have_count(5)


async def snoozed_again(visitor: Visitor) -> None:
    """The second time it is asked why."""
    again = await arrived(visitor, "1 action item of yours is overdue")
    await visitor.press(again, "Snooze")
    await expect(visitor.form).to_contain_text("was snoozed before, so please say why this time")
    await visitor.field("reason").fill("the vendor is late")
    await visitor.send("Snooze")
    await expect(again).to_contain_text("is now due")
    await expect(again).to_contain_text("Nothing of yours is overdue any more")
