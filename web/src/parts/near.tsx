import { useState } from "preact/hooks";

/** Decimals of a degree, about a kilometre: nearer than that nobody needs to know where somebody is. */
const DECIMALS = 2;

/** A button that looks around where the reader is, where the browser knows and the reader allows it. */
export function Near({ onNear }: { onNear: (near: string) => void }) {
  const [said, setSaid] = useState("");
  // Browsers tell where they are over a safe connection alone.
  if (!window.isSecureContext || !("geolocation" in navigator)) return null;
  const look = () => {
    setSaid("Finding where you are …");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setSaid("");
        onNear([coords.latitude, coords.longitude].map((degrees) => degrees.toFixed(DECIMALS)).join(","));
      },
      ({ code, PERMISSION_DENIED }) => setSaid(code === PERMISSION_DENIED ? "Your browser was not allowed to say where you are." : "Where you are could not be found."),
      { maximumAge: 600_000, timeout: 10_000 },
    );
  };
  return (
    <span class="near">
      <button type="button" class="plain" onClick={look}>
        Near me
      </button>{" "}
      <span role="status">{said}</span>
    </span>
  );
}
