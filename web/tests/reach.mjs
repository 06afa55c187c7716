/** By keyboard alone, and on a screen of 320 pixels. */

import assert from "node:assert/strict";

import { SERVICE, api, browsing, fits, settled, visit } from "./support.mjs";

const focused = (page) => page.evaluate(() => {
  const one = document.activeElement;
  return { name: one?.getAttribute("aria-label") ?? one?.textContent?.trim() ?? "", role: one?.getAttribute("role") ?? one?.tagName.toLowerCase() ?? "" };
});

/** Press Tab until this has the focus. What has it on the way has to show that it does. */
async function tabTo(page, wanted, most = 80) {
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press("Tab");
    if (await wanted.evaluate((one) => one === document.activeElement)) return;
    const shown = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return true;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    });
    assert.ok(shown, `the focus does not show on ${JSON.stringify(await focused(page))}`);
  }
  assert.fail(`${wanted} has not got the focus after ${most} steps`);
}

browsing("everything that a mouse does is done by keyboard", async (page) => {
  await visit(page, "/");
  await page.keyboard.press("Tab");
  assert.match((await focused(page)).name, /^Skip/, "the first step is past what every page has");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "content");

  // Suggestions by arrow keys.
  const search = page.getByRole("combobox", { name: /^Search/ });
  await tabTo(page, search);
  await page.keyboard.type("oldham");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.locator('[role="option"][aria-selected="true"]').waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("option").first().waitFor({ state: "hidden" });
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("q") === "oldham");
  await settled(page);

  // A filter by the space bar.
  const box = page.getByRole("region", { name: "Filters" }).getByRole("checkbox").first();
  await tabTo(page, box);
  await page.keyboard.press("Space");
  await page.waitForURL((url) => url.searchParams.has("theme"));
  await settled(page);
  assert.ok(await box.isChecked());
  assert.ok(await box.evaluate((one) => one === document.activeElement), "the focus stays where it was");

  // A record by Enter; the focus goes to what it is about.
  const first = page.getByRole("main").getByRole("article").getByRole("link").first();
  const title = (await first.textContent())?.trim();
  await tabTo(page, first);
  await page.keyboard.press("Enter");
  const heading = page.getByRole("heading", { level: 1, name: title });
  await heading.waitFor();
  await page.waitForFunction(() => document.activeElement?.closest("main") !== null && document.activeElement !== document.body);
  // A browser without a window has no key for that.
  await page.goBack();
  await page.waitForURL((url) => url.pathname === "/" && url.searchParams.has("theme"));
});

browsing("the map is used by keyboard", async (page) => {
  await visit(page, "/");
  const map = page.getByRole("region", { name: /^Map/ });
  const group = map.getByRole("button", { name: /^\d+ initiatives/ }).first();
  await group.waitFor();
  await page.getByRole("link", { name: "Skip the map" }).focus();
  await tabTo(page, group);
  const name = await group.getAttribute("aria-label");
  await page.keyboard.press("Enter");
  await page.waitForFunction((name) => document.querySelector(".leaflet-popup") || ![...document.querySelectorAll(".spot button")].some((one) => one.getAttribute("aria-label") === name), name);
  await page.waitForFunction(() => document.activeElement?.closest(".map") !== null && document.activeElement !== document.body);
});

for (const scheme of ["light", "dark"]) {
  browsing(
    `nothing is wider than a screen of 320 pixels (${scheme})`,
    async (page) => {
      for (const path of ["/", "/?q=housing&theme=housing", "/?view=map", "/initiatives/get-oldham-working", "/councils", "/councils/oldham", "/themes", "/themes/housing", "/organisations", "/organisations/rsa-2020-public-services-hub", "/about", "/initiatives/zzyzx"]) {
        await visit(page, path);
        await fits(page, path);
      }
    },
    { width: 320, height: 640, scheme, faults: [/status of 404/] },
  );
}

browsing(
  "no text on any record is wider than a screen of 320 pixels",
  async (page) => {
    // Those with the longest words and the longest addresses are the ones that break out.
    const { data } = await api("/v1/initiatives?limit=200&fields=slug,title,summary,sources,outcomes");
    const longest = (one) => Math.max(...JSON.stringify(one).split(/\s+/).map((word) => word.length));
    for (const { slug } of [...data].sort((one, other) => longest(other) - longest(one)).slice(0, 3)) {
      await visit(page, `/initiatives/${slug}`);
      await fits(page, slug);
    }
  },
  { width: 320, height: 640 },
);

browsing(
  "filters, list and map are all there on a small screen",
  async (page) => {
    await visit(page, "/");
    await page.getByRole("button", { name: /^Filters/ }).click();
    await page.getByRole("group", { name: "Nation" }).getByRole("checkbox", { name: /^England/ }).check();
    await page.waitForURL(`${SERVICE}/?nation=england`);
    await settled(page);
    await fits(page, "the open filters");
    await page.getByRole("group", { name: "Show" }).getByRole("button", { name: "Map" }).click();
    await page.getByRole("region", { name: /^Map/ }).locator(".spot button").first().waitFor();
    await fits(page, "the map");
  },
  { width: 320, height: 640 },
);
