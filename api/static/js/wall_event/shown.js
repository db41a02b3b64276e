/** Which incident is shown: the one in the address, else the worst there is now; what has joined another is read there. */
import { open, urgent } from "../core/alarms.js";
import { get, passing, Refused } from "../core/http.js";
import { soon } from "../core/soon.js";
import { on, store } from "../core/store.js";

/** Incidents that joined one another are followed so far. */
const MOST_JOINED = 8;
const pinned = decodeURIComponent(location.pathname.split("/")[3] ?? "");

/** joined: it is read instead of one that was put together with it. trouble: "waiting" until there is a first answer.
 * @type {{incident: any, joined: boolean, trouble: ""|"waiting"|"unknown"|"unread", wanted: string}} */
export const shown = { incident: null, joined: false, trouble: "waiting", wanted: "" };

/** Once none is open, the last one stays: it says that it is over. */
const wanted = () => pinned || (urgent(store.incidents.filter(open), store.alarms)[0]?.id ?? shown.incident?.id ?? "");

/** @param {string} id */
async function whole(id) {
  let found = await get(`/api/v1/incidents/${encodeURIComponent(id)}`);
  let joined = false;
  for (let n = 0; found.merged_into && n < MOST_JOINED; n += 1) {
    joined = true;
    found = await get(`/api/v1/incidents/${encodeURIComponent(found.merged_into)}`);
  }
  return { incident: found, joined };
}

/** @returns {Promise<boolean>} whether the hub answered */
async function load() {
  const id = wanted();
  shown.wanted = id;
  try {
    Object.assign(shown, id ? await whole(id) : { incident: null, joined: false }, { trouble: "" });
    return true;
  } catch (error) {
    shown.trouble = error instanceof Refused && error.status === 404 ? "unknown" : "unread";
    if (shown.trouble === "unknown") shown.incident = null;
    return !passing(error);
  }
}

/** @param {() => void} changed */
export function follow(changed) {
  const wish = soon(async () => {
    const answered = await load();
    changed();
    return answered;
  });
  for (const what of ["incident", "work_order", "notice"]) on(what, wish);
  on("alarm", () => {
    if (wanted() !== shown.wanted) wish();
  });
}
