import assert from "node:assert/strict";
import { test } from "node:test";

import type { Schema } from "./api/client";
import { claimed, claimedWhen, count, date, label, leadName, membership, period, pounds, quantity, site } from "./format";

const claim = (parts: Partial<Schema<"Outcome">>) => ({ measure: "m", kind: "outcome", bound: "exact", evidence_level: 1, ...parts }) as Schema<"Outcome">;

test("dates are as precise as they are known", () => {
  assert.equal(date("2013"), "2013");
  assert.equal(date("2013-05"), "May 2013");
  assert.equal(date("2013-05-01"), "1 May 2013");
  assert.equal(date("2026-11-23T01:50:00Z"), "23 November 2026");
  assert.equal(date("soon"), "soon");
});

test("periods have one end, both or none", () => {
  assert.equal(period("2013", "2015-03"), "2013 to March 2015");
  assert.equal(period("2013", null), "from 2013");
  assert.equal(period(null, "2015"), "until 2015");
  assert.equal(period("2015", "2015"), "2015");
  assert.equal(period(null, undefined), "");
});

test("a membership is as of the last that is known of it", () => {
  assert.equal(membership({ tier: "full", status: "current", as_at: "2024-10" }), "Full member in October 2024");
  assert.equal(membership({ tier: "unknown", status: "current", as_at: "2025" }), "Member in 2025");
  assert.equal(membership({ tier: "full", status: "not_known_since", as_at: "2013-12" }), "Member in December 2013; not known since");
  assert.equal(membership({ tier: "unknown", status: "not_known_since" }), "Member at some time; no source has a date");
  assert.equal(membership({ tier: "associate", status: "ended", as_at: "2019", ended_on: "2020-03" }), "Former member, until March 2020");
  assert.equal(membership({ tier: "none" }), "No membership known");
});

test("quantities say what they count", () => {
  assert.equal(quantity(399, "people"), "399 people");
  assert.equal(quantity(1, "people"), "1 person");
  assert.equal(quantity(5.3, "percent"), "5.3%");
  assert.equal(quantity(1250000.5, "gbp"), "£1,250,000.50");
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22].map((place) => quantity(place, "rank")), ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd"]);
  assert.equal(quantity(0.0001, "count"), "0.0001");
  assert.equal(quantity(7, null), "7");
  assert.equal(pounds(100), "£1");
  assert.equal(count(2, "initiative"), "2 initiatives");
  assert.equal(count(1, "initiative"), "1 initiative");
});

test("a claim keeps its bound", () => {
  assert.deepEqual(claimed(claim({ value: 20, unit: "jobs", bound: "at_least" })), { before: "at least", value: "20 jobs" });
  assert.deepEqual(claimed(claim({ value: 20, unit: "jobs", bound: "at_most" })), { before: "up to", value: "20 jobs" });
  assert.deepEqual(claimed(claim({ value: 10, value_high: 15, unit: "years", bound: "range" })), { before: "between", value: "10 and 15 years" });
  assert.deepEqual(claimed(claim({ value: 10, value_high: 15, unit: "gbp", bound: "range" })), { before: "between", value: "£10 and £15" });
  assert.deepEqual(claimed(claim({ bound: "direction", direction: "down" })), { before: "", value: "Went down" });
  assert.deepEqual(claimed(claim({ kind: "award" })), { before: "", value: "Awarded" });
  assert.deepEqual(claimed(claim({ value: 0, unit: "bags" })), { before: "", value: "0 bags" });
});

test("a target falls due, a result has been", () => {
  assert.deepEqual(claimedWhen(claim({ kind: "target", period_to: "2015", as_at: "2013-12" })), ["by 2015", "as at December 2013"]);
  assert.deepEqual(claimedWhen(claim({ period_to: "2015" })), ["until 2015"]);
  assert.deepEqual(claimedWhen(claim({})), []);
});

test("words and addresses are readable", () => {
  assert.equal(label("health-social_care"), "Health social care");
  assert.equal(site("https://www.oldham.gov.uk/page"), "oldham.gov.uk");
  assert.equal(site("no address"), "no address");
});

test("the lead is named, and an unknown lead is not the network", () => {
  const council = { id: "1", slug: "oldham", name: "Oldham Council", gss_code: null };
  assert.equal(leadName({ lead: { kind: "council", ref: "oldham" }, lead_council: council }), "Oldham Council");
  assert.equal(leadName({ lead: { kind: "organisation", name: "RedQuadrant" }, lead_council: null }), "RedQuadrant");
  assert.equal(leadName({ lead: { kind: "network" }, lead_council: null }), "The network");
  assert.equal(leadName({ lead: { kind: "unknown" }, lead_council: null }), "Lead not known");
});
