/** What other sites show: the element on a page of another origin, frames, and what is left without scripts. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before } from "node:test";

import { SERVICE, accessible, api, browsing, fits } from "./support.mjs";

/** As strict as a site can be that shows initiatives: no style in place, nothing but the registry's script and answers. */
const POLICY = `default-src 'none'; script-src 'self' ${SERVICE}; connect-src ${SERVICE}; style-src 'self'; frame-src ${SERVICE}; img-src data:; base-uri 'none'`;
const SCRIPT = `<script type="module" src="${SERVICE}/embed.js"></script>`;
const STYLE = `ccin-initiatives.own { --ccin-link: rgb(120, 0, 60); --ccin-gap: 33px } .own::part(meta) { font-style: italic } .waits { position: absolute; visibility: hidden }`;

/** The secret that WordPress gives a frame: ten letters and digits. */
const SECRET = "AbCdEfGh12";
/**
 * The part of WordPress's page that listens to frames, as its `wp-embed.js` behaves: only to the frame with the secret,
 * to heights from 200 to 1000, and to links to the frame's own host while the frame has the focus.
 */
const WORDPRESS = `
  const frame = document.querySelector("iframe[data-secret]"), heard = (window.heard = []);
  addEventListener("message", ({ data, source }) => {
    if (!data || data.secret !== "${SECRET}" || source !== frame.contentWindow) return;
    heard.push(data);
    document.querySelector("blockquote").hidden = true;
    frame.classList.remove("waits");
    if (data.message === "height") frame.height = String(Math.min(1000, Math.max(200, parseInt(data.value, 10))));
    if (data.message === "link" && new URL(data.value).host === new URL(frame.src).host && document.activeElement === frame) window.top.location.href = data.value;
  });
  addEventListener("load", () => frame.contentWindow.postMessage({ message: "ready", secret: "${SECRET}" }, "*"));
`;

/** Bodies of the pages of the other site, by their paths. */
const PAGES = {
  "/list": `${SCRIPT}<ccin-initiatives class="own" council="oldham" theme="" limit="2" heading="What we do" heading-level="2"><a href="/own">Our own list</a></ccin-initiatives>`,
  "/several": `${SCRIPT}<ccin-initiatives theme="housing, energy-climate" kind="case_study" limit="3"></ccin-initiatives>`,
  "/record": `${SCRIPT}<ccin-initiatives initiative="get-oldham-working" heading-level="2"></ccin-initiatives>`,
  "/map": `${SCRIPT}<ccin-initiatives view="map" nation="england"></ccin-initiatives>`,
  "/close": `${SCRIPT}<ccin-initiatives view="map" council="oldham"></ccin-initiatives>`,
  "/bad": `${SCRIPT}<ccin-initiatives council="nowhere-at-all"><a href="/own">Our own list</a></ccin-initiatives><ccin-initiatives kind="nonsense"></ccin-initiatives>`,
  "/frame": `<iframe title="Initiatives of Oldham" width="500" height="600" src="${SERVICE}/embed/initiatives?council=oldham&limit=3"></iframe>`,
  "/wordpress": `<script src="/wp-embed.js" defer></script><blockquote class="wp-embedded-content" data-secret="${SECRET}"><a href="${SERVICE}/councils/oldham">Oldham</a></blockquote>
    <iframe class="wp-embedded-content waits" sandbox="allow-scripts" security="restricted" title="Oldham" width="500" height="300"
      src="${SERVICE}/embed/initiatives?council=oldham&amp;limit=3#?secret=${SECRET}" data-secret="${SECRET}"></iframe>`,
  "/framed-page": `<iframe title="The registry" src="${SERVICE}/"></iframe>`,
};

let site;
let origin;
const origins = [];
before(async () => {
  site = createServer((request, response) => {
    if (request.url === "/wp-embed.js") return void response.writeHead(200, { "Content-Type": "text/javascript" }).end(WORDPRESS);
    if (request.url === "/style.css") return void response.writeHead(200, { "Content-Type": "text/css" }).end(STYLE);
    const body = PAGES[request.url ?? ""] ?? "<p>Nothing.</p>";
    const head = `<title>A council</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">`;
    response.writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": POLICY });
    response.end(`<!doctype html><html lang="en"><head>${head}</head><body><main><h1>A council</h1>${body}</main></body></html>`);
  });
  await new Promise((ready) => site.listen(0, "127.0.0.1", ready));
  origin = `http://127.0.0.1:${site.address().port}`;
  origins.push(origin);
});
after(() => site?.close());

