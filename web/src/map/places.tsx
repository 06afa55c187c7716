import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { drawBoundaries, nameCouncils } from "../api/registry";
import type { PlacesMap } from "./map";
import type { Spot } from "./points";

interface Props {
  /** What the map is of, for those who do not see it. */
  name: string;
  spots: Spot[];
  /** One of the noun that is on the map, and several. */
  nouns: [string, string];
  /** The place that stands out. */
  pointed?: string | null;
  /** The council whose boundary stands out, where boundaries are known. */
  marked?: string | undefined;
  /** Stay where the map is when other places are shown. */
  stay?: boolean;
  /** What is in view has been chosen: west, south, east, north in degrees. */
  onBox?: (box: [number, number, number, number]) => void;
}

/** A map of places. What it shows stands in a list as well: where the map cannot be loaded, nothing is lost. */
export function Places({ name, spots, nouns, pointed = null, marked, stay = false, onBox }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<PlacesMap | null>(null);
  const [failed, setFailed] = useState(false);
  const [credit, setCredit] = useState<string[]>([]);

  useEffect(() => {
    let made: PlacesMap | undefined;
    let gone = false;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    import("./styled").then(
      ({ PlacesMap }) => {
        if (gone || !box.current) return;
        made = new PlacesMap(box.current, { nouns, still, fill, names: nameCouncils, boundaries: drawBoundaries, credit: setCredit, marked });
        setMap(made);
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
      made?.remove();
    };
  }, []);

  // The same places in the same order need no new drawing.
  const said = spots.map((spot) => spot.key).join(" ");
  useEffect(() => map?.show(spots, stay), [map, said]);
  useEffect(() => map?.point(pointed), [map, pointed, said]);

  if (failed) return <p class="notice">The map could not be loaded. The list has everything that it would show.</p>;
  return (
    <div class="frame">
      <div ref={box} class="map" role="application" aria-label={`${name}. Arrow keys move the map, plus and minus zoom; Tab goes through the places.`} />
      {credit.length > 0 && <p class="credit">{credit.join(" ")}</p>}
      {onBox && map && (
        <button type="button" class="in-view" onClick={() => onBox(map.box())}>
          List only what is in view
        </button>
      )}
    </div>
  );
}

function fill(bubble: HTMLElement, spots: Spot[], name: string): () => void {
  render(<Bubble spots={spots} name={name} />, bubble);
  return () => render(null, bubble);
}

function Bubble({ spots, name }: { spots: Spot[]; name: string }) {
  // What they have in common is said once.
  const noted = spots.length === 1 || new Set(spots.map((spot) => spot.note)).size > 1;
  return (
    <>
      {spots.length > 1 && <p>{name}</p>}
      <ul>
        {spots.map((spot) => (
          <li key={spot.key}>
            <a href={spot.href}>{spot.title}</a>
            {noted && spot.note && <small>{spot.note}</small>}
          </li>
        ))}
      </ul>
    </>
  );
}
