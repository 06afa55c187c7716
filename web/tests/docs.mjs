/** The interactive page of every operation, as a reader tries it: "Try it out", "Execute", nothing filled in. */

import assert from "node:assert/strict";

import { SERVICE, browsing } from "./support.mjs";

/**
 * Operations by their tag and id: a list with every filter, a search with its words, and an address in the query. The page is
 * slow, and `tests/api/try_it_out.rs` asks for all of them without it.
 */
const TRIED = [
  ["initiatives", "list_initiatives"],
  ["search", "search_registry"],
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
