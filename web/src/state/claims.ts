/** Claims of many initiatives: what they share, and how they stand beside each other. */

import type { Schema } from "../api/client";
import { CLAIM_GROUPS } from "../words";

/** The members that claims of one and of many initiatives have. */
export type Claimed = Pick<Schema<"OutcomeRecord">, "measure" | "kind" | "evidence_level" | "bound"> &
  Partial<Pick<Schema<"OutcomeRecord">, "value" | "value_high" | "direction" | "unit" | "baseline" | "period_from" | "period_to" | "as_at" | "definition" | "caveat">>;

/** Caveats of more than one claim, numbered from 1 in the order of the claims. */
export function sharedCaveats(claims: readonly { caveat?: string | null | undefined }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { caveat } of claims) if (caveat) counts.set(caveat, (counts.get(caveat) ?? 0) + 1);
  const shared = [...counts].filter(([, count]) => count > 1);
  return new Map(shared.map(([caveat], index) => [caveat, index + 1]));
}

/** Claims of one kind in one unit: they share a scale, and are never added up. */
export interface Plot<Claim extends Claimed> {
  kind: Claimed["kind"];
  unit: NonNullable<Claimed["unit"]> | null;
  claims: Claim[];
}

/** Claims by group, kind and unit, in the order of interest to readers; the latest first. */
export function plots<Claim extends Claimed>(claims: readonly Claim[]): { title: string; note: string; plots: Plot<Claim>[] }[] {
  const groups = CLAIM_GROUPS.map(({ title, kinds, note }) => {
    const found = new Map<string, Plot<Claim>>();
    for (const kind of kinds) {
      for (const claim of claims.filter((one) => one.kind === kind)) {
        const unit = claim.unit ?? null;
        const plot = found.get(`${kind} ${unit}`) ?? { kind, unit, claims: [] };
        plot.claims.push(claim);
        found.set(`${kind} ${unit}`, plot);
      }
    }
    for (const plot of found.values()) plot.claims.sort((one, other) => date(other).localeCompare(date(one)));
    return { title, note, plots: [...found.values()] };
  });
  return groups.filter((group) => group.plots.length > 0);
}

/** The last date that a claim has; empty for none. */
function date({ as_at: at, period_to: to, period_from: from }: Claimed): string {
  return at ?? to ?? from ?? "";
}

/** Where a claim stands on the scale of its plot, as parts of its width from 0 to 1. */
export interface Mark {
  from: number;
  to: number;
  /** The value before. */
  baseline: number | null;
  /** How the value bounds the true one. */
  bound: Claimed["bound"];
}

/** The scale of a plot: from 0, or from the lowest value if that is below 0, to the highest. `null` without two values. */
export function scale(claims: readonly Claimed[]): ((claim: Claimed) => Mark | null) | null {
  const values = claims.flatMap(({ value, value_high: high, baseline }) => [value, high, baseline]).filter((value) => typeof value === "number");
  if (claims.filter(({ value }) => typeof value === "number").length < 2) return null;
  const low = Math.min(0, ...values);
  const span = Math.max(0, ...values) - low;
  if (span === 0) return null;
  const at = (value: number) => (value - low) / span;
  return ({ value, value_high: high, baseline, bound }) => {
    if (typeof value !== "number") return null;
    return { from: at(value), to: at(typeof high === "number" ? high : value), baseline: typeof baseline === "number" ? at(baseline) : null, bound };
  };
}
