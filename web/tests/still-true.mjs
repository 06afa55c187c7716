/** The page behind a one-time link in a letter, on a telephone. `CCIN_LINK` is the path of the link. */

import assert from "node:assert/strict";

import { SERVICE, accessible, browsing, fits, variable } from "./support.mjs";

const PATH = variable("CCIN_LINK");

browsing(
  "three records are answered for on a telephone",
  async (page) => {
    await page.goto(SERVICE + PATH);
    const records = page.locator("article");
    const many = await records.count();
    assert.ok(many >= 3, `${many} records`);
    const title = await page.getByRole("heading", { level: 2 }).nth(1).textContent();

    await records.nth(0).getByRole("button", { name: /^Still true/ }).click();
    await records.nth(0).getByText("You answered on").waitFor();

    await records.nth(1).getByText(`Changed: ${title}`).click();
    await records.nth(1).getByRole("textbox", { name: "What has changed?" }).fill("It runs in\nall wards now.");
    await records.nth(2).getByText(/^Ended/).click();
    await records.nth(2).getByLabel("When did it end?").waitFor();
    await accessible(page, "with its forms open");
    await fits(page, "with its forms open");
    await records.nth(1).getByRole("button", { name: "Send what has changed" }).click();
    await records.nth(1).getByText("Your words are with revision").waitFor();

    await records.nth(2).getByText(/^Ended/).click();
    await records.nth(2).getByRole("radio", { name: "It was stopped" }).check();
    await records.nth(2).getByRole("button", { name: "Send that it has ended" }).click();
    await records.nth(2).getByText("You answered on").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Still true/ }).count(), many - 3);
    await accessible(page, "with answers");
    await fits(page, "with answers");
  },
  { width: 390, height: 844 },
);
