/** Collection: every connection with its devices and tags, the spool, and what was refused. */
import { plantNow } from "../core/clock.js";
import { el } from "../core/dom.js";
import { age, clockTime, dateTime, day, instant, number } from "../core/format.js";
import { get } from "../core/http.js";
import { known, lang, listed, local, t } from "../core/words.js";
import { fact } from "./alarms.js";
import { advice } from "./commands.js";
import { loadMaintenance, maintenanceBlock } from "./maintenance.js";
import { address, route, trendOf } from "./route.js";

const EVERY_MS = 2000;
const FATES = ["stored", "spooled", "duplicate", "quarantined", "compressed", "shed", "corrupt"];
const SOON_MS = 30 * 86400e3;

/** The newest answers: the whole, the chosen connection, the hub's own conditions; and why there is none. */
const seen = { /** @type {any} */ all: null, /** @type {any} */ one: null, /** @type {any[]} */ conditions: [], wrong: "" };

export const connections = () => seen.all?.connections ?? [];

/** What the view would be drawn from, as text: equal means nothing to redraw. */
export const collectionPrint = () => JSON.stringify([seen.all?.time, seen.one, seen.conditions, seen.wrong]);

/** Asks every two seconds while the view is open. @param {() => void} redraw */
export function installCollection(redraw) {
  const ask = async () => {
    const { view, id } = route();
    if (view !== "collection" || document.hidden) return;
    try {
      const [all, standing, one] = await Promise.all([
        get("/api/v1/collection"),
        get("/api/v1/health/conditions"),
        id ? get(`/api/v1/collection/${encodeURIComponent(id)}`) : null,
        id ? null : loadMaintenance(),
      ]);
      if (route().id === id) Object.assign(seen, { all, one, conditions: standing.items, wrong: "" });
    } catch (error) {
      seen.wrong = advice(/** @type {Error} */ (error));
    }
    redraw();
  };
  setInterval(() => void ask(), EVERY_MS);
  return ask;
}

/** The glossary's word, or the code itself where it has none. @param {string} key @param {string} code */
const word = (key, code) => (known(key) ? t(key) : code);

/** State is a shape and a word, never colour alone. @param {string} state */
const sign = (state) => el("span", { class: `health ${state}` }, el("i", { "aria-hidden": "true" }), word(`health.${state}`, state));

/** @param {string|null} time */
const ago = (time) => (time ? age((plantNow() - instant(time)) / 1000) : t("health.never"));

/** A cause in Chinese where there is a wording for it, with the driver's own line behind it.
 * @param {{cause: string|null, cause_zh: string|null}} of */
const told = (of) => (lang === "zh" && of.cause_zh ? el("span", { title: of.cause }, of.cause_zh) : el("span", { lang: "en" }, of.cause ?? ""));

/** "3 / 18": in trouble, of all. @param {{all: number, in_trouble?: number, bad?: number}} of */
const share = (of) => (!of.all ? "–" : of.in_trouble ?? of.bad ? `${number(of.in_trouble ?? of.bad)} / ${number(of.all)}` : number(of.all));

/** @returns {import("./table.js").Columns<any>} */
export const connectionColumns = () => ({
  name: t("desk.collection"),
  empty: t("health.none"),
  heads: ["state", "message", "cause", "last_good", "tags", "devices", "round_trip"].map((id) => ({ id, label: t(`health.head_${id}`) })),
  key: (c) => c.id,
  rowClass: (c) => `health-${c.state}`,
  cells: (c) => [
    sign(c.state),
    el("span", {}, el("a", { href: address("collection", c.id) }, c.id), c.insecure && el("b", { class: "insecure" }, t("health.insecure"))),
    told(c),
    ago(c.last_good),
    share(c.tags),
    share(c.devices),
    c.round_trips_ms ? `${number(c.round_trips_ms.p95, 1)} ms` : "–",
  ],
});

/** The chosen connection, or spool and quarantine when none is. @param {string} id */
export function collectionPane(id) {
  if (seen.wrong) return [el("p", { class: "bad" }, seen.wrong)];
  if (!seen.all || (id && seen.one?.id !== id)) return [el("p", { class: "quiet" }, t("desk.loading"))];
  return id ? connection(seen.one) : [...conditions(), ...maintenanceBlock(), ...spool(), ...quarantine()];
}

function conditions() {
  if (!seen.conditions.length) return [];
  const rows = seen.conditions.map((c) =>
    el("li", { class: c.severity }, el("b", {}, local(c.cause)), el("p", {}, local(c.mend)),
      el("p", { class: "quiet" }, t("health.since", { time: dateTime(instant(c.since)) }), " ", el("span", { lang: "en" }, c.detail))));
  return [el("h2", {}, t("health.conditions")), el("ul", { class: "conditions" }, ...rows)];
}

