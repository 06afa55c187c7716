import type { Json } from "../api/client";
import { label } from "../format";
import { type FilterName, type Filters, SEVERAL } from "../state/filters";
import { EVIDENCE, FRESHNESS } from "../words";

type Counts = Json<"count_initiatives">["facets"];

/** Names of the filters. */
export const NAMES: Record<FilterName, string> = {
  theme: "Theme",
  principle: "Principle",
  council: "Led by",
  participant: "Council involved",
  region: "Region",
  nation: "Nation",
  kind: "Type",
  delivery_status: "Stage",
  year_from: "Started in or after",
  year_to: "Started in or before",
  min_evidence: "Evidence",
  has_outcomes: "Outcomes",
  freshness: "Review",
  bbox: "Area",
  near: "Near",
  radius_km: "Within",
};

/** A filter's value in words. The label comes with the counts; without one, the value itself is shown. */
export function inWords(name: FilterName, value: string, counts: Counts | undefined): string {
  if (name === "has_outcomes") return value === "true" ? "recorded" : "none recorded";
  if (name === "min_evidence") return `${EVIDENCE[Number(value)]?.name ?? value} or stronger`;
  if (name === "freshness") return FRESHNESS[value as keyof typeof FRESHNESS] ?? value;
  if (name === "bbox") return "selected on the map";
  if (name === "near") return value.replace(",", ", ");
  if (name === "radius_km") return `${value} km`;
  if (name === "year_from" || name === "year_to") return value;
  const facet = name === "participant" ? "council" : name;
  return counts?.[facet].find((one) => one.value === value)?.label ?? label(value);
}

interface Props {
  filters: Filters;
  counts: Counts | undefined;
  onChange: (filters: Filters) => void;
}

/** The active filters, each with a button that removes it. */
export function Chips({ filters, counts, onChange }: Props) {
  const active = filters.active();
  if (active.length === 0) return null;
  return (
    <div class="chips">
      <ul aria-label="Active filters">
        {active.map(({ name, value }) => {
          const said = `${NAMES[name]}: ${inWords(name, value, counts)}`;
          return (
            <li key={`${name} ${value}`}>
              <button type="button" class="chip" onClick={() => onChange(without(filters, name, value))}>
                <span class="unseen">Remove the filter </span>
                {said}
                <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
                  <path d="M2 2l8 8M10 2l-8 8" />
                </svg>
              </button>
            </li>
          );
        })}
      </ul>
      {active.length > 1 && (
        <button type="button" class="plain" onClick={() => onChange(filters.cleared())}>
          Clear all filters
        </button>
      )}
    </div>
  );
}

/** The filters without this value. */
export function without(filters: Filters, name: FilterName, value: string): Filters {
  return (SEVERAL as readonly string[]).includes(name) ? filters.toggle(name, value) : filters.set(name, "");
}
