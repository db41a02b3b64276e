/** Messages to customers: by published version, how many went out, by which channel, and what did not. */
import { byId, el, keyed, replace, setText } from "../core/dom.js";
import { failure, get } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { may } from "../core/page.js";
import { released } from "../core/pressed.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { t } from "../core/words.js";
import { drawCodes } from "./codes.js";
import { makeMailing, drawMailing } from "./mailing.js";
import { drawPromises } from "./promises.js";

const EVERY_MS = 3000;
let asking = false;

/** @param {unknown} error */
function trouble(error) {
  setText(byId("trouble"), failure(error));
  byId("trouble").hidden = false;
}

export async function look() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const found = await get("/api/v1/deliveries?limit=50");
    const owed = may("customers") ? await get("/api/v1/promises") : null;
    await released();
    byId("trouble").hidden = true;
    byId("exercise").hidden = !found.exercise;
    drawCodes(byId("codes"), found.codes_failed, look);
    drawPromises(byId("promises"), owed);
    const box = byId("mailings");
    if (!found.items.length) {
      const why = found.channels.length ? t("deliveries.none") : t("deliveries.not_configured");
      replace(box, el("p", { class: "none" }, why));
      return;
    }
    box.querySelector(".none")?.remove();
    keyed(box, found.items, (m) => m.id, (m) => makeMailing(m, look), drawMailing);
  } catch (error) {
    trouble(error);
  } finally {
    asking = false;
    document.body.dataset.ready = "true";
  }
}

async function main() {
  installMenu();
  on("age", () => drawAges(store));
  on("notice", () => void look());
  document.addEventListener("visibilitychange", () => void look());
  setInterval(() => {
    drawAges(store);
    applyTheme();
  }, 1000);
  setInterval(() => void look(), EVERY_MS);
  await start();
  await look();
}

void main();
