/** Typical calls with the ready TypeScript client, to a service with the sample data. */
import assert from "node:assert/strict";
import { createClient, everything } from "@ccin/registry-client";

const baseUrl = process.env["CCIN_SERVICE"] ?? "";
const credentials = { token: process.env["CCIN_TOKEN"] ?? "" };
const registry = createClient(baseUrl, credentials);

// All pages of a filtered list.
const list = await registry.GET("/v1/initiatives", {
  params: { query: { nation: ["england"], fields: ["id", "slug", "title"], limit: 20 } },
});
assert.ok(list.data, JSON.stringify(list.error));
assert.ok(list.data.total > 40, "the sample has several pages");
const slugs = new Set<string>();
for await (const { slug, title, summary } of everything(list.data)) {
  assert.ok(slug && title && summary === undefined, "the members that were picked");
  slugs.add(slug);
}
assert.equal(slugs.size, list.data.total);

// One record.
const one = await registry.GET("/v1/councils/{council}", { params: { path: { council: "oldham" } } });
assert.equal(one.data?.name, "Oldham Metropolitan Borough Council", JSON.stringify(one.error));
const none = await registry.GET("/v1/councils/{council}", { params: { path: { council: "nowhere" } } });
assert.equal(none.error?.code, "not_found");

// Create a record, then change the version that was read.
const entered = await registry.POST("/v1/initiatives", {
  body: {
    title: "Repair café, entered by the TypeScript client",
    summary: "Residents mend what would be thrown away, once a month, in the town hall.",
    kind: "case_study",
    delivery_status: "live",
    lead_council: "oldham",
    themes: ["environment-place"],
  },
});
assert.ok(entered.data, JSON.stringify(entered.error));
const { id } = entered.data;
const change = (etag: string) =>
  registry.PATCH("/v1/initiatives/{initiative}", {
    params: { path: { initiative: id }, header: { "If-Match": etag } },
    headers: { "Content-Type": "application/merge-patch+json" },
    body: { delivery_status: "scaled" },
  });
const etag = entered.response.headers.get("etag") ?? "";
const changed = await change(etag);
assert.equal(changed.data?.delivery_status, "scaled", JSON.stringify(changed.error));
assert.equal(changed.data.visibility, entered.data.visibility, "what a patch leaves out stays");
assert.equal((await change(etag)).error?.code, "stale");

// Export a whole list.
const exported = await registry.GET("/v1/councils.{format}", {
  params: { path: { format: "csv" }, query: { fields: ["slug", "name"] } },
  parseAs: "text",
});
assert.match(String(exported.data), /^slug,name\r\n.*\r\noldham,/s);

// A body that matches its types, but breaks a rule across its members.
const refused = await registry.PATCH("/v1/initiatives/{initiative}", {
  params: { path: { initiative: id }, header: { "If-Match": changed.response.headers.get("etag") ?? "" } },
  body: { outcomes: [{ kind: "saving", measure: "Saved in a year", bound: "range", evidence_level: 0 }] },
});
assert.equal(refused.error?.code, "invalid");
assert.ok(refused.error.errors?.some((fault) => fault.pointer === "/outcomes/0/value_high"), JSON.stringify(refused.error));

console.log("all calls are answered");
