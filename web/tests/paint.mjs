/**
 * How long a slow connection waits for the first paint. Prints, and holds nothing: times depend on the machine.
 *
 *     cargo test --locked --test api -- browser::the_first_paint --ignored --nocapture
 *
 * The profile is slow 3G: 400 ms for a round trip and 400 kbit/s. Chromium lays it over each request, without the round
 * trips in which a connection is made. Times are the medians of some visits with an empty cache, in milliseconds: until
 * the first paint with content, and until the end of the document.
 */

import { test } from "node:test";

import { SERVICE, emptyContext } from "./support.mjs";

/** The first has no styles and is a few lines of text: no page can be painted sooner. */
const PATHS = ["/robots.txt", "/", "/initiatives/get-oldham-working", "/councils/oldham", "/themes/housing", "/councils", "/about"];
const WIDTH = 390;
const LATENCY = 400;
/** Bytes a second. */
const THROUGHPUT = 400_000 / 8;
const VISITS = 7;

test("the first paint on a slow connection", async (context) => {
  context.diagnostic(`${WIDTH} px, ${LATENCY} ms, ${(THROUGHPUT * 8) / 1000} kbit/s, median of ${VISITS}`);
  for (const path of PATHS) {
    const visits = [];
    for (let count = 0; count < VISITS; count += 1) visits.push(await visit(path));
    const median = (name) => Math.round(visits.map((one) => one[name]).sort((one, other) => one - other)[VISITS >> 1]);
    context.diagnostic(`${path}: first paint ${median("painted")}, document ${median("ended")}, ${median("bytes")} bytes`);
  }
});

async function visit(path) {
  const context = await emptyContext({ viewport: { width: WIDTH, height: 844 } });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    const profile = { offline: false, latency: LATENCY, downloadThroughput: THROUGHPUT, uploadThroughput: THROUGHPUT };
    await session.send("Network.emulateNetworkConditions", profile);
    await page.goto(SERVICE + path, { waitUntil: "load" });
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    return await page.evaluate(() => {
      const [{ responseEnd: ended, encodedBodySize: bytes }] = performance.getEntriesByType("navigation");
      const painted = performance.getEntriesByName("first-contentful-paint")[0].startTime;
      return { ended, bytes, painted };
    });
  } finally {
    await context.close();
  }
}
