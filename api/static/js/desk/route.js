/** The desk's state is its address: `?view=alarms&id=…`. Every view and record can be linked to. */
import { choices } from "../core/page.js";

export const VIEWS = /** @type {const} */ (["alarms", "incidents", "orders", "notices", "collection", "master"]);
/** @typedef {typeof VIEWS[number]} View */

/** @type {(() => void)[]} */
const listeners = [];

/** @returns {{view: View, id: string}} */
export function route() {
  const wanted = new URLSearchParams(location.search);
  const view = VIEWS.find((name) => name === wanted.get("view")) ?? VIEWS[0];
  return { view, id: wanted.get("id") ?? "" };
}

/** The address of a record, keeping language and theme. @param {View} view @param {string} [id]
 * @param {Record<string, string>} [more] */
export function address(view, id = "", more = {}) {
  const next = choices();
  next.set("view", view);
  if (id) next.set("id", id);
  for (const [name, value] of Object.entries(more)) next.set(name, value);
  return `${location.pathname}?${next}`;
}

/** Of a tag, on the page of its own. @param {string} tag */
export function trendOf(tag) {
  const to = new URLSearchParams({ pens: tag });
  for (const [name, value] of choices()) to.set(name, value);
  return `/trends?${to}`;
}

/** @param {View} view @param {string} [id] @param {{replace?: boolean, more?: Record<string, string>}} [how] */
export function go(view, id = "", { replace = false, more = {} } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address(view, id, more));
  for (const listener of listeners) listener();
}

/** @param {() => void} listener */
export const onRoute = (listener) => void listeners.push(listener);

window.addEventListener("popstate", () => {
  for (const listener of listeners) listener();
});

/** Links to the desk itself move within the page. */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || to.pathname !== location.pathname || link.hasAttribute("data-reload")) return;
  if (to.searchParams.get("view") === "trends") return;
  event.preventDefault();
  history.pushState(null, "", to);
  for (const listener of listeners) listener();
});
