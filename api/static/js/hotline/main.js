/** The hotline: one box, one card. What is typed travels in a request's body, never in an address. */
import { byId, el, keyed, replace, setText } from "../core/dom.js";
import { hourMinute, instant, number } from "../core/format.js";
import { post, Refused } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { local, t } from "../core/words.js";
import { drawCard } from "./card.js";

const SHOWN_NOTICES = 12;
const box = () => /** @type {HTMLInputElement} */ (byId("asked"));
let asking = 0;

/** A telephone number, an account or an address, by its look: accounts begin with a letter.
 * @param {string} text @returns {{tel: string}|{account: string}|{address: string}} */
export function question(text) {
  const plain = text.replace(/[\s\-－—()（）]/g, "").replace(/[０-９]/g, (d) => String.fromCharCode(d.charCodeAt(0) - 0xfee0));
  if (/^\+?\d{7,15}$/.test(plain)) return { tel: plain };
  if (/^[A-Za-z]{1,4}-?\d{3,12}$/.test(plain)) return { account: text.trim() };
  return { address: text.trim() };
}

/** The last caller's answer goes at once: it must not be told to the next. @param {object} body */
async function ask(body) {
  asking += 1;
  const mine = asking;
  replace(byId("card"));
  setText(byId("kind"), t("hotline.looking"));
  try {
    const card = await post("/api/v1/hotline/card", body);
    if (mine !== asking) return;
    replace(byId("card"), ...drawCard(card, (account) => void ask({ account })));
    document.getElementById("verdict")?.focus();
    setText(byId("kind"), t("hotline.kinds"));
  } catch (error) {
    if (mine !== asking) return;
    const status = error instanceof Refused ? error.status : -1;
    const key = status === 0 ? "desk.unreachable" : status === 401 ? "desk.do_sign_in" : "";
    replace(byId("card"), el("p", { class: "bad", role: "alert" }, key ? t(key) : /** @type {Error} */ (error).message, " ", t("hotline.still")));
    setText(byId("kind"), t("hotline.kinds"));
  }
}

function drawToday() {
  const items = store.notices.filter((n) => ["published", "approved", "draft"].includes(n.state)).slice(0, SHOWN_NOTICES);
  keyed(byId("today"), items.length ? items : [null], (n) => (n ? `${n.id}${n.seq}` : "none"), () => el("li"), (node, n) => {
    if (!n) replace(node, el("p", { class: "quiet" }, t("hotline.no_notices")));
    else {
      replace(node,
        el("p", { class: "quiet" }, t(`notice.${n.state}`), " · ", hourMinute(instant(n.published ?? n.drafted)), " · ", t("hotline.n_accounts", { n: number(n.accounts_affected) })),
        el("h3", {}, local(n.title)),
        el("p", {}, n.state === "published" ? local(n.body) : t("hotline.internal")));
    }
  });
}

function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      box().value = "";
      box().focus();
      return;
    }
    const typing = event.target instanceof HTMLInputElement;
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") box().focus();
    else if (/^[1-9]$/.test(event.key)) {
      const buttons = [...document.querySelectorAll("[data-account]")];
      /** @type {HTMLElement|undefined} */ (buttons[Number(event.key) - 1])?.click();
    } else return;
    event.preventDefault();
  });
}

async function main() {
  installMenu();
  keys();
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    if (box().value.trim()) void ask(question(box().value));
    else box().focus();
  });
  on("notice", drawToday);
  on("age", drawAges);
  setInterval(() => {
    drawAges();
    applyTheme();
  }, 1000);
  drawToday();
  await start();
  document.body.dataset.ready = "true";
}

void main();
