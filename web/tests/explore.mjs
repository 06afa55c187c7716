/** Searching, filtering, the map, records and the way back, with a mouse. */

import assert from "node:assert/strict";

import { SERVICE, api, browsing, settled, visit } from "./support.mjs";

const count = (total) => `${total.toLocaleString("en-GB")} initiative${total === 1 ? "" : "s"}`;
const search = (page) => page.getByRole("combobox", { name: /^Search/ });
const results = (page) => page.getByRole("main").getByRole("article");

/** Until the list says that it has so many. */
async function lists(page, total) {
  await page.getByRole("heading", { level: 2, name: count(total), exact: true }).waitFor();
  await settled(page);
}

browsing("words lead to what has them, the best hits first", async (page) => {
  await visit(page, "/");
  const { total } = await api("/v1/initiatives/facets?q=credit+union");
  const { data } = await api("/v1/initiatives?q=credit+union&fields=title&limit=3");
  await search(page).fill("credit union");
  await search(page).press("Enter");
  await lists(page, total);
  assert.equal(new URL(page.url()).searchParams.get("q"), "credit union");
  const titles = await results(page).getByRole("heading").allTextContents();
  assert.deepEqual(titles.slice(0, 3).map((one) => one.trim()), data.map((one) => one.title));
});

browsing("a suggestion leads to the council that it names", async (page) => {
  await visit(page, "/");
  await search(page).pressSequentially("plymo");
  await page.getByRole("option", { name: /Plymouth/ }).first().click();
  await page.getByRole("heading", { level: 1, name: /Plymouth/ }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/councils/plymouth");
});

browsing("a suggestion leads to the organisation that it names, and a record leads there too", async (page) => {
  await visit(page, "/");
  await search(page).pressSequentially("2020 pub");
  await page.getByRole("option", { name: /^RSA 2020 Public Services Hub/ }).click();
  await page.getByRole("heading", { level: 1, name: "RSA 2020 Public Services Hub" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/organisations/rsa-2020-public-services-hub");
  await settled(page);
  await page.getByRole("main").getByRole("article").getByRole("heading").getByRole("link").first().click();
  await page.waitForURL((url) => url.pathname.startsWith("/initiatives/"));
  await settled(page);
  await page.getByRole("main").locator('a[href="/organisations/rsa-2020-public-services-hub"]').first().click();
  await page.getByRole("heading", { level: 1, name: "RSA 2020 Public Services Hub" }).waitFor();
});

browsing("filters narrow the list to what the API counts, and the address has them", async (page) => {
  await visit(page, "/");
  const filters = page.getByRole("region", { name: "Filters" });
  const themes = filters.getByRole("group", { name: "Theme" });
  await themes.getByRole("button", { name: /^Show all/ }).click();
  await themes.getByRole("checkbox", { name: /^Housing/ }).check();
  await lists(page, (await api("/v1/initiatives?theme=housing&limit=1")).total);
  await filters.getByRole("group", { name: "Nation" }).getByRole("checkbox", { name: /^England/ }).check();
  await lists(page, (await api("/v1/initiatives?theme=housing&nation=england&limit=1")).total);
  const { searchParams } = new URL(page.url());
  assert.deepEqual([searchParams.get("theme"), searchParams.get("nation")], ["housing", "england"]);

  // The way back takes them off again, one at a time.
  await page.goBack();
  await lists(page, (await api("/v1/initiatives?theme=housing&limit=1")).total);
  assert.equal(await filters.getByRole("checkbox", { name: /^England/ }).isChecked(), false);
  await page.goBack();
  await lists(page, (await api("/v1/initiatives?limit=1")).total);
  assert.equal(await filters.getByRole("checkbox", { name: /^Housing/ }).isChecked(), false);
});

browsing("an address with filters opens as it was left", async (page) => {
  await visit(page, "/?theme=housing&nation=england&q=homes");
  await lists(page, (await api("/v1/initiatives/facets?theme=housing&nation=england&q=homes")).total);
  assert.equal(await search(page).inputValue(), "homes");
  const filters = page.getByRole("region", { name: "Filters" });
  for (const name of [/^Housing/, /^England/]) assert.ok(await filters.getByRole("checkbox", { name }).first().isChecked(), String(name));
});

browsing("a cluster opens to what it holds, down to a record", async (page) => {
  await visit(page, "/?council=oldham");
  const map = page.getByRole("region", { name: /^Map/ });
  const groups = map.getByRole("button", { name: /^\d+ initiatives (at|around) / });
  const link = map.getByRole("link", { name: /./ }).filter({ hasNot: page.getByText("Skip") });
  await groups.first().waitFor();
  // All of a council lie in one place or close together: a few steps in at most.
  for (let step = 0; step < 12 && (await map.locator(".leaflet-popup a[href^='/initiatives/']").count()) === 0; step += 1) {
    await map.getByRole("button", { name: /^\d+ initiatives (at|around) |Oldham/ }).first().click();
    await page.waitForTimeout(150);
  }
  const record = link.and(map.locator("a[href^='/initiatives/']")).first();
  const title = (await record.textContent())?.trim();
  await record.click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
  assert.match(new URL(page.url()).pathname, /^\/initiatives\/.+/);
});

browsing("clusters of the whole add up to what is on the map, and open when clicked", async (page) => {
  await visit(page, "/");
  const { located } = await api("/v1/map/initiatives");
  const map = page.getByRole("region", { name: /^Map/ });
  const held = async () => {
    const names = await map.locator(".spot button").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""));
    return names.reduce((sum, name) => sum + Number(/^(\d+) initiatives/.exec(name)?.[1] ?? 1), 0);
  };
  await map.locator(".spot button").first().waitFor();
  assert.equal(await held(), located);
  const groups = map.getByRole("button", { name: /^\d+ initiatives/ });
  const names = await groups.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  const largest = [...names].sort((one, other) => Number.parseInt(other) - Number.parseInt(one))[0];
  await map.getByRole("button", { name: largest, exact: true }).click();
  await page.waitForFunction((name) => ![...document.querySelectorAll(".spot button")].some((one) => one.getAttribute("aria-label") === name), largest);
});

browsing("a record shows its claims with bound, evidence and caveat, and can be cited and copied", async (page, context) => {
  const record = await api("/v1/initiatives/get-oldham-working");
  await visit(page, "/?council=oldham");
  await results(page).getByRole("link", { name: record.title }).first().click();
  await page.getByRole("heading", { level: 1, name: record.title }).waitFor();
  await settled(page);
  assert.equal(new URL(page.url()).pathname, "/initiatives/get-oldham-working");
  assert.match(await page.title(), /^Get Oldham Working/);
  const main = page.getByRole("main");
  for (const outcome of record.outcomes) {
    assert.ok((await main.getByText(outcome.measure).count()) > 0, outcome.measure);
    if (outcome.caveat) assert.ok((await main.getByText(outcome.caveat).count()) > 0, outcome.caveat);
  }
  // The stage never stands there without its date, or without saying that there is none.
  for (const said of record.status_text.split("; ")) assert.ok((await main.getByText(said).count()) > 0, record.status_text);
  assert.ok(record.outcomes.some((one) => one.bound === "range") && (await main.getByText("between").count()) > 0, "a bound");

  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: SERVICE });
  await page.getByRole("button", { name: /Markdown/ }).first().click();
  let copied = "";
  for (let wait = 0; wait < 100 && copied === ""; wait += 1) {
    await page.waitForTimeout(100);
    copied = await page.evaluate(() => navigator.clipboard.readText());
  }
  assert.match(copied, /^# Get Oldham Working/m);
  assert.ok((await main.getByText(/cite/i).count()) > 0, "how to cite it");

  await page.goBack();
  await page.waitForURL(`${SERVICE}/?council=oldham`);
  await results(page).getByRole("link", { name: record.title }).first().waitFor();
});

