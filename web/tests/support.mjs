/**
 * What every test in a browser stands on. Run by `tests/api/browser` with the address of a service with the sample
 * (`CCIN_SERVICE`), an admin's access token (`CCIN_TOKEN`), the folder in which the page was built (`CCIN_PAGE`) and a browser
 * (`CHROMIUM`).
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

/** Address of the service, without a slash at its end. */
export const SERVICE = variable("CCIN_SERVICE");
/** WCAG 2.2, levels A and AA. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"].concat(
  ["--disable-background-networking", "--disable-component-update", "--disable-sync"],
);
/** Milliseconds for what should take far less, on a machine that is busy with other tests. */
const PATIENCE = 30_000;
/** For a whole test. */
const LONGEST = 180_000;

const need = createRequire(`${variable("CCIN_PAGE")}/package.json`);
const { chromium } = need("playwright-core");
const axe = readFileSync(need.resolve("axe-core/axe.min.js"), "utf8");

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: variable("CHROMIUM"), args: ARGUMENTS });
});
after(() => browser?.close());

/** A context with an empty cache. */
export function emptyContext(options) {
  return browser.newContext(options);
}

export function variable(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

/**
 * A test with a page of its own. It fails as well when the console shows an error, or when anything is asked of another
 * origin than the service and those in `origins`.
 */
export function browsing(name, act, { width = 1280, height = 900, scheme = "light", script = true, origins = [], faults = [] } = {}) {
  test(name, { timeout: LONGEST }, async () => {
    const context = await emptyContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: "reduce",
      locale: "en-GB",
      javaScriptEnabled: script,
    });
    context.setDefaultTimeout(PATIENCE);
    const wrong = [];
    const ours = [SERVICE, ...origins];
    context.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !faults.some((fault) => fault.test(text))) wrong.push(`console: ${text} (${message.location().url})`);
    });
    context.on("weberror", (error) => wrong.push(`error: ${error.error()}`));
    context.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && !ours.includes(origin)) wrong.push(`asked another origin: ${request.url()}`);
    });
    try {
      const page = await context.newPage();
      await act(page, context);
      assert.deepEqual(wrong, []);
    } finally {
      await context.close();
    }
  });
}

/** Open a page of the service and wait until it says what it is to say. */
export async function visit(page, path) {
  const response = await page.goto(SERVICE + path);
  await settled(page);
  return response;
}

/** Until nothing is being loaded or looked for. After a link within the page, only the page itself can tell: the network of
    its document was idle long ago. */
export async function settled(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .loading'));
}

/** What the API answers. */
export async function api(path) {
  const response = await fetch(SERVICE + path);
  assert.equal(response.status, 200, path);
  return response.json();
}

/** Hold the page against axe's rules for WCAG 2.2 A and AA. */
export async function accessible(page, what) {
  // Not as a script of the page: its policy lets in none but its own.
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: "tag", values } }), RULES);
  assert.ok(passes.length > 5, `${what}: axe has seen nothing`);
  const said = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")} ${node.failureSummary}`));
  assert.deepEqual(said, [], what);
}

/** Hold that nothing makes the page wider than the screen. */
export async function fits(page, what) {
  const { wide, screen, widest } = await page.evaluate(() => {
    const screen = document.documentElement.clientWidth;
    const beyond = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > screen + 1);
    return { wide: document.documentElement.scrollWidth, screen, widest: beyond.slice(0, 5).map((one) => one.outerHTML.slice(0, 120)) };
  });
  assert.ok(wide <= screen, `${what} is ${wide} pixels wide on a screen of ${screen}: ${widest.join("\n")}`);
}
