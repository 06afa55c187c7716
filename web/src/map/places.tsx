import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { drawBoundaries, nameCouncils } from "../api/registry";
import type { PlacesMap } from "./map";
import type { Spot } from "./points";
import { shadeNames } from "./shades";

interface Props {
  /** Name of the map, for screen readers. */
  name: string;
  spots: Spot[];
  /** Singular and plural of the noun for the places. */
  nouns: [string, string];
  /** The highlighted place. */
  pointed?: string | null;
  /** The council whose boundary is highlighted, if the boundary is known. */
  marked?: string | undefined;
  /** Do not move the map when the places change. */
  stay?: boolean;
  /** Numbers of initiatives by council, by which the map can be shaded. */
  shades?: ReadonlyMap<string, number> | undefined;
  /** Called when the user selects the visible area: west, south, east, north in degrees. */
  onBox?: (box: [number, number, number, number]) => void;
}

/** A map of places. A list shows the same places, in case the map cannot be loaded. */
export function Places({ name, spots, nouns, pointed = null, marked, stay = false, shades, onBox }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<PlacesMap | null>(null);
  const [failed, setFailed] = useState(false);
  const [credit, setCredit] = useState<string[]>([]);
  const [shaded, setShaded] = useState(false);

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

  // Do not redraw the same places in the same order.
  const said = spots.map((spot) => spot.key).join(" ");
  useEffect(() => map?.show(spots, stay), [map, said]);
  useEffect(() => map?.point(pointed), [map, pointed, said]);
  useEffect(() => map?.shade(shaded && shades ? shades : null), [map, shaded, shades]);

  if (failed) return <p class="notice">The map could not be loaded. The list has the same places.</p>;
  return (
    <div class="frame">
      <div ref={box} class="map" role="application" aria-label={`${name}. Use the arrow keys to move the map, plus and minus to zoom, and Tab to go through the places.`} />
      {map && <p class="credit">{[...credit, map.sources].join(" ")}</p>}
      {shades && map && credit.length > 0 && (
        <div class="shading">
          <button type="button" aria-pressed={shaded} onClick={() => setShaded(!shaded)}>
            Shade councils
          </button>
          {shaded && (
            <ul aria-label="Initiatives that a council leads">
              {shadeNames().map((name, index) => (
                <li key={name}>
                  <i class={`shade-${index}`} aria-hidden="true" />
                  {name}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      {onBox && map && (
        <button type="button" class="in-view" onClick={() => onBox(map.box())}>
          Search this area
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
  // A note that all places share is shown once.
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
