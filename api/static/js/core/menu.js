/** Language, theme and signing out, on every page with a menu. */
import { plantNow } from "./clock.js";
import { byId, setText } from "./dom.js";
import { age, clockTime, dateOf } from "./format.js";
import { remove } from "./http.js";
import { forget, forgetOthers } from "./kept.js";
import { toggleTheme } from "./theme.js";
import { t } from "./words.js";

export function installMenu() {
  forgetOthers();
  byId("theme").addEventListener("click", toggleTheme);
  byId("lang").addEventListener("click", (event) => {
    event.preventDefault();
    const wanted = byId("lang").hreflang === "en" ? "en" : "zh";
    document.cookie = `lang=${wanted}; path=/; max-age=31536000; samesite=strict`;
    const address = new URL(location.href);
    address.searchParams.set("lang", wanted);
    location.assign(address);
  });
  document.getElementById("sign-out")?.addEventListener("click", async () => {
    forget();
    await remove("/api/v1/session").catch(() => null);
    location.assign("/sign-in");
  });
}

/** The clock, the link's age, and that it is not live. Of the store no more than that: whoever has a menu need not
 * have a store. @param {{live: boolean, ageMs: number}} store */
export function drawAges({ live, ageMs }) {
  const now = plantNow();
  const old = age(ageMs / 1000);
  if (now) {
    setText(byId("time"), clockTime(now));
    setText(byId("date"), dateOf(now));
  }
  const stale = !live && Number.isFinite(ageMs);
  setText(byId("age"), now ? t("wall.link", { age: old }) : t("wall.connecting"));
  byId("age").classList.toggle("stale", stale);
  byId("stale").hidden = !stale;
  if (stale && now) setText(byId("stale-since"), t("wall.last", { time: clockTime(now - ageMs), age: old }));
}
