/** What is read without scripts: the same words as with them, and forms in place of buttons. */

import assert from "node:assert/strict";

import { SERVICE, accessible, api, browsing, fits, visit } from "./support.mjs";

/** Addresses, and what of them has the same words with scripts and without. */
const SAME = {
  "/initiatives/get-oldham-working": [".record-head h1", ".record-head .over", ".record-head .by", ".record-head .freshness", ".record-head .lead", ".tags", ".story", ".facts > dl", ".reference > p:first-of-type", ".on-paper"],
  "/": [".hero h1", ".hero p", "#results-title", ".card h3", ".card .over", ".card .by", ".card .summary", ".card .themes", ".card .claims", ".card .status", ".facet legend"],
  "/?theme=housing&nation=england&min_evidence=1": ["#results-title", ".card h3", ".chip"],
  "/?q=housng": ["#results-title", ".card h3", ".searched b"],
  "/?q=zzyzx&theme=housing": ["#results-title", ".notice p"],
  "/councils": ["#results-title", ".council-card h3", ".council-card .by", ".council-card .tier", ".council-card .practice"],
  "/councils/oldham": [".record-head h1", ".record-head .over", ".bars h3", ".bars li", ".plot", ".claim-group h3", ".caveats", ".card h3", ".facts > dl"],
  "/councils/dorset": [".record-head .over", ".facts > dl"],
  "/councils/dorset-county": [".record-head .over", ".facts > dl"],
  "/themes": ["h1", ".lead", ".lines li"],
  "/themes/housing": [".record-head h1", ".record-head .lead", ".related", ".figures tr", "section[aria-labelledby=figures] > .note", ".plot", ".claim-group h3", ".caveats", ".card h3"],
  "/organisations": ["h1", ".lead", ".lines li"],
  "/organisations/co-operatives-uk": [".record-head h1", ".record-head .over", ".card h3", ".facts > dl"],
  "/organisations/peopletoo": [".record-head h1", "#initiatives", ".facts > dl"],
  "/?organisation=co-operatives-uk": ["#results-title", ".card h3", ".chip"],
  "/about": [".about"],
  "/compare?initiative=get-oldham-working&initiative=10-by-10": [".comparison h1"],
  "/initiatives/zzyzx": [".missing"],
};

/** The words of what matches, a line each. */
function words(page, selectors) {
  return page.evaluate(
    (selectors) => Object.fromEntries(selectors.map((selector) => [selector, [...document.querySelectorAll(`main ${selector}`)].map((one) => one.textContent.replaceAll(/\s+/g, " ").trim())])),
    selectors,
  );
}

browsing(
  "a page without scripts has the words that it has with them",
  async (page, context) => {
    const plain = await context.browser().newContext({ javaScriptEnabled: false });
    try {
      const without = await plain.newPage();
      for (const [path, selectors] of Object.entries(SAME)) {
        await without.goto(SERVICE + path);
        await visit(page, path);
        const [written, shown] = [await words(without, selectors), await words(page, selectors)];
        assert.deepEqual(written, shown, path);
        assert.ok(Object.values(written).some((found) => found.length > 0), path);
      }
      // Every record of the sample, or the first hundred.
      const { data } = await api("/v1/initiatives?limit=100&fields=slug");
      for (const { slug } of data.filter((_, index) => index % 6 === 0)) {
        await without.goto(`${SERVICE}/initiatives/${slug}`);
        await visit(page, `/initiatives/${slug}`);
        const selectors = [".record-head .by", ".record-head .freshness", ".story", ".facts > dl"];
        assert.deepEqual(await words(without, selectors), await words(page, selectors), slug);
      }
    } finally {
      await plain.close();
    }
  },
  { faults: [/status of (400|404)/] },
);

browsing(
  "without scripts the list is searched, filtered and lengthened by links and forms",
  async (page) => {
    await page.goto(SERVICE);
    await page.getByRole("textbox", { name: /^Search/ }).fill("credit union");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL((url) => url.searchParams.get("q") === "credit union");
    const { total } = await api("/v1/initiatives/facets?q=credit+union");
    await page.getByRole("heading", { level: 2, name: `${total} initiatives`, exact: true }).waitFor();

    await page.goto(`${SERVICE}/?nation=england`);
    await page.getByRole("group", { name: "Theme" }).getByText(/^Show all/).click();
    await page.getByRole("checkbox", { name: /^Housing/ }).check();
    await page.getByRole("button", { name: "Apply filters" }).click();
    await page.waitForURL((url) => url.searchParams.get("theme") === "housing" && url.searchParams.get("nation") === "england");
    const both = await api("/v1/initiatives?theme=housing&nation=england&limit=1");
    await page.getByRole("heading", { level: 2, name: `${both.total} initiatives`, exact: true }).waitFor();
    await page.getByRole("link", { name: "Remove the filter Nation: England" }).click();
    await page.waitForURL(`${SERVICE}/?theme=housing`);

    await page.goto(SERVICE);
    assert.equal(await page.getByRole("article").count(), 20);
    await page.getByRole("link", { name: "Show more" }).click();
    await page.waitForURL((url) => url.searchParams.get("shown") === "40");
    assert.equal(await page.getByRole("article").count(), 40);
    await page.getByRole("article").first().getByRole("checkbox").check();
    await page.getByRole("article").nth(1).getByRole("checkbox").check();
    await page.getByRole("button", { name: "Compare the selected initiatives" }).click();
    await page.getByRole("heading", { level: 1, name: "Initiatives side by side" }).waitFor();
    assert.equal(await page.getByRole("columnheader").count(), 2);

    await page.goto(`${SERVICE}/councils`);
    await page.getByRole("textbox", { name: "Name" }).fill("oldham");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("heading", { level: 2, name: "1 council", exact: true }).waitFor();
    await page.getByRole("link", { name: "Oldham" }).click();
    await page.getByRole("heading", { level: 1, name: /Oldham/ }).waitFor();
  },
  { script: false },
);

for (const [scheme, width] of [
  ["light", 1280],
  ["dark", 320],
]) {
  browsing(
    `no page without scripts has a barrier or is too wide (${scheme}, ${width} pixels)`,
    async (page, context) => {
      // The rules need a script; the page's own is kept out.
      await context.route("**/assets/*.js", (route) => route.abort());
      for (const path of Object.keys(SAME)) {
        await page.goto(SERVICE + path);
        await accessible(page, path);
        await fits(page, path);
      }
    },
    { scheme, width, faults: [/status of (400|404)/, /ERR_FAILED/] },
  );
}

browsing("what was typed and the focus stay when the script takes over", async (page, context) => {
  let go = () => {};
  const asked = new Promise((resolve) => (go = resolve));
  await context.route("**/v1/initiatives/facets*", async (route) => {
    await asked;
    await route.continue();
  });
  await page.goto(SERVICE, { waitUntil: "domcontentloaded" });
  const box = page.locator("#find-box");
  await box.fill("hou");
  await box.focus();
  go();
  await page.getByRole("combobox", { name: /^Search/ }).waitFor();
  assert.equal(await box.inputValue(), "hou");
  assert.ok(await box.evaluate((one) => one === document.activeElement), "the focus stays");
  await page.keyboard.type("sing");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("q") === "housing");
});
