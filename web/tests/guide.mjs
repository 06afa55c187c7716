/** The guide in a browser: search by keyboard, no barrier in light and dark, no scrolling sideways on a telephone. */

import assert from "node:assert/strict";

import { accessible, browsing, fits, SERVICE } from "./support.mjs";

const GUIDE = `${SERVICE}/docs/guide/`;
/** A page of each kind of content: lists, code, a picture, wide tables. */
const PAGES = ["", "tutorials/csv-to-chart", "how-to/keys", "reference/operations", "reference/settings", "nothing"];
const REFUSALS = [/status of 404/];

browsing("the guide is searched by keyboard", async (page) => {
  await page.goto(GUIDE);
  const words = page.getByRole("searchbox", { name: "Search the guide" });
  await words.fill("restore dump");
  await page.getByRole("status").filter({ hasText: /\d+ results?/ }).waitFor();
  await accessible(page, "results of a search");
  await words.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/docs\/guide\/how-to\/[a-z-]+/);
  await words.fill("zzyzx");
  await page.getByText("No results").waitFor();
  await words.press("Escape");
  await page.getByText("No results").waitFor({ state: "hidden" });
});

browsing(
  "the guide is read without scripts",
  async (page) => {
    await page.goto(GUIDE);
    await page.getByRole("link", { name: "Back up and restore" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Back up and restore" }).waitFor();
    assert.equal(await page.getByRole("searchbox").count(), 0);
  },
  { script: false },
);

for (const [scheme, width] of [
  ["light", 1280],
  ["dark", 1280],
  ["light", 375],
  ["dark", 320],
]) {
  browsing(
    `no page of the guide has a barrier (${scheme}, ${width} pixels)`,
    async (page) => {
      for (const path of PAGES) {
        await page.goto(GUIDE + path);
        await accessible(page, `the guide (${path})`);
        await fits(page, `the guide (${path})`);
      }
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const brightness = Math.max(...paper.match(/\d+/g).slice(0, 3).map(Number));
      assert.equal(brightness < 128, scheme === "dark", paper);
    },
    { scheme, width, faults: REFUSALS },
  );
}
