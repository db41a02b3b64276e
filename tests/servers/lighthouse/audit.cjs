// Lighthouse on each page, as many times as asked, in one browser; a line of JSON a run.
// node audit.cjs '{"modules": FOLDER, "urls": [...], "runs": 5, "settings": {...}}'; CHROME_PATH says which browser.
const { pathToFileURL } = require("node:url");

const asked = JSON.parse(process.argv[2]);
const load = (file) => import(pathToFileURL(`${asked.modules}/${file}`).href);

async function main() {
  const { launch } = await load("chrome-launcher/dist/index.js");
  const { default: lighthouse } = await load("lighthouse/core/index.js");
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  const chrome = await launch({ chromeFlags: flags, logLevel: "silent" });
  const config = { extends: "lighthouse:default", settings: { disableFullPageScreenshot: true, ...asked.settings } };
  try {
    for (let run = 0; run < asked.runs; run += 1) {
      for (const url of asked.urls) {
        const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "silent" }, config);
        const audits = Object.values(lhr.audits);
        console.log(JSON.stringify({
          url,
          error: lhr.runtimeError?.message ?? null,
          scores: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score])),
          values: Object.fromEntries(audits.map(({ id, numericValue }) => [id, numericValue])),
          failed: audits.filter(({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === "binary").map(({ id }) => id),
          speed: lhr.environment.benchmarkIndex,
        }));
      }
    }
  } finally {
    chrome.kill();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
