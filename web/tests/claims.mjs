/** Councils and themes with more claims than their pages show at first: 230, of 60 in each initiative. */

import assert from "node:assert/strict";

import { SERVICE, accessible, browsing, fits, visit } from "./support.mjs";

const PAGES = ["/councils/swansea", "/themes/bandstands"];
const ALL = 230;

const claims = (page) => page.locator(".plot li");
const more = (page) => page.locator('section[aria-labelledby="claims"] .more');

browsing("the rest of the claims is shown on demand, and the focus is kept", async (page) => {
  for (const path of PAGES) {
    await visit(page, path);
    assert.equal(await claims(page).count(), 200, path);
    assert.match((await more(page).textContent()) ?? "", /200 of 230 claims shown/);
    await accessible(page, path);
    const button = more(page).getByRole("button", { name: "Show more" });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction((all) => document.querySelectorAll(".plot li").length === all, ALL);
    // Each claim once, and nothing more to show.
    const words = await claims(page).locator("p:nth-of-type(2)").allTextContents();
    assert.equal(new Set(words).size, ALL, path);
    assert.equal(await more(page).count(), 0, path);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "claims", path);
    assert.equal(await page.locator('section[aria-labelledby="claims"] [role="status"]').textContent(), "230 of 230 claims shown");
  }
});

browsing("all claims can be downloaded as a table", async (page) => {
  for (const path of PAGES) {
    await visit(page, path);
    const link = await more(page).getByRole("link", { name: "CSV" }).getAttribute("href");
    const table = await page.evaluate((address) => fetch(address).then((answer) => answer.text()), link);
    assert.equal(table.match(/Concert \d+/g)?.length, ALL, path);
  }
});

browsing(
  "without scripts the page says how many claims there are, and links to all of them",
  async (page) => {
    for (const path of PAGES) {
      await page.goto(SERVICE + path);
      assert.equal(await claims(page).count(), 200, path);
      assert.match((await more(page).textContent()) ?? "", /^200 of 230 claims shown ?All claims as a table: Excel or CSV$/);
      await fits(page, path);
    }
  },
  { script: false, width: 320 },
);
