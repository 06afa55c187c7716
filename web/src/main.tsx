import "./styles/type.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/explore.css";
import "./styles/record.css";
import "./styles/councils.css";
import "./styles/map.css";
import "./styles/print.css";

import { render } from "preact";

import { App } from "./app";
import { start } from "./state/router";

const place = document.getElementById("page");
if (place) {
  start();
  render(<App />, place);
}
