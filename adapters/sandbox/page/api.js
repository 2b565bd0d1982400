// The only module that talks to the server. Law: one long poll at a time; an answer for a view that was left is thrown away.

/** Each platform's page names its own door in the document. */
const BASE = new URL(document.documentElement.dataset.door ?? "./page/", document.baseURI);

async function post(path, body) {
  try {
    const answer = await fetch(new URL(path, BASE), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return { ok: false, error: "The sandbox did not answer. Is it still running?" };
  }
}

/** Whether nothing was done. An answer with `toasts` was carried out, and the state shows what came of it. */
export const refused = (answer) => answer.ok === false && !("toasts" in answer);

export const postAct = (body) => post("act", body);
export const postClock = (step) => post("clock", step);
export const postStory = (order) => post("story", { do: order });

/** Follows the state of one view ({as, channel}); `show` gets each new state, `lost` hears whether the server is away. */
export class Poll {
  #wanted = { as: "", channel: "" };
  #abort = new AbortController();
  #rev = -1;

  constructor(show, lost) {
    this.show = show;
    this.lost = lost;
  }

  /** Asks for another view, at once. */
  look(as, channel) {
    this.#wanted = { as, channel };
    this.#rev = -1;
    this.#abort.abort();
  }

  async run() {
    for (let failures = 0; ; ) {
      const outcome = await this.#once();
      failures = outcome === "failed" ? failures + 1 : 0;
      this.lost(failures > 1);
      if (failures) await new Promise((wake) => setTimeout(wake, Math.min(500 * failures, 4000)));
    }
  }

  async #once() {
    const asked = this.#wanted;
    this.#abort = new AbortController();
    try {
      const state = await this.#fetch(asked, this.#abort.signal);
      if (asked !== this.#wanted) return "left";
      this.#rev = state.rev;
      this.show(state, asked);
      return "shown";
    } catch (error) {
      if (error.name === "AbortError") return "left";
      if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) console.error(error);
      return "failed";
    }
  }

  async #fetch({ as, channel }, signal) {
    const query = new URLSearchParams({ as, channel, rev: this.#rev });
    const answer = await fetch(new URL(`state?${query}`, BASE), { signal });
    if (!answer.ok) throw new SyntaxError(`state answered ${answer.status}`);
    return answer.json();
  }
}
