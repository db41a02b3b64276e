/** The line of calls, mass calls, and what several report: nothing of who calls until a card is opened. */
import { plantNow } from "../core/clock.js";
import { byId, el, replace } from "../core/dom.js";
import { age, instant, number } from "../core/format.js";
import { get, post } from "../core/http.js";
import { page } from "../core/page.js";
import { released } from "../core/pressed.js";
import { local, t } from "../core/words.js";
import { withdraw } from "./focus.js";

const EVERY_MS = 10_000;
/** Calls in sight while many ring; the others are counted, and shown when asked for. */
const SHOWN = 2;
let unfolded = false;
/** @type {any} */
let last = { calls: [], waiting: 0, longest_wait_s: null, mass: { active: false, mode: "auto" }, clusters: [] };
/** Calls whose card came up by itself. @type {Set<string>} */
const popped = new Set();
/** Calls that rang while another was spoken: beside its card, until they are answered. @type {Set<string>} */
const beside = new Set();
let asking = false;
let again = false;

export const mass = () => last.mass.active;

/** @param {(call: string, spoken: boolean) => void} pop a call for this agent has come; spoken: while another has the agent @param {(call: string) => void} open @param {(zone: string) => any} zoneName */
export function watchCalls(pop, open, zoneName) {
  const look = async () => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      last = await get("/api/v1/hotline/queue");
      await released();
      draw(open, zoneName);
      withdraw(new Set(last.calls.map((/** @type {any} */ c) => c.id)));
      come(pop);
    } catch {
      byId("queue").classList.add("stale");
    } finally {
      asking = false;
      if (again) {
        again = false;
        void look();
      }
    }
  };
  setInterval(look, EVERY_MS);
  void look();
  return () => void look();
}

/** The next call for this agent. One that only rings never takes the card of who is spoken to: the first key would link the wrong account. @param {(call: string, spoken: boolean) => void} pop */
function come(pop) {
  const answered = (/** @type {any} */ c) => c.stage === "answered";
  const mine = last.calls.filter((/** @type {any} */ c) => c.agents.includes(page.me?.id) && (!answered(c) || !c.answered_by || c.answered_by === page.me?.id));
  const spoken = mine.some((/** @type {any} */ c) => answered(c) && popped.has(c.id));
  const fresh = mine.filter((/** @type {any} */ c) => !c.report && !popped.has(c.id));
  const next = fresh.find(answered) ?? fresh.find((/** @type {any} */ c) => !beside.has(c.id));
  if (!next || (spoken && beside.has(next.id))) return;
  (spoken ? beside : popped).add(next.id);
  pop(next.id, spoken);
}

/** @param {(call: string) => void} open @param {(zone: string) => any} zoneName */
function draw(open, zoneName) {
  const now = plantNow();
  const mine = (/** @type {any} */ c) => c.agents.includes(page.me?.id);
  const waited = (/** @type {any} */ c) => age(Math.max(0, (now - instant(c.began)) / 1000));
  const all = [...last.calls].sort((a, b) => Number(mine(b)) - Number(mine(a)));
  const shown = unfolded ? all : all.slice(0, SHOWN);
  const chip = (/** @type {any} */ c) => el("li", {}, el("button", { type: "button", class: mine(c) ? "mine" : "", "data-call": c.id, onclick: () => open(c.id) },
    c.stage === "ringing" ? t("ring.ringing", { wait: waited(c) }) : t("ring.answered"), " · ", t(c.withheld ? "ring.withheld" : c.known ? "ring.known" : "ring.unknown")));
  const others = () => {
    const hidden = all.slice(SHOWN);
    const oldest = hidden.find((c) => c.stage === "ringing");
    const label = unfolded ? t("ring.fewer") : oldest ? t("ring.more", { n: hidden.length, wait: waited(oldest) }) : t("ring.more_speak", { n: hidden.length });
    return el("li", {}, el("button", { type: "button", id: "others", class: "quiet", "aria-expanded": String(unfolded), onclick: () => { unfolded = !unfolded; draw(open, zoneName); byId("others").focus(); } }, label));
  };
  byId("queue").classList.remove("stale");
  document.body.classList.toggle("surge", last.mass.active);
  replace(byId("queue"),
    el("span", { class: "waiting" }, last.waiting ? t("ring.waiting", { n: last.waiting, wait: age(last.longest_wait_s ?? 0) }) : t("ring.none")),
    el("ul", {}, ...shown.map(chip), all.length > SHOWN && others()),
    last.mass.active
      ? el("span", { class: "mass" }, el("b", {}, t("mass.on")), " ", last.mass.why === "arrivals" ? t("mass.arrivals", { n: last.mass.arrivals }) : last.mass.why ? t(`mass.${last.mass.why}`) : "", " ", el("button", { type: "button", onclick: () => turn(last.mass.mode === "on" ? "auto" : "off", open, zoneName) }, t("mass.turn_off")))
      : el("button", { type: "button", class: "quiet", onclick: () => turn(last.mass.mode === "off" ? "auto" : "on", open, zoneName) }, t(last.mass.mode === "off" ? "mass.auto" : "mass.turn_on")));
  const line = (/** @type {any} */ c) => el("li", {}, t("cluster.line", { zone: where(c, zoneName), what: t(`cluster.${c.group}`), premises: c.premises, expected: c.expected < 0.1 ? t("cluster.seldom") : number(c.expected, 1) }), el("span", { class: "quiet order" }, c.work_order ?? ""));
  byId("clusters").hidden = !last.clusters.length;
  replace(byId("clusters"), el("h2", {}, t("cluster.title")), el("ul", {}, ...last.clusters.map(line)));
}

const NAMED = 3;
/** @param {any} c @param {(zone: string) => any} zoneName */
function where(c, zoneName) {
  const zones = c.zones.length ? c.zones : [c.zone];
  return zones.length > NAMED ? t("cluster.zones", { n: zones.length }) : zones.map((/** @type {string} */ one) => local(zoneName(one))).join(" · ");
}

/** @param {string} mode @param {(call: string) => void} open @param {(zone: string) => any} zoneName */
async function turn(mode, open, zoneName) {
  try {
    last.mass = await post("/api/v1/hotline/mass-calls", { mode });
  } catch {
    byId("queue").classList.add("stale");
    return;
  }
  draw(open, zoneName);
}
