/** The same calls with the `typescript-fetch` client of openapi-generator. */
import assert from "node:assert/strict";
import { CouncilsApi, ExportsApi, InitiativesApi } from "../../typescript-fetch/dist/index.js";
import { Configuration, ResponseError } from "../../typescript-fetch/dist/runtime.js";

const accessToken = process.env["CCIN_TOKEN"] ?? "";
const configuration = new Configuration({ basePath: process.env["CCIN_SERVICE"] ?? "", accessToken });
const initiatives = new InitiativesApi(configuration);
const councils = new CouncilsApi(configuration);

/** The problem document of a call that is refused. */
async function problem(call: Promise<unknown>): Promise<{ code: string; errors?: { pointer?: string }[] }> {
  const error = await call.then(
    () => assert.fail("the call was not refused"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ResponseError, String(error));
  return (await error.response.json()) as { code: string };
}

// All pages of a filtered list.
let page = await initiatives.listInitiatives({ nation: ["england"], limit: 20 });
const { total } = page;
const slugs = new Set<string>();
for (;;) {
  for (const { slug } of page.data) slugs.add(slug ?? "");
  if (!page.page.next) break;
  page = (await (await fetch(page.page.next, { headers: { Authorization: `Bearer ${accessToken}` } })).json()) as typeof page;
}
assert.equal(slugs.size, total);
assert.ok(total > 40, "the sample has several pages");

// One record.
assert.equal((await councils.findCouncil({ council: "oldham" })).name, "Oldham Metropolitan Borough Council");
assert.equal((await problem(councils.findCouncil({ council: "nowhere" }))).code, "not_found");

// Create a record, then change the version that was read.
const answer = await initiatives.createInitiativeRaw({
  newInitiative: {
    title: "Repair café, entered by typescript-fetch",
    summary: "Residents mend what would be thrown away, once a month, in the town hall.",
    kind: "case_study",
    deliveryStatus: "live",
    leadCouncil: "oldham",
    themes: ["environment-place"],
  },
});
const entered = await answer.value();
const change = (ifMatch: string) =>
  initiatives.updateInitiativeRaw({ initiative: entered.id, ifMatch, initiativePatch: { deliveryStatus: "scaled" } });
const etag = answer.raw.headers.get("etag") ?? "";
const answered = await change(etag);
const changed = await answered.value();
assert.equal(changed.deliveryStatus, "scaled");
assert.equal(changed.visibility, entered.visibility, "what a patch leaves out stays");
assert.equal((await problem(change(etag))).code, "stale");

// Export a whole list.
const exported = await new ExportsApi(configuration).exportCouncils({ format: "csv", fields: ["slug", "name"] });
assert.match(exported, /^slug,name\r\n.*\r\noldham,/s);

// A body that matches its types, but breaks a rule across its members.
const refused = await problem(
  initiatives.updateInitiative({
    initiative: entered.id,
    ifMatch: answered.raw.headers.get("etag") ?? "",
    initiativePatch: { outcomes: [{ kind: "saving", measure: "Saved in a year", bound: "range", evidenceLevel: 0 }] },
  }),
);
assert.equal(refused.code, "invalid");
assert.ok(refused.errors?.some((fault) => fault.pointer === "/outcomes/0/value_high"), JSON.stringify(refused));

console.log("all calls are answered");
