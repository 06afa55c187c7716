import { count } from "../format";
import { clearPicks, comparison, usePicks } from "../state/picks";

/** Leads to the comparison of the picked initiatives. Shown once there is one. */
export function CompareBar() {
  const picks = usePicks();
  if (picks.length === 0) return null;
  return (
    <aside class="compare-bar" aria-label="Comparison">
      <span role="status">{count(picks.length, "initiative")} selected</span>
      {picks.length > 1 ? (
        <a class="button" href={comparison(picks)}>
          Compare
        </a>
      ) : (
        <span>Select another to compare.</span>
      )}
      <button type="button" class="plain" onClick={clearPicks}>
        Clear selection
      </button>
    </aside>
  );
}
