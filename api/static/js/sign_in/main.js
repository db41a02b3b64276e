/** Signing in; a one-time password is changed at once. Nothing typed ever enters an address. */
import { byId, setText } from "../core/dom.js";
import { consult, get, Refused } from "../core/http.js";
import { installMenu } from "../core/menu.js";
import { parameter } from "../core/page.js";
import { t } from "../core/words.js";

const field = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));

/** Only an address of this hub. */
function next() {
  const wanted = parameter("next");
  return /^\/(?![/\\])/.test(wanted) ? wanted : "/";
}

/** @param {string} text @param {HTMLInputElement} [at] */
function fail(text, at) {
  setText(byId("error"), text);
  document.title = `${t("sign_in.error")} ${document.title.replace(`${t("sign_in.error")} `, "")}`;
  for (const input of document.querySelectorAll("input")) input.setAttribute("aria-invalid", String(input === at));
  at?.focus();
}

async function submit() {
  const [user, password, fresh] = [field("user"), field("password"), field("fresh")];
  if (!user.value.trim()) return fail(t("sign_in.no_user"), user);
  if (!password.value) return fail(t("sign_in.no_password"), password);
  if (!byId("change").hidden) {
    if (fresh.value.length < 8) return fail(t("sign_in.short"), fresh);
    await consult("/api/v1/me/password", { password: password.value, new_password: fresh.value });
    return location.assign(next());
  }
  await consult("/api/v1/session", { user: user.value.trim(), password: password.value });
  const me = await get("/api/v1/me");
  if (!me.must_change) return location.assign(next());
  byId("change").hidden = false;
  setText(byId("error"), "");
  fresh.focus();
}

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const go = /** @type {HTMLButtonElement} */ (byId("go"));
  go.disabled = true;
  try {
    await submit();
  } catch (error) {
    const status = error instanceof Refused ? error.status : -1;
    const key = { 0: "unreachable", 401: "refused", 429: "too_many" }[status] ?? "other";
    fail(`${t(`sign_in.${key}`)}${key === "other" ? ` ${/** @type {Error} */ (error).message}` : ""}`, field("password"));
  } finally {
    go.disabled = false;
  }
});

installMenu();
document.body.dataset.ready = "true";
