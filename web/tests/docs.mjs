/** The interactive page of every operation, as a reader tries it: "Try it out", "Execute", nothing filled in. */

import assert from "node:assert/strict";

import { SERVICE, browsing } from "./support.mjs";

/** Operations by their tag and id: lists, one record, a search, formats, addresses in the path and in the query. */
const TRIED = [
  ["councils", "list_councils"],
  ["initiatives", "list_initiatives"],
  ["initiatives", "count_initiatives"],
  ["initiatives", "find_initiative"],
  ["outcomes", "list_outcomes"],
  ["themes", "list_theme_initiatives"],
  ["map", "map_initiatives"],
  ["search", "search_registry"],
  ["exports", "export_initiatives"],
  ["OGC", "list_initiative_features"],
  ["service", "find_frame"],
];

browsing(
  "operations give a good answer as they stand",
  async (page) => {
    await page.goto(`${SERVICE}/docs/`);
    for (const [tag, id] of TRIED) {
      const operation = page.locator(`#operations-${tag}-${id}`);
      await operation.locator(".opblock-summary-control").click();
      await operation.getByRole("button", { name: "Try it out" }).click();
      await operation.getByRole("button", { name: "Execute" }).click();
      const status = operation.locator(".live-responses-table tbody .response-col_status");
      await status.waitFor();
      const asked = (await operation.locator(".request-url pre").textContent()) ?? "";
      assert.equal((await status.textContent())?.trim().slice(0, 3), "200", `${id}: ${asked}`);
      const answer = await page.evaluate((address) => fetch(address).then((found) => found.text()), asked);
      assert.doesNotMatch(answer, /"(total|numberMatched)": ?0\b/, `${id}: ${asked}`);
      // Nothing narrows the answer that the reader has not asked for.
      assert.doesNotMatch(asked, /[?&](theme|council|fields|limit|bbox|near|updated_since)=/, id);
      await operation.locator(".opblock-summary-control").click();
    }
  },
  { faults: [/Content Security Policy/] },
);
