import { render } from "preact";

const place = document.getElementById("page");
if (place) render(<h1>CCIN registry</h1>, place);
