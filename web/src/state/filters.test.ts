import assert from "node:assert/strict";
import { test } from "node:test";

import { Filters } from "./filters";

const of = (query: string) => Filters.of(new URLSearchParams(query));

test("the same filters are written the same way, in whatever order they came", () => {
  assert.equal(of("q=x&kind=idea&theme=b&theme=a").toString(), of("theme=b&theme=a&kind=idea&q=x").toString());
});

test("parameters of others and empty ones are left out", () => {
  assert.equal(of("utm_source=letter&theme=&view=map&theme=housing").toString(), "theme=housing");
});

test("a value goes in and out again", () => {
  const one = of("theme=housing").toggle("theme", "energy-climate");
  assert.deepEqual(one.all("theme"), ["housing", "energy-climate"]);
  assert.equal(one.toggle("theme", "energy-climate").toString(), "theme=housing");
  assert.equal(of("year_from=2013").set("year_from", "2015").toString(), "year_from=2015");
  assert.equal(of("year_from=2013").set("year_from", "").toString(), "");
});

test("words and order stay when filters are cleared, but for an order that needs a place", () => {
  assert.equal(of("q=food&sort=-started_on&theme=housing").cleared().toString(), "q=food&sort=-started_on");
  assert.equal(of("q=food&near=53,-2&radius_km=5&sort=distance").cleared().toString(), "q=food");
  assert.equal(of("near=53,-2&radius_km=5&sort=distance").set("near", "").toString(), "");
});

test("a request has lists where the document has them", () => {
  const query = of("theme=a&theme=b&year_from=2013&q=x&sort=title").query();
  assert.deepEqual(query, { theme: ["a", "b"], year_from: "2013", q: "x", sort: "title" });
  assert.ok(!("sort" in of("sort=title&theme=a").narrowing()));
});

test("what is on is listed without words and order", () => {
  assert.deepEqual(of("q=x&sort=title&nation=wales").active(), [{ name: "nation", value: "wales" }]);
});