browsing(
  "a list stands on a page of another site, in its colours and under its policy",
  async (page) => {
    const { data, total } = await api("/v1/initiatives?council=oldham&limit=2&fields=slug,title");
    await page.goto(`${origin}/list`);
    await page.getByRole("heading", { level: 2, name: "What we do" }).waitFor();
    const titles = page.getByRole("heading", { level: 3 });
    assert.deepEqual(await titles.allTextContents(), data.map((one) => one.title));
    const link = titles.first().getByRole("link");
    assert.equal(await link.getAttribute("href"), `${SERVICE}/initiatives/${data[0].slug}`);
    assert.equal(await page.getByRole("listitem").count(), 2);
    assert.equal(await page.getByRole("status").textContent(), `2 of ${total} initiatives`);
    assert.equal(await page.getByRole("link", { name: `${total} initiatives on the CCIN registry` }).getAttribute("href"), `${SERVICE}/?council=oldham`);
    assert.equal(await page.getByText("Our own list").isVisible(), false, "what stood in for it is gone");
    assert.equal(await link.evaluate((one) => getComputedStyle(one).color), "rgb(120, 0, 60)");
    assert.equal(await page.getByRole("list").evaluate((one) => getComputedStyle(one).rowGap), "33px");
    assert.equal(await page.getByRole("listitem").first().locator("[part=meta]").evaluate((one) => getComputedStyle(one).fontStyle), "italic");
    await accessible(page, "a page with the list");

    // What it asks for may change while it stands there.
    await page.locator("ccin-initiatives").evaluate((one) => one.setAttribute("limit", "1"));
    await page.getByText(`1 of ${total} initiatives`).waitFor();
    await link.click();
    await page.waitForURL(`${SERVICE}/initiatives/${data[0].slug}`);
  },
  { origins },
);

browsing(
  "several values are any of them",
  async (page) => {
    const { total } = await api("/v1/initiatives?theme=housing&theme=energy-climate&kind=case_study&limit=1");
    await page.goto(`${origin}/several`);
    await page.getByText(`3 of ${total} initiatives`).waitFor();
    assert.equal(await page.getByRole("heading", { level: 3 }).count(), 3);
  },
  { origins },
);

