/**
 * What the hub says now, held for drawing: tags with their newest values, alarms, incidents, work orders
 * and notices. Ledger events only say that something changed; the truth is asked for again, at most
 * twice a second a kind, so that a storm of events is a handful of questions.
 */
import { open } from "./alarms.js";
import { setClock } from "./clock.js";
import { get, need, passing } from "./http.js";
import { may } from "./page.js";
import { soon } from "./soon.js";
import { Stream } from "./stream.js";

const STANDING = ["UNACK", "ACKED", "RTNUN", "LTCH_UNACK", "LTCH_ACK", "SHLVD", "DSUPR", "OOSRV"];
/** Where each kind is held, where it is asked for, and the permission that takes. */
const KINDS = /** @type {const} */ ({
  alarm: ["alarms", `/api/v1/alarms?limit=5000&${STANDING.map((state) => `state=${state}`).join("&")}`, "alarms"],
  incident: ["incidents", "/api/v1/incidents?limit=200", "incidents"],
  work_order: ["orders", "/api/v1/work-orders?limit=200", "work_orders"],
  activity: ["activities", "/api/v1/activities", "alarms"],
  proposal: ["proposals", "/api/v1/proposals", "proposals"],
  call: ["calls", "/api/v1/calls?limit=200", "calls"],
  notification: ["notifications", "/api/v1/notifications?limit=200", "calls"],
  notice: ["notices", "/api/v1/notices?limit=200", "notices"],
  flood: ["floods", "/api/v1/floods?open=true", "alarms"],
});
/** Told on as they come; who hears them asks for what it needs. */
const TOLD = ["phone_call", "mass_calls", "call_cluster", "annotation", "shift", "dispatch", "quality_hold"];
/** Alarms are asked for page by page: none is missing because there are many. Of the others the newest are enough. */
const MOST_PAGES = 20;

/** @typedef {keyof typeof KINDS} Kind */

export const store = {
  /** @type {Map<string, any>} by id, each with `latest` {t, v, q} */
  tags: new Map(),
  /** @type {any[]} */ alarms: [],
  /** @type {any[]} */ incidents: [],
  /** @type {any[]} */ orders: [],
  /** @type {any[]} */ notices: [],
  /** Work that is planned, going on or overrun. @type {any[]} */ activities: [],
  /** What waits for a second person. @type {any[]} */ proposals: [],
  /** Who is called. @type {any[]} */ calls: [],
  /** Who was told what, the newest first. @type {any[]} */ notifications: [],
  /** Floods that are on. @type {any[]} */ floods: [],
  /** Refusals of the last loading, by kind; shown, never hidden. @type {Map<string, Error>} */
  errors: new Map(),
  /** The last heartbeat: ages of the pipeline, sources. @type {any} */
  pulse: null,
  live: false,
  ageMs: Infinity,
};

/** @type {Map<string, Set<(detail?: any) => void>>} */
const listeners = new Map();

/** Hear of "alarm", "incident", "work_order", "notice", "values", "age" or "loaded".
 * @param {string} what @param {(detail?: any) => void} listener */
export function on(what, listener) {
  const set = listeners.get(what) ?? new Set();
  set.add(listener);
  listeners.set(what, set);
}

/** @param {string} what @param {any} [detail] */
function tell(what, detail) {
  for (const listener of listeners.get(what) ?? []) listener(detail);
}

/** How often each kind was asked for, or told whole. @type {Map<string, number>} */
const asked = new Map();

/** Now, not soon. @param {Kind} kind */
export async function load(kind) {
  if (!(await read(kind))) refresh(kind);
}

/** Of several questions the last one's answer counts: an older one says what is over. @param {Kind} kind
 * @returns {Promise<boolean>} whether the hub answered */
async function read(kind) {
  const [field, path, permission] = KINDS[kind];
  const mine = (asked.get(kind) ?? 0) + 1;
  asked.set(kind, mine);
  let answered = true;
  try {
    const items = may(permission) ? await whole(path, kind === "alarm" ? MOST_PAGES : 1) : store[field];
    if (mine !== asked.get(kind)) return true;
    store[field] = items;
    store.errors.delete(kind);
  } catch (error) {
    if (mine !== asked.get(kind)) return true;
    store.errors.set(kind, /** @type {Error} */ (error));
    answered = !passing(error);
  }
  tell(kind);
  return answered;
}

/** @param {string} path @param {number} most pages */
async function whole(path, most) {
  const first = await get(path);
  const items = first.items;
  let after = first.next;
  for (let page = 1; after && page < most; page += 1) {
    const next = await get(`${path}${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(after)}`);
    items.push(...next.items);
    after = next.next;
  }
  return items;
}

/** Values that came before their tags: told once, for of a Bad one there is no second. @type {Map<string, any>} */
const early = new Map();

async function loadTags() {
  for (const tag of (await need("/api/v1/tags")).items) {
    const newer = early.get(tag.id);
    if (newer && !(tag.latest && Date.parse(tag.latest.t) > Date.parse(newer.t))) tag.latest = newer;
    store.tags.set(tag.id, tag);
  }
  early.clear();
}

/** @type {Map<Kind, () => void>} */
const wishes = new Map(/** @type {Kind[]} */ (Object.keys(KINDS)).map((kind) => [kind, soon(() => read(kind))]));

/** Ask for a kind again soon. @param {Kind} kind */
const refresh = (kind) => wishes.get(kind)?.();

/** @param {{tags: string[], t: string[], v: (number|null)[], q: number[]}} columns */
function takeValues(columns) {
  columns.tags.forEach((id, i) => {
    const tag = store.tags.get(id);
    const latest = { t: columns.t[i], v: columns.v[i], q: columns.q[i] };
    if (tag) tag.latest = latest;
    else early.set(id, latest);
  });
  tell("values", columns.tags);
}

/** The standing state: the first picture, or the next after too long a gap. @param {any} standing */
function takeStanding(standing) {
  store.alarms = standing.alarms;
  store.incidents = standing.incidents;
  store.orders = standing.work_orders;
  store.notices = standing.notices;
  store.floods = standing.floods;
  for (const kind of wishes.keys()) {
    asked.set(kind, (asked.get(kind) ?? 0) + 1);
    tell(kind);
    refresh(kind);
  }
}

/** @param {string} name @param {any} data */
function frame(name, data) {
  if (name === "hb") {
    store.pulse = data;
    setClock(data.now, data.clock);
    tell("hb");
  } else if (name === "values") takeValues(data);
  else if (name === "reset") takeStanding(data);
  else if (name in KINDS) {
    refresh(/** @type {Kind} */ (name));
    if (name === "work_order" && store.incidents.some(open)) refresh("incident");
  }
  else tell(name, data);
}

/** Open the stream, whose first frames are the clock and the standing state, and ask for the tags. */
export async function start() {
  const clock = new Promise((resolve) => on("hb", resolve));
  const names = ["hb", "values", "reset", ...Object.keys(KINDS), ...TOLD];
  new Stream("/api/v1/events", names, frame, (live, ageMs) => {
    store.live = live;
    store.ageMs = ageMs;
    tell("age");
  }).start();
  await Promise.all([clock, loadTags()]);
  tell("loaded");
}
