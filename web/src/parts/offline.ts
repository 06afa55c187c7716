/** Says that there is no connection, and repeats failed requests once there is one again. */

const SAID = "You are offline. You can read what is on this page. The rest loads when you are connected again.";

/** Call once. */
export function watchConnection(): void {
  const place = document.getElementById("offline");
  const tell = () => {
    if (!place) return;
    // The region is there before its words, so that screen readers read them.
    place.hidden = navigator.onLine;
    place.textContent = navigator.onLine ? "" : SAID;
  };
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  if (!navigator.onLine) tell();
}
