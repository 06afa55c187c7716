/** The interactive page of every operation, as a reader tries it: "Try it out", "Execute", nothing filled in. */

import assert from "node:assert/strict";

import { SERVICE, browsing, variable } from "./support.mjs";

/**
 * Operations by their tag and id: a list with every filter, an address in the query, and a record by an id that this
 * registry gave. The page is slow, and `tests/api/try_it_out` asks for all operations without it.
 */
const TRIED = [
  ["initiatives", "list_initiatives"],
  ["service", "find_frame"],
  ["councils", "find_council_change"],
];

/** Try an operation, and leave it open. Returns the status and the address that was asked for. */
async function execute(page, tag, id) {
  const operation = page.locator(`#operations-${tag}-${id}`);
  const section = page.locator(`.opblock-tag[data-tag="${tag}"]`);
  await section.waitFor();
  if ((await section.getAttribute("data-is-open")) === "false") await section.click();
  if (!(await operation.getByRole("button", { name: "Execute" }).isVisible())) {
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
  }
  await operation.getByRole("button", { name: "Execute" }).click();
  const status = operation.locator(".live-responses-table tbody .response-col_status");
  await status.waitFor();
  const asked = (await operation.locator(".request-url pre").textContent()) ?? "";
  return { operation, status: (await status.textContent())?.trim().slice(0, 3), asked };
}

browsing(
  "operations give a good answer as they stand",
  async (page) => {
    await page.goto(`${SERVICE}/docs/`);
    for (const [tag, id] of TRIED) {
      const { operation, status, asked } = await execute(page, tag, id);
      assert.equal(status, "200", `${id}: ${asked}`);
      const answer = await page.evaluate((address) => fetch(address).then((found) => found.text()), asked);
      assert.doesNotMatch(answer, /"(total|numberMatched)": ?0\b/, `${id}: ${asked}`);
      // Nothing narrows the answer that the reader has not asked for.
      assert.doesNotMatch(asked, /[?&](theme|council|fields|limit|bbox|near|updated_since)=/, id);
      await operation.locator(".opblock-summary-control").click();
    }
  },
  { faults: [/Content Security Policy/] },
);

browsing(
  "an operation for signed-in callers says so, and works as it stands after signing in",
  async (page) => {
    await page.goto(`${SERVICE}/docs/`);
    const before = await execute(page, "users", "find_user");
    assert.equal(before.status, "401", before.asked);
    assert.match((await before.operation.locator(".live-responses-table").textContent()) ?? "", /Sign in first/);

    await page.locator(".auth-wrapper .authorize").first().click();
    const scheme = page.locator(".auth-container").filter({ hasText: "bearer" });
    await scheme.getByRole("textbox").fill(variable("CCIN_TOKEN"));
    const listed = page.waitForResponse((response) => response.url().includes("/v1/users?"));
    await scheme.getByRole("button", { name: "Apply credentials" }).click();
    await listed;
    await page.locator(".modal-ux .close-modal").click();

    const value = before.operation.locator('tr[data-param-name="id"] input');
    await page.waitForFunction((old) => !document.querySelector('#operations-users-find_user tr[data-param-name="id"] input')?.value.startsWith(old), "0192d5e0");
    const id = await value.inputValue();
    const answered = page.waitForResponse((response) => response.url().endsWith(`/v1/users/${id}`));
    await before.operation.getByRole("button", { name: "Execute" }).click();
    assert.equal((await answered).status(), 200, id);
  },
  { faults: [/Content Security Policy/, /status of 401/] },
);
