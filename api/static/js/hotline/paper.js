/** The paper pack, kept in the page: it can be printed when the hub, or the way to it, is down. */
import { byId } from "../core/dom.js";

const EVERY_MS = 300_000;
let kept = "";

async function fetchPack() {
  try {
    const answer = await fetch("/api/v1/hotline/paper-pack.pdf", { credentials: "same-origin", signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) return;
    const fresh = URL.createObjectURL(await answer.blob());
    if (kept) URL.revokeObjectURL(kept);
    kept = fresh;
    const link = /** @type {HTMLAnchorElement} */ (byId("paper"));
    link.href = kept;
    link.hidden = false;
  } catch {
    // What is kept stays; the page says above that it is not live.
  }
}

export function keepPaper() {
  void fetchPack();
  setInterval(fetchPack, EVERY_MS);
}
