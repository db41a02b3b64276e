/** The line of calls, mass calls, and what several report: nothing of who calls until a card is opened. */
import { plantNow } from "../core/clock.js";
import { byId, el, replace } from "../core/dom.js";
import { age, hourMinute, instant, number } from "../core/format.js";
import { get, post } from "../core/http.js";
import { page } from "../core/page.js";
import { released } from "../core/pressed.js";
import { local, t } from "../core/words.js";
import { withdraw } from "./focus.js";

const EVERY_MS = 10_000;
/** Calls in sight while many ring, one's own up to `OWN`; the others are counted, and shown when asked for. */
const SHOWN = 2;
const OWN = 4;
let unfolded = false;
/** @type {any} */
let last = { calls: [], waiting: 0, longest_wait_s: null, mass: { active: false, mode: "auto" }, clusters: [] };
/** Calls whose card came up by itself. @type {Set<string>} */
const popped = new Set();
/** Calls that rang while another was spoken: beside its card, until they are answered. @type {Set<string>} */
const beside = new Set();
/** Calls of this agent whose answering has been seen. @type {Set<string>} */
const answeredOnce = new Set();
/** The call that the card is of. @type {string|null} */
let current = null;
let redraw = () => {};
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
      byId("queue").classList.remove("stale");
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

/** Whose card is up, if a call's. @param {string|null} call */
export function cardOf(call) {
  current = call;
  redraw();
}

const answered = (/** @type {any} */ c) => c.stage === "answered";
const rings = (/** @type {any} */ c) => c.agents.includes(page.me?.id);
const mine = () => last.calls.filter((/** @type {any} */ c) => rings(c) && (!answered(c) || !c.answered_by || c.answered_by === page.me?.id));

/** The next call for this agent. The card stays with who is spoken to, and with the first of several that ring: the first key would link the wrong account. Who is answered comes up. @param {(call: string, busy: boolean) => void} pop */
function come(pop) {
  const own = mine();
  const spoken = own.some((/** @type {any} */ c) => answered(c) && popped.has(c.id) && answeredOnce.has(c.id));
  const taken = own.find((/** @type {any} */ c) => answered(c) && !answeredOnce.has(c.id) && !c.report);
  for (const c of own.filter(answered)) if (!spoken || popped.has(c.id)) answeredOnce.add(c.id);
  if (taken && taken.id === current) popped.add(taken.id);
  else if (taken && !(spoken && beside.has(taken.id))) return up(taken, spoken, pop);
  const busy = spoken || own.some((/** @type {any} */ c) => c.id === current || popped.has(c.id));
  const next = own.find((/** @type {any} */ c) => !answered(c) && !c.report && !popped.has(c.id) && !beside.has(c.id));
  if (next) up(next, busy, pop);
}

/** @param {any} call @param {boolean} busy @param {(call: string, busy: boolean) => void} pop */
function up(call, busy, pop) {
  (busy ? beside : popped).add(call.id);
  pop(call.id, busy);
}

/** The call after, or before, the one whose card is up; null where there is none to go to. @param {number} by */
export function neighbour(by) {
  const own = lined().filter(rings);
  const order = own.length ? own : lined();
  const at = order.findIndex((c) => c.id === current);
  const to = order[at < 0 ? 0 : (at + by + order.length) % order.length];
  return to && to.id !== current ? to.id : null;
}

/** One's own first, the longest waiting before. */
const lined = () => [...last.calls].sort((a, b) => Number(rings(b)) - Number(rings(a)));

/** As much as tells two apart. @param {any} c */
function who(c) {
  if (c.known && c.tail) return t(c.place ? "ring.placed" : "ring.known_tail", { place: c.place, tail: c.tail });
  return c.tail ? t("ring.tail", { tail: c.tail }) : t(c.withheld ? "ring.withheld" : c.known ? "ring.known" : "ring.unknown");
}

/** @param {(call: string) => void} open @param {(zone: string) => any} zoneName */
function draw(open, zoneName) {
  const now = plantNow();
  const waited = (/** @type {any} */ c) => age(Math.max(0, (now - instant(c.began)) / 1000));
  redraw = () => draw(open, zoneName);
  const all = lined();
  const few = Math.max(SHOWN, Math.min(OWN, all.filter(rings).length));
  const shown = unfolded ? all : all.slice(0, few);
  const chip = (/** @type {any} */ c) => el("li", {}, el("button", { type: "button", class: rings(c) ? "mine" : "", "data-call": c.id, "aria-current": c.id === current ? "true" : null, onclick: () => open(c.id) },
    c.stage === "ringing" ? t("ring.ringing", { wait: waited(c) }) : t("ring.answered"), " · ", who(c),
    c.id === current && el("b", { class: "current" }, t("ring.current"))));
  const others = () => {
    const hidden = all.slice(few);
    const oldest = hidden.find((c) => c.stage === "ringing");
    const label = unfolded ? t("ring.fewer") : oldest ? t("ring.more", { n: hidden.length, wait: waited(oldest) }) : t("ring.more_speak", { n: hidden.length });
    return el("li", {}, el("button", { type: "button", id: "others", class: "quiet", "aria-expanded": String(unfolded), onclick: () => { unfolded = !unfolded; draw(open, zoneName); byId("others").focus(); } }, label));
  };
  document.body.classList.toggle("surge", last.mass.active);
  replace(byId("queue"),
    el("span", { class: "waiting" }, last.waiting ? t("ring.waiting", { n: last.waiting, wait: waited(last.calls.find((/** @type {any} */ c) => c.stage === "ringing") ?? { began: null }) }) : t("ring.none")),
    el("ul", {}, ...shown.map(chip), all.length > few && others()),
    last.calls.length > 1 && el("span", { class: "quiet switch" }, t("ring.switch")),
    last.mass.active
      ? el("span", { class: "mass" }, el("b", {}, t("mass.on")), " ", whyOn(last.mass), " ", el("button", { type: "button", onclick: () => turn(last.mass.mode === "on" ? "auto" : "off", open, zoneName) }, t("mass.turn_off")))
      : el("button", { type: "button", class: "quiet", onclick: () => turn(last.mass.mode === "off" ? "auto" : "on", open, zoneName) }, t(last.mass.mode === "off" ? "mass.auto" : "mass.turn_on")));
  const line = (/** @type {any} */ c) => el("li", {}, t(c.expected < 0.1 ? "cluster.seldom" : "cluster.line", { zone: where(c, zoneName), what: t(`cluster.${c.group}`), premises: c.premises, expected: number(c.expected, 1) }), el("span", { class: "quiet order" }, c.work_order ?? ""));
  byId("clusters").hidden = !last.clusters.length;
  replace(byId("clusters"), el("h2", {}, t("cluster.title")), el("ul", {}, ...last.clusters.map(line)));
}

/** What holds it on; where nothing does any more, until when it stays. @param {any} m */
function whyOn(m) {
  if (m.until) return t("mass.until", { time: hourMinute(instant(m.until)) });
  if (m.why === "arrivals") return t("mass.arrivals", { n: m.arrivals });
  return m.why ? t(`mass.${m.why}`) : "";
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