browsing(
  "one initiative stands there with its claims, each with bound and evidence",
  async (page) => {
    const { title, outcomes } = await api("/v1/initiatives/get-oldham-working?fields=title,outcomes");
    await page.goto(`${origin}/record`);
    await page.getByRole("heading", { level: 2, name: title }).waitFor();
    const claims = page.getByRole("list", { name: /, as claimed$/ }).getByRole("listitem");
    assert.equal(await claims.count(), outcomes.length);
    const aims = outcomes.filter(({ kind }) => kind === "target" || kind === "projection");
    assert.ok(aims.length > 0);
    assert.equal(await page.getByRole("list", { name: "Targets and projections, as claimed" }).getByRole("listitem").count(), aims.length, "targets apart");
    // Context is no result, and has no evidence.
    for (const said of await claims.allTextContents()) assert.match(said, /evidence: |\(Context/);
    await accessible(page, "a page with one initiative");
  },
  { origins, scheme: "dark" },
);

browsing(
  "a map stands above the list, and is moved by clicks and keys",
  async (page) => {
    await page.goto(`${origin}/map`);
    const groups = page.getByRole("button", { name: /^\d+ initiatives (at|around) / });
    await groups.first().waitFor();
    assert.equal(await page.getByRole("heading", { level: 3 }).count(), 5);
    // Both are of the map before it moves.
    const before = [await groups.count(), await groups.first().getAttribute("aria-label")];
    await groups.first().focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(([count, name]) => {
      const root = document.querySelector("ccin-initiatives").shadowRoot;
      const names = [...root.querySelectorAll(".spot button")].map((one) => one.getAttribute("aria-label"));
      return names.filter((one) => /^\d+ initiatives/.test(one)).length !== count || !names.includes(name) || root.querySelector(".leaflet-popup");
    }, before);
    await accessible(page, "a page with the map");
    await fits(page, "a page with the map");
  },
  { origins },
);

browsing(
  "a map close by names every council around, and the sources of what it shows",
  async (page) => {
    // There are more councils than a page of their list has.
    const last = page.waitForResponse((response) => /\/v1\/councils\?.*cursor=/.test(response.url()));
    await page.goto(`${origin}/close`);
    await page.locator(".spot").first().waitFor();
    for (let steps = 0; steps < 4; steps += 1) await page.getByRole("button", { name: "Zoom in" }).click();
    const answer = await (await last).json();
    assert.equal(answer.page.next, null);
    const late = answer.data.map((one) => one.short_name);
    assert.ok(late.includes("Rochdale"), late.join());
    await page.locator(".name").filter({ hasText: /^Rochdale$/ }).first().waitFor({ state: "attached" });
    const credit = (await page.locator('[part="credit"]').textContent()) ?? "";
    assert.match(credit, /Coast and towns: Natural Earth \(public domain\)\.$/);
  },
  { origins },
);

browsing(
  "what stands in for a list stays when there is none, or a link does",
  async (page) => {
    await page.goto(`${origin}/bad`);
    await page.getByRole("link", { name: "Initiatives on the CCIN registry" }).waitFor();
    await page.getByRole("link", { name: "Our own list" }).waitFor();
    assert.deepEqual(await page.getByRole("status").allTextContents(), Array(2).fill("The list could not be loaded."));
    await accessible(page, "a page without the lists");
  },
  { origins, faults: [/status of (400|404)/] },
);

browsing(
  "a frame shows the list, and its links lead the whole window",
  async (page) => {
    const { data } = await api("/v1/initiatives?council=oldham&limit=3&fields=slug,title");
    await page.goto(`${origin}/frame`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { level: 2, name: data[1].title }).waitFor();
    await frame.getByRole("link", { name: data[1].title }).click();
    await page.waitForURL(`${SERVICE}/initiatives/${data[1].slug}`);
  },
  { origins },
);

browsing(
  "in WordPress's sandbox a frame has its height, and its links lead the whole window",
  async (page) => {
    const { data } = await api("/v1/initiatives?council=oldham&limit=3&fields=slug,title");
    await page.goto(`${origin}/wordpress`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { level: 2, name: data[1].title }).waitFor();
    await page.locator("iframe:not(.waits)").waitFor();
    assert.equal(await page.getByRole("link", { name: "Oldham", exact: true }).isVisible(), false, "the quotation gives way");
    // The height is that of the whole list, as it is once it has loaded.
    const tall = await frame.locator("html").evaluate((html) => Math.ceil(html.getBoundingClientRect().height));
    assert.ok(tall > 300, `${tall} pixels`);
    await page.locator(`iframe[height="${Math.min(1000, tall)}"]`).waitFor();
    await frame.getByRole("link", { name: data[1].title }).click();
    await page.waitForURL(`${SERVICE}/initiatives/${data[1].slug}`);
  },
  { origins },
);

browsing(
  "in WordPress's sandbox a frame is led by the keyboard too, and tells nobody without a secret",
  async (page) => {
    const { data } = await api("/v1/initiatives?council=oldham&limit=3&fields=slug,title");
    await page.goto(`${origin}/wordpress`);
    const frame = page.frameLocator("iframe");
    const link = frame.getByRole("link", { name: data[0].title });
    await frame.getByRole("heading", { level: 2, name: data[0].title }).waitFor();
    await page.locator("iframe:not(.waits)").waitFor();
    const heard = await page.evaluate(() => window.heard);
    assert.ok(heard.length > 0 && heard.every(({ message, value }) => message === "height" && Number.isInteger(value)), JSON.stringify(heard));
    await link.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${SERVICE}/initiatives/${data[0].slug}`);
  },
  { origins },
);

browsing(
  "no other page of the registry stands in a frame",
  async (page) => {
    await page.goto(`${origin}/framed-page`);
    await page.waitForLoadState("networkidle");
    const [, framed] = page.frames();
    assert.ok(!framed || !framed.url().startsWith(SERVICE), framed?.url());
  },
  { origins, faults: [/frame-ancestors/] },
);

browsing(
  "a frame without scripts is a list of links",
  async (page) => {
    const { data } = await api("/v1/initiatives?council=oldham&limit=3&fields=slug,title");
    await page.goto(`${SERVICE}/embed/initiatives?council=oldham&limit=3`);
    for (const { slug, title } of data) assert.equal(await page.getByRole("link", { name: title }).getAttribute("href"), `/initiatives/${slug}`);
  },
  { script: false },
);

for (const scheme of ["light", "dark"]) {
  browsing(
    `frames have no barrier (${scheme})`,
    async (page) => {
      for (const path of ["/embed/initiatives?council=oldham&heading=Our%20practice", "/embed/initiatives/get-oldham-working"]) {
        await page.goto(SERVICE + path);
        await page.getByRole("listitem").first().waitFor();
        await page.waitForLoadState("networkidle");
        await accessible(page, path);
        await fits(page, path);
      }
      const refused = await page.goto(`${SERVICE}/embed/initiatives?kind=x`);
      assert.equal(refused.status(), 400);
      await accessible(page, "a frame that was asked for wrongly");
    },
    { scheme, width: 320, height: 600, faults: [/status of 400/] },
  );
}
