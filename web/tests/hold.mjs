/** The focus is kept, colours and paper leave nothing out, and a lost connection is told. */

import assert from "node:assert/strict";

import { SERVICE, accessible, api, browsing, fits, settled, visit } from "./support.mjs";

const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

browsing("after “Show more” the focus is on the first new initiative", async (page) => {
  const { data } = await api("/v1/initiatives?limit=21&fields=title");
  await visit(page, "/");
  await page.getByRole("button", { name: "Show more" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("article").nth(20).waitFor();
  assert.equal(await focused(page), data[20].title);
});

browsing("after a filter is removed the focus is on the next one, and at last on the results", async (page) => {
  await visit(page, "/?theme=housing&nation=england&kind=case_study");
  await page.getByRole("button", { name: /^Remove the filter Theme/ }).focus();
  await page.keyboard.press("Enter");
  await settled(page);
  assert.match(await focused(page), /Nation: England/);
  await page.keyboard.press("Enter");
  await settled(page);
  assert.match(await focused(page), /Type: Case study/);
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "results-title");
});

browsing("a filter keeps the focus when it is chosen and when all are cleared", async (page) => {
  await visit(page, "/");
  const box = page.getByRole("group", { name: "Nation" }).getByRole("checkbox").nth(1);
  await box.focus();
  await page.keyboard.press("Space");
  await settled(page);
  assert.ok(await box.evaluate((one) => one === document.activeElement && one.checked));
  await visit(page, "/?q=zzyzx&theme=housing");
  await page.getByRole("button", { name: /^Search: / }).focus();
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "results-title");
});

browsing("a keyboard can skip to the results", async (page) => {
  for (const path of ["/", "/councils"]) {
    await visit(page, path);
    await page.getByRole("link", { name: "Skip to results" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "results-title");
  }
});

browsing("the strength of evidence is told on paper and in forced colours", async (page) => {
  for (const media of [{ media: "print" }, { media: "screen", forcedColors: "active" }]) {
    await page.emulateMedia(media);
    await visit(page, "/initiatives/get-oldham-working");
    // The edges fill a step that is reached, since neither paper nor forced colours have backgrounds.
    const steps = await page.locator(".evidence .bar").evaluateAll((bars) =>
      bars.map((bar) => {
        const filled = [...bar.children].map((step) => 2 * Number.parseFloat(getComputedStyle(step).borderTopWidth) >= step.getBoundingClientRect().width * 0.9);
        return [Number(bar.dataset.level), filled.filter(Boolean).length, filled.length];
      }),
    );
    assert.ok(steps.length > 0);
    for (const [level, filled, all] of steps) assert.deepEqual([filled, all], [level, 5], JSON.stringify(media));
  }
});

browsing("a printed record is a paper: its facts, its sources with addresses, where it is from, and no controls", async (page) => {
  const record = await api("/v1/initiatives/get-oldham-working");
  await visit(page, "/initiatives/get-oldham-working");
  await page.emulateMedia({ media: "print" });
  for (const selector of ["nav", ".take", ".cite", ".copy button", ".map", ".bottom", ".skip"]) {
    assert.equal(await page.locator(selector).first().isVisible(), false, selector);
  }
  const from = page.locator(".on-paper");
  assert.ok((await from.isVisible()) && (await from.textContent()).includes(`${SERVICE}/id/${record.id}`), "where it is from");
  const order = await page.evaluate(() => ["dl", ".story"].map((part) => document.querySelector(part === "dl" ? ".facts > dl" : part).getBoundingClientRect().top));
  assert.ok(order[0] < order[1], "facts first");
  const source = page.locator(".sources a[href^=http]").first();
  if ((await source.count()) > 0) assert.match(await source.evaluate((one) => getComputedStyle(one, "::after").content), /attr|http/);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
});

browsing(
  "the edges of dark fields can be told from what is around them",
  async (page) => {
    for (const [path, selector] of [["/", ".box input"], ["/councils", ".finder input"], ["/councils", ".finder select"], ["/", ".order select"]]) {
      await visit(page, path);
      const [edge, ground] = await page.locator(selector).first().evaluate((field) => {
        const opaque = (one) => {
          const colour = getComputedStyle(one).backgroundColor;
          return colour === "rgba(0, 0, 0, 0)" && one.parentElement ? opaque(one.parentElement) : colour;
        };
        return [getComputedStyle(field).borderTopColor, opaque(field.parentElement)];
      });
      const light = (colour) => {
        const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => Number(part) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const [high, low] = [light(edge), light(ground)].sort((one, other) => other - one);
      assert.ok((high + 0.05) / (low + 0.05) >= 3, `${path} ${selector}: ${edge} on ${ground}`);
    }
  },
  { scheme: "dark" },
);

browsing(
  "a lost connection is told, and what was asked for comes when it is back",
  async (page, context) => {
    await visit(page, "/");
    await context.setOffline(true);
    await page.getByText(/^You are offline/).waitFor();
    await page.getByRole("group", { name: "Nation" }).getByRole("checkbox", { name: /^England/ }).check();
    await page.getByRole("alert").getByText(/cannot be reached/).waitFor();
    await context.setOffline(false);
    const { total } = await api("/v1/initiatives?nation=england&limit=1");
    await page.getByRole("heading", { level: 2, name: `${total} initiatives`, exact: true }).waitFor();
    assert.equal(await page.getByText(/^You are offline/).count(), 0);
  },
  { faults: [/ERR_INTERNET_DISCONNECTED/, /Failed to fetch/] },
);

browsing("downloads, feed, link and reference stand above the results", async (page, context) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: SERVICE });
  for (const [path, results] of [["/?theme=housing", ".cards"], ["/councils", ".council-cards"], ["/councils/oldham", ".story"], ["/themes/housing", ".story"], ["/initiatives/get-oldham-working", ".story"]]) {
    await visit(page, path);
    const take = page.locator(".take").first();
    const [above, below] = await Promise.all([take.boundingBox(), page.locator(results).first().boundingBox()]);
    assert.ok(above.y < below.y, path);
    for (const link of await take.getByRole("link").all()) {
      const address = await link.getAttribute("href");
      if (!address.startsWith("#")) assert.equal((await fetch(SERVICE + address)).status, 200, `${path}: ${address}`);
    }
    await take.getByRole("button", { name: "Copy link" }).click();
    await take.getByText("Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), SERVICE + path);
    await take.getByText("Reference", { exact: true }).click();
    assert.match(await take.locator(".reference > p").first().textContent(), /CCIN registry.*http/);
  }
});

