// What the closing card of the story offers to try in Teams. Law: each of them only shows the way; the visitor does it.

import { attempt } from "../story.js";

export const guide = {
  start: "Watch a short incident in Teams, from its first message to the reminder weeks later. Or begin yourself: type “@Debrief declare” in a channel and say what is wrong.",
  end: "You have seen an incident in Teams from declare to reminder. Everything here works: play any of the people, and try one of these.",
  tries: (story) => [
    attempt("bolt", "Declare an incident", "Type @Debrief declare and what is wrong", () => tryDeclare(story), "try-declare"),
    attempt("more", "Add a message to the timeline", "Open a message's menu, then Mark message", () => tryMark(story), "try-mark"),
    attempt("clock", "Let a week go by", "And read the reminder in the chat with Debrief", () => tryWeek(story.app), "try-week"),
  ],
};

function tryDeclare({ app, composer }) {
  const here = app.channel(app.ui.channel);
  const general = app.state.channels.find((one) => one.kind === "channel");
  if (here?.kind !== "channel" && general) app.visit({ channel: general.id });
  composer().put(`@${app.bot.name} declare `);
}

function tryMark({ app, lists: [posts] }) {
  const incidents = app.state.channels.find((one) => one.name === "incidents");
  if (incidents && app.channel(app.ui.channel)?.kind === "personal") app.visit({ channel: incidents.id });
  setTimeout(() => {
    const rows = [...posts.list.querySelectorAll(".message:not(.ephemeral, .quiet)")];
    const said = rows.filter((row) => !app.message(row.dataset.ts)?.bot).at(-1) ?? rows.at(-1);
    said?.scrollIntoView({ block: "center" });
    said?.focus();
    said?.querySelector("[data-testid=message-more]")?.classList.add("beckon");
  }, 400);
}

async function tryWeek(app) {
  await app.clock({ days: 7 });
  const own = app.state.channels.find((one) => one.kind === "personal");
  if (own) app.visit({ channel: own.id });
}