function spool() {
  const { spool: s } = seen.all;
  return [
    el("h2", {}, t("health.spool")),
    el("p", { class: "quiet" }, t("health.equation")),
    el("dl", { class: "facts" },
      ...fact(t("fate.received"), number(s.received)),
      ...FATES.flatMap((fate) => fact(t(`fate.${fate}`), number(s[fate]))),
      ...fact(t("health.bytes"), `${number(s.bytes / 2 ** 20, 1)} MiB`)),
  ];
}

function quarantine() {
  const q = seen.all.quarantine;
  if (!q) return [];
  const head = [el("h2", {}, t("health.quarantine")),
    el("p", { class: "quiet" }, q.waiting ? t("health.waiting", { n: number(q.waiting) }) : t("health.nothing_waits"))];
  if (!q.reasons.length) return head;
  return [...head, grid(["source", "reason", "n", "samples"],
    q.reasons.map((/** @type {any} */ r) => [r.source, word(`failure.${r.reason}`, r.reason), number(r.n), number(r.samples)]))];
}

/** @param {any} c */
function connection(c) {
  const expires = c.certificate_expires && instant(c.certificate_expires);
  const soon = expires && expires - plantNow() < SOON_MS;
  return [
    el("p", {}, el("a", { href: address("collection") }, `← ${t("health.spool")} · ${t("health.quarantine")}`)),
    el("h2", {}, sign(c.state), " ", c.id),
    c.cause && el("p", { class: "cause" }, told(c)),
    lang === "zh" && c.cause_zh && el("p", { class: "quiet", lang: "en" }, c.cause),
    el("dl", { class: "facts" },
      ...fact(t("health.head_last_good"), c.last_good ? `${clockTime(instant(c.last_good))} · ${ago(c.last_good)}` : t("health.never")),
      ...(c.insecure ? fact(t("health.encryption"), el("b", { class: "insecure" }, t("health.insecure"))) : []),
      ...(expires ? fact(t("health.certificate"), el("span", { class: soon ? "stale" : "" }, day(expires))) : []),
      ...(c.round_trips_ms ? fact(t("health.head_round_trip"), trips(c.round_trips_ms)) : []),
      ...Object.entries(c.counts).flatMap(([name, n]) => fact(t(`count.${name}`), number(Number(n)))),
      ...Object.entries(c.failures).flatMap(([name, n]) => fact(word(`failure.${name}`, name), number(Number(n))))),
    el("h3", {}, t("health.devices", { n: number(c.devices.all) })),
    grid(["state", "device", "cause", "last_good", "breaker", "round_trip", "counts"], c.device_list.map(device)),
    el("h3", {}, t("health.tags", { n: number(c.tags.all) })),
    grid(["tag", "quality", "last_good", "cause"], c.tag_list.map(tag)),
  ];
}

/** @param {any} d */
const device = (d) => [
  sign(d.state),
  d.id,
  el("span", {}, told(d), d.skew_s && Math.abs(d.skew_s) >= 30 ? ` ${t("health.skew", { s: number(d.skew_s) })}` : ""),
  ago(d.last_good),
  d.breaker === "closed" ? "–" : `${word(`breaker.${d.breaker}`, d.breaker)}${d.probe_at ? ` → ${clockTime(instant(d.probe_at))}` : ""}`,
  d.round_trips_ms ? trips(d.round_trips_ms) : "–",
  listed(Object.entries(d.failures).map(([name, n]) => `${word(`failure.${name}`, name)} ${number(Number(n))}`)) || "–",
];

/** @param {any} g */
const tag = (g) => [
  el("a", { href: trendOf(g.id), title: local(g.name) }, g.id),
  el("span", { class: g.quality && g.quality !== "good" ? "stale" : "" }, g.status ? word(`quality.${g.status}`, g.status) : t("health.no_value")),
  ago(g.last_good),
  told(g),
];

/** @param {{p50: number, p95: number, p99: number}} ms */
const trips = (ms) => `${number(ms.p50, 1)} / ${number(ms.p95, 1)} / ${number(ms.p99, 1)} ms`;

/** @param {string[]} heads @param {(Node|string)[][]} rows */
const grid = (heads, rows) =>
  el("div", { class: "scroll", tabindex: 0 }, el("table", { class: "grid" },
    el("thead", {}, el("tr", {}, ...heads.map((id) => el("th", { scope: "col" }, t(`health.head_${id}`))))),
    el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((cell, i) => el("td", { class: heads[i] === "cause" ? "cause" : "" }, cell)))))));
