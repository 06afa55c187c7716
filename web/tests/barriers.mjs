/** axe over every page, light and dark, wide and narrow: no violation of WCAG 2.2 A or AA. */

import { accessible, browsing, visit } from "./support.mjs";

/** A page of each kind, by what it is. */
const PAGES = {
  "the map and the list": "/",
  "a search": "/?q=housing",
  "a filtered list": "/?theme=housing&region=north_west&min_evidence=1",
  "nothing that matches": "/?q=zzyzx&theme=housing",
  "a filter that is not known": "/?theme=zzyzx",
  "a record": "/initiatives/get-oldham-working",
  "the councils": "/councils",
  "a council": "/councils/oldham",
  "the themes": "/themes",
  "a theme": "/themes/housing",
  "the organisations": "/organisations",
  "an organisation": "/organisations/co-operatives-uk",
  about: "/about",
  "a record that is not there": "/initiatives/zzyzx",
};
/** What the console says of answers that are meant to be refusals. */
const REFUSALS = [/status of (400|404)/];

/** Colours differ by scheme, the arrangement by width: each of both once. */
const SCREENS = [
  ["light", 1280],
  ["dark", 320],
];

for (const [scheme, width] of SCREENS) {
  browsing(
    `no page has a barrier (${scheme}, ${width} pixels)`,
    async (page) => {
      for (const [what, path] of Object.entries(PAGES)) {
        await visit(page, path);
        await accessible(page, `${what} (${path})`);
      }
    },
    { scheme, width, faults: REFUSALS },
  );
}

browsing("what opens has no barrier", async (page) => {
  await visit(page, "/");
  await page.getByRole("combobox", { name: /^Search/ }).pressSequentially("hous");
  await page.getByRole("option").first().waitFor();
  await accessible(page, "suggestions");
});
