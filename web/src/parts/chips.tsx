import { useLayoutEffect, useRef } from "preact/hooks";

import type { Json } from "../api/client";
import { label } from "../format";
import { type FilterName, type Filters, SEVERAL } from "../state/filters";
import { EVIDENCE, FILTERS, FRESHNESS, KINDS, NATIONS, REGIONS, STATUSES } from "../words";

type Counts = Json<"count_initiatives">["facets"];

/** Words for the values of filters, where the registry has its own. */
const WORDS: Partial<Record<FilterName, Record<string, string>>> = { kind: KINDS, delivery_status: STATUSES, nation: NATIONS, region: REGIONS, freshness: FRESHNESS };

/** A filter's value in words. The label comes with the counts; without one, the value itself is shown. */
export function inWords(name: FilterName, value: string, counts: Counts | undefined): string {
  if (name === "has_outcomes") return value === "true" ? "recorded" : "none recorded";
  if (name === "min_evidence") return `${EVIDENCE[Number(value)]?.name ?? value} or stronger`;
  const words = WORDS[name]?.[value];
  if (words !== undefined) return words;
  if (name === "bbox") return "selected on the map";
  if (name === "near") return value.replace(",", ", ");
  if (name === "radius_km") return `${value} km`;
  if (name === "year_from" || name === "year_to") return value;
  const facet = name === "participant" ? "council" : (name as keyof Counts);
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
  const box = useRef<HTMLDivElement>(null);
  const removed = useRef<number | null>(null);
  // The focus goes to the chip that takes the place of the removed one.
  useLayoutEffect(() => {
    const place = removed.current;
    removed.current = null;
    if (place === null) return;
    const chips = box.current?.querySelectorAll<HTMLButtonElement>(".chip");
    const next = chips?.[Math.min(place, chips.length - 1)] ?? document.getElementById("results-title");
    next?.focus();
  }, [filters.toString()]);
  if (active.length === 0) return null;
  return (
    <div class="chips" ref={box}>
      <ul aria-label="Active filters">
        {active.map(({ name, value }, index) => {
          const said = `${FILTERS[name]}: ${inWords(name, value, counts)}`;
          return (
            <li key={`${name} ${value}`}>
              <button
                type="button"
                class="chip"
                onClick={() => {
                  removed.current = index;
                  onChange(without(filters, name, value));
                }}
              >
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