browsing("initiatives are compared side by side, targets apart from results", async (page) => {
  await visit(page, "/?council=oldham");
  const boxes = page.getByRole("checkbox", { name: /^Compare/ });
  await boxes.first().check();
  await page.getByText("Select another to compare.").waitFor();
  await boxes.nth(1).check();
  await page.getByRole("link", { name: "Compare", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Initiatives side by side" }).waitFor();
  await settled(page);
  assert.equal(await page.getByRole("columnheader").count(), 2);
  await accessible(page, "a comparison");
  // More than four do not fit.
  const { data } = await api("/v1/initiatives?limit=5&fields=slug");
  await visit(page, `/compare?${data.map(({ slug }) => `initiative=${slug}`).join("&")}`);
  assert.equal(await page.getByRole("columnheader").count(), 4);
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page, "a comparison on a phone");
});

browsing("the claims of a council stand in plots by kind and unit, never added up", async (page) => {
  const { data } = await api("/v1/outcomes?participant=oldham&limit=200");
  await visit(page, "/councils/oldham");
  const plots = new Set(data.map(({ kind, unit }) => `${kind} ${unit}`));
  assert.equal(await page.locator(".plot").count(), plots.size);
  assert.equal(await page.locator(".plot > ul > li").count(), data.length);
  for (const { caveat } of data) {
    if (caveat) assert.equal(await page.getByText(caveat).count() > 0, true, caveat);
  }
  // A caveat of several claims stands there once.
  const shared = data.map(({ caveat }) => caveat).filter((caveat, index, all) => caveat && all.indexOf(caveat) !== index);
  for (const caveat of new Set(shared)) assert.equal(await page.getByText(caveat, { exact: true }).count(), 1, caveat);
  await accessible(page, "a council's claims");
});
