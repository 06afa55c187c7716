import { useState } from "preact/hooks";

/** Decimals of a degree. Two are about a kilometre: a more precise location is not needed. */
const DECIMALS = 2;

/** Button that searches near the user, if the browser has a location and the user permits it. */
export function Near({ onNear }: { onNear: (near: string) => void }) {
  const [said, setSaid] = useState("");
  // Browsers provide a location over HTTPS only.
  if (!window.isSecureContext || !("geolocation" in navigator)) return null;
  const look = () => {
    setSaid("Finding your location …");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setSaid("");
        onNear([coords.latitude, coords.longitude].map((degrees) => degrees.toFixed(DECIMALS)).join(","));
      },
      ({ code, PERMISSION_DENIED }) => setSaid(code === PERMISSION_DENIED ? "Your browser did not share your location. Allow it to in your browser settings, then try again." : "Your location could not be found."),
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
