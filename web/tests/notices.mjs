/** Notices of today's pre-election periods: one for all councils, one for Oldham and one for the councils of Wales. */

import assert from "node:assert/strict";

import { SERVICE, accessible, browsing, fits, visit } from "./support.mjs";

const [ALL, OLDHAM, WALES] = ["All councils take care.", "Oldham takes care.", "Councils in Wales take care."];
/** Notices by the page on which readers see them. */
const PAGES = {
  "/": [ALL],
  "/councils/oldham": [ALL, OLDHAM],
  "/councils/swansea": [ALL, WALES],
  "/initiatives/get-oldham-working": [ALL, OLDHAM],
  "/councils/greenwich": [ALL],
};
/** Notices by the frame in which other sites show them. */
const FRAMES = {
  "/embed/initiatives?limit=2": [ALL],
  "/embed/initiatives?council=oldham&council=swansea&limit=2": [ALL, WALES, OLDHAM],
  "/embed/initiatives/get-oldham-working": [ALL, OLDHAM],
};

/** The notices of a page, in alphabetical order. */
async function notices(page, selector) {
  return (await page.locator(selector).allTextContents()).sort();
}

for (const script of [true, false]) {
  browsing(
    `pages show the notices of their councils (${script ? "with" : "without"} scripts)`,
    async (page) => {
      for (const [path, said] of Object.entries(PAGES)) {
        await (script ? visit(page, path) : page.goto(SERVICE + path));
        assert.deepEqual(await notices(page, "main p.notice"), said, path);
        if (script) await accessible(page, path);
        await fits(page, path);
      }
    },
    { script, width: 390 },
  );
}

browsing("other sites show the notices of the councils that they ask for", async (page) => {
  for (const [path, said] of Object.entries(FRAMES)) {
    await visit(page, path);
    await page.locator("[part=notice]").nth(said.length - 1).waitFor();
    assert.deepEqual(await notices(page, "[part=notice]"), said, path);
    await accessible(page, path);
  }
});
