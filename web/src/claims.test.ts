import assert from "node:assert/strict";
import { test } from "node:test";

import { type Claimed, plots, scale, sharedCaveats } from "./state/claims";

const claim = (parts: Partial<Claimed>): Claimed => ({ measure: "m", kind: "outcome", bound: "exact", evidence_level: 1, ...parts });

test("claims of one kind and unit share a plot, the latest first, and targets stand apart", () => {
  const groups = plots([
    claim({ kind: "target", value: 9, unit: "jobs" }),
    claim({ value: 1, unit: "jobs", as_at: "2013" }),
    claim({ value: 2, unit: "jobs", period_to: "2015-03" }),
    claim({ value: 3, unit: "gbp" }),
    claim({ kind: "saving", value: 4, unit: "gbp" }),
  ]);
  const said = groups.map((group) => [group.title, ...group.plots.map(({ kind, unit, claims }) => `${kind} ${unit} ${claims.map(({ value }) => value)}`)]);
  assert.deepEqual(said, [
    ["Results", "outcome jobs 2,1", "outcome gbp 3", "saving gbp 4"],
    ["Targets and projections", "target jobs 9"],
  ]);
});

test("a scale begins at nothing, and has room for ranges and what was before", () => {
  const claims = [claim({ value: 20 }), claim({ value: 10, value_high: 40, bound: "range" }), claim({ value: 5, baseline: 30, bound: "at_most" })];
  const mark = scale(claims);
  assert.deepEqual(claims.map((one) => mark?.(one)), [
    { from: 0.5, to: 0.5, baseline: null, bound: "exact" },
    { from: 0.25, to: 1, baseline: null, bound: "range" },
    { from: 0.125, to: 0.125, baseline: 0.75, bound: "at_most" },
  ]);
  assert.equal(scale([claim({ value: 20 }), claim({ bound: "direction", direction: "up" })]), null);
  assert.equal(scale([claim({ value: -10 }), claim({ value: 10 })])?.(claim({ value: 0 }))?.from, 0.5);
});

test("a caveat of several claims is numbered once", () => {
  assert.deepEqual([...sharedCaveats([{ caveat: "a" }, { caveat: "b" }, { caveat: "a" }, {}, { caveat: "c" }, { caveat: "c" }])], [["a", 1], ["c", 2]]);
});
