/**
 * The crew page's service worker: keeps the page and its files, so that it opens without a network. Data is the
 * page's own matter (IndexedDB); nothing of the JSON interface is kept here.
 */

const SHELL = "crew-shell";
const PAGE = "/crew";
const ANSWER_MS = 4000;

/** The page as the server has it now, with the files that it names; the old ones go only after that. */
async function keep(/** @type {string} */ address, /** @type {Response} */ answer) {
  const shell = await caches.open(SHELL);
  const html = await answer.clone().text();
  const files = [...new Set(html.match(/\/static\/[\w./-]+/g) ?? [])].filter((path) => /\.\w+$/.test(path));
  const have = new Set((await shell.keys()).map((request) => new URL(request.url).pathname));
  await shell.addAll(files.filter((path) => !have.has(path)));
  await shell.put(address, answer);
  const version = files[0]?.split("/")[2];
  for (const request of await shell.keys()) {
    const parts = new URL(request.url).pathname.split("/");
    if (parts[1] === "static" && version && parts[2] !== version) await shell.delete(request);
  }
}

/** @param {string} address */
async function fetchPage(address) {
  const answer = await fetch(address, { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
  await keep(address, answer);
}

/** @param {Request} request */
async function page(request) {
  const { pathname, searchParams } = new URL(request.url);
  const lang = searchParams.get("lang");
  const address = lang === "zh" || lang === "en" ? `${pathname}?lang=${lang}` : pathname;
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (answer.ok && !answer.redirected) await keep(address, answer.clone()).catch(() => undefined);
    if (answer.status < 500) return answer;
  } catch {
    // no network: what was kept
  }
  const shell = await caches.open(SHELL);
  return (await shell.match(address)) ?? (await shell.match(PAGE)) ?? Response.error();
}

/** @param {Request} request */
async function file(request) {
  const kept = await (await caches.open(SHELL)).match(request);
  return kept ?? fetch(request);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(Promise.all([PAGE, `${PAGE}?lang=zh`, `${PAGE}?lang=en`].map(fetchPage)));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === PAGE) event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(SHELL));
});
