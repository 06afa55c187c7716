import { claimed, claimedWhen, leadName, period } from "../src/format";
import { CLAIM_GROUPS, EVIDENCE, KINDS, OUTCOME_KINDS } from "../src/words";
import type { Shown } from "./api";
import { make } from "./make";

/** Initiatives as a list; `level` is the heading level of their titles. */
export function items(shown: Shown[], service: string, level: number, target: Record<string, string>): HTMLElement {
  // Without a role, Safari does not announce a list without bullets.
  return make("ul", { part: "list", role: "list" }, ...shown.map((one) => item(one, service, level, target)));
}

function item(shown: Shown, service: string, level: number, target: Record<string, string>): HTMLElement {
  const { slug, title, summary, kind, status_text: status, started_on: from, ended_on: to } = shown;
  const link = make("a", { part: "link", href: `${service}initiatives/${encodeURIComponent(slug)}`, ...target }, title);
  const facts = [leadName(shown), KINDS[kind], status, period(from, to)];
  return make(
    "li",
    { part: "item" },
    make(`h${level}`, { part: "title" }, link),
    make("p", { part: "meta" }, facts.filter((fact) => fact !== "").join(" · ")),
    make("p", { part: "summary" }, summary),
    ...(shown.outcomes?.length ? [claims(shown.outcomes)] : []),
  );
}

/** Outcomes as claims in groups, so that targets stand apart from results. */
function claims(outcomes: NonNullable<Shown["outcomes"]>): HTMLElement {
  const groups = CLAIM_GROUPS.flatMap(({ title, kinds }) => {
    const claims = outcomes.filter(({ kind }) => kinds.includes(kind));
    if (claims.length === 0) return [];
    return [make("p", { part: "claim-group" }, title), make("ul", { part: "claims", role: "list", "aria-label": `${title}, as claimed` }, ...claims.map(claimItem))];
  });
  return make("div", {}, ...groups);
}

/** A claim with its kind, bound, date, evidence and caveat. */
function claimItem(claim: NonNullable<Shown["outcomes"]>[number]): HTMLElement {
  const { before, value } = claimed(claim);
  const evidence = claim.kind === "context" ? [] : [`evidence: ${EVIDENCE[claim.evidence_level]?.name ?? claim.evidence_level}`];
  const facts = [OUTCOME_KINDS[claim.kind], ...claimedWhen(claim), ...evidence];
  const amount = value ? [make("b", {}, [before, value].filter((part) => part !== "").join(" ")), ": "] : [];
  const caveat = claim.caveat ? [make("span", { part: "caveat" }, ` ${claim.caveat}`)] : [];
  return make("li", { part: "claim" }, ...amount, `${claim.measure} (${facts.join(", ")}).`, ...caveat);
}
