/** Where a session is over: the way back to this very page. */
import { el } from "./dom.js";

/** @param {string} word */
export const signInAgain = (word) => el("a", { href: `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}` }, word);
