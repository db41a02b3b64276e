/** The desk's frame: counts, clock, the link's age, and where one is. */
import { asCounted, asUrgent, counts, open, standing, unanswered } from "../core/alarms.js";
import { clockSkew, plantNow } from "../core/clock.js";
import { byId, el, keyed, setAttr, setText } from "../core/dom.js";
import { drawAges } from "../core/menu.js";
import { mark } from "../core/priority.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";

const SKEW_SHOWN_MS = 2000;
let said = "";

/** @param {string} view */
export function drawFrame(view) {
  drawAges(store);
  byId("skew").hidden = Math.abs(clockSkew()) < SKEW_SHOWN_MS || !plantNow();
  drawCounts();
  for (const link of document.querySelectorAll(".tabs a")) {
    setAttr(link, "aria-current", link.getAttribute("data-view") === view ? "page" : null);
  }
  const { warning = 0, alarm = 0 } = store.pulse?.conditions ?? {};
  const { all = 0, connected = 0 } = store.pulse?.sources ?? {};
  const badge = document.getElementById("n-collection");
  if (badge) {
    setText(badge, String(warning + alarm + all - connected || ""));
    badge.classList.toggle("alarm", alarm > 0 || connected < all);
  }
  const drafts = store.notices.filter((/** @type {any} */ one) => ["draft", "approved"].includes(one.state) || one.pending).length;
  setText(byId("n-notices"), String(drafts || ""));
  setText(byId("n-incidents"), String(store.incidents.filter(open).length || ""));
  announce();
}

function drawCounts() {
  const by = counts(asCounted(store.alarms, store.incidents));
  keyed(byId("counts"), [1, 2, 3, 4], (p) => `${p}${by[p].standing ? "" : "-"}`, (p) => {
    const shape = mark(p);
    if (!by[p].standing) shape.setAttribute("class", "mark none");
    return el("li", { class: by[p].standing ? "" : "quiet" }, shape, el("b"), el("span", { class: "visually-hidden" }));
  }, (node, p) => {
    setText(node.children[1], String(by[p].standing));
    setText(node.children[2], t("wall.count", { priority: p, ...by[p] }));
  });
}

/** Only new P1 and P2 are spoken. */
function announce() {
  const first = asUrgent(store.alarms, store.incidents).find((alarm) => alarm.priority <= 2 && standing(alarm) && unanswered(alarm));
  const key = first ? `${first.id}|${first.occurrence}|${first.priority}` : "";
  if (!first || key === said) return;
  said = key;
  setText(byId("spoken"), t("wall.spoken", { priority: first.priority, what: local(first.name), where: first.zone ?? "" }));
}