browsing("an address of a record opens the record, and one of nothing says so", async (page) => {
  const found = await visit(page, "/initiatives/get-oldham-working");
  assert.equal(found.status(), 200);
  await page.getByRole("heading", { level: 1, name: "Get Oldham Working" }).waitFor();
  const missing = await visit(page, "/councils/zzyzx");
  assert.equal(missing.status(), 404);
  await page.getByRole("heading", { level: 1 }).waitFor();
}, { faults: [/status of 404/] });

browsing("councils are found by name and lead to what they do", async (page) => {
  await visit(page, "/councils");
  await page.getByRole("textbox", { name: /Name/ }).fill("oldham");
  await page.getByRole("heading", { level: 2, name: "1 council", exact: true }).waitFor();
  await page.getByRole("main").getByRole("link", { name: /^Oldham/ }).first().click();
  await page.getByRole("heading", { level: 1, name: /Oldham/ }).waitFor();
  await settled(page);
  const { data } = await api("/v1/councils/oldham/initiatives?sort=-started_on&fields=title&limit=1");
  await page.getByRole("link", { name: data[0].title }).first().waitFor();
});

browsing("the list has members and councils with initiatives first, and every council on request", async (page) => {
  await visit(page, "/councils");
  const counted = async () => Number.parseInt(await page.getByRole("heading", { level: 2, name: /^\d+ councils$/ }).innerText(), 10);
  await settled(page);
  const few = await counted();
  const { total } = await api("/v1/councils?limit=1");
  assert.ok(few > 30 && few < 100 && total > 380, `${few} of ${total}`);
  await page.getByRole("combobox", { name: "Show" }).selectOption("all");
  await page.getByRole("heading", { level: 2, name: `${total} councils`, exact: true }).waitFor();
  // A name finds every council, whatever is shown.
  await visit(page, "/councils");
  await page.getByRole("textbox", { name: /Name/ }).fill("hartlepool");
  await page.getByRole("heading", { level: 2, name: "1 council", exact: true }).waitFor();
});

browsing("a council says what is known of its membership, and as of when", async (page) => {
  await visit(page, "/councils/york");
  await page.getByText("Member in December 2013; not known since").first().waitFor();
  await visit(page, "/councils/swansea");
  await page.getByText("No membership known").waitFor();
  assert.equal(await page.getByText("Not a member").count(), 0);
  await visit(page, "/councils");
  await page.getByText("Member in December 2013; not known since").first().waitFor();
});
