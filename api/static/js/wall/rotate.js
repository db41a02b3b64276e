/** One screen that shows several pages in turn: `rotate=overview:60,quality:20,dma-06:20`, seconds each. While an alarm or
 * incident of priority 1 or 2 is open it stays on the overview and says so. */
import { open, priorityOf, standing } from "../core/alarms.js";
import { parameter } from "../core/page.js";
import { store } from "../core/store.js";
import { t } from "../core/words.js";

const PATHS = /** @type {Record<string, string>} */ ({ overview: "/wall", quality: "/wall/quality" });
const LEAST_S = 2;
const URGENT = 2;
const ZONES = "zones";

/** @typedef {{path: string, seconds: number}} Stop */

/** `zones` are all that have instruments. @returns {Stop[]} */
function stops() {
  const asked = parameter("rotate").split(",").map((part) => part.trim().split(":")).filter(([name, s]) => name && Number(s) > 0);
  const all = () => [...new Set([...store.tags.values()].map((tag) => tag.zone).filter(Boolean))];
  return asked.flatMap(([name, s]) => (name === ZONES ? all() : [name]).map((one) => ({
    path: PATHS[one] ?? `/wall/zone/${encodeURIComponent(one)}`,
    seconds: Math.max(LEAST_S, Number(s)),
  })));
}

let since = performance.now();
let going = false;

/** Something that people must see now. */
const urgent = () =>
  store.alarms.some((alarm) => standing(alarm) && alarm.priority <= URGENT) ||
  store.incidents.some((incident) => open(incident) && (priorityOf(incident, store.alarms) ?? 9) <= URGENT);

/** @param {Stop[]} all */
function here(all) {
  const at = Number(parameter("at", "-1"));
  return all[at]?.path === location.pathname ? at : all.findIndex(({ path }) => path === location.pathname);
}

/** A page is only left for one that answers: a screen that nobody touches never ends on a browser's own error.
 * @param {Stop[]} all @param {number} to */
async function go(all, to) {
  const address = new URL(location.href);
  address.pathname = all[to].path;
  address.searchParams.set("at", String(to));
  going = true;
  const answer = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(5000) }).catch(() => null);
  going = false;
  since = performance.now();
  if (answer?.ok && !answer.redirected && store.live) location.replace(address);
}

/** Once a second. What is not live stays: it says so, and what it showed last. */
export function rotate() {
  const all = parameter("rotate") ? stops() : [];
  if (all.length < 2 || going || !store.live || !store.tags.size) return;
  const at = here(all);
  if (urgent()) {
    since = performance.now();
    const overview = all.findIndex(({ path }) => path === PATHS.overview);
    if (overview >= 0 && location.pathname !== PATHS.overview) void go(all, overview);
  } else if (performance.now() - since >= (all[at]?.seconds ?? LEAST_S) * 1000) void go(all, (at + 1) % all.length);
}

/** @returns {import("./ages.js").Trouble[]} */
export const rotationTroubles = () =>
  parameter("rotate") && urgent() ? [{ key: "rotation", level: "plain", text: t("wall.rotation_held") }] : [];
