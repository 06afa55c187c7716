/** The map with Leaflet's styles on the page. */

import "leaflet/dist/leaflet.css";

export { PlacesMap } from "./map";
