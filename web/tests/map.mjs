/** On a phone as on a desk, a map opens on the places of its list, and stays on them when the screen turns. */

import assert from "node:assert/strict";

import { browsing, settled, visit } from "./support.mjs";

/** Widths of phones, and of a small tablet. */
const WIDTHS = [320, 390, 720];
/** Addresses whose list says how many places its map has. */
const LISTS = ["/?view=map", "/?council=oldham&view=map", "/?theme=housing&view=map", "/councils?view=map", "/councils?where=wales&view=map"];
/** Addresses whose map has one place. */
const RECORDS = ["/initiatives/get-oldham-working", "/councils/oldham"];

/** Hold that the map shows all its places, and is as close to them as they let it. */
async function opensOnItsPlaces(page, what) {
  const map = page.locator(".map");
  await map.scrollIntoViewIfNeeded();
  await map.locator(".spot").first().waitFor();
  // A map that was resized needs a moment.
  await page.waitForTimeout(300);
  const { box, spots } = await map.evaluate((map) => {
    const rectangle = (one) => (({ left, right, top, bottom }) => ({ left, right, top, bottom }))(one.getBoundingClientRect());
    const spots = [...map.querySelectorAll(".spot")].map((spot) => ({ ...rectangle(spot), places: Number(spot.textContent || "1") }));
    return { box: rectangle(map), spots };
  });
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  assert.ok(width > 200 && height > 200, `${what}: the map is ${width} by ${height}`);
  for (const spot of spots) {
    const [x, y] = [(spot.left + spot.right) / 2, (spot.top + spot.bottom) / 2];
    assert.ok(x > box.left && x < box.right && y > box.top && y < box.bottom, `${what}: a place at ${x - box.left}, ${y - box.top} is outside of ${width} by ${height}`);
  }
  const span = (low, high) => Math.max(...spots.map((spot) => spot[high])) - Math.min(...spots.map((spot) => spot[low]));
  const places = spots.reduce((sum, spot) => sum + spot.places, 0);
  if (spots.length > 1) {
    const part = Math.max(span("left", "right") / width, span("top", "bottom") / height);
    assert.ok(part > 0.45, `${what}: the places take up ${part} of the map`);
  } else {
    const [spot] = spots;
    const apart = [(spot.left + spot.right - box.left - box.right) / 2 / width, (spot.top + spot.bottom - box.top - box.bottom) / 2 / height];
    assert.ok(apart.every((part) => Math.abs(part) < 0.3), `${what}: its only place is ${apart} from the middle`);
  }
  return places;
}

for (const width of WIDTHS) {
  browsing(
    `a map opens on its places at ${width} pixels`,
    async (page) => {
      for (const path of LISTS) {
        await visit(page, path);
        const places = await opensOnItsPlaces(page, `${path} at ${width}`);
        const legend = await page.locator(".legend").textContent();
        assert.equal(places, Number(/^[\d,]+/.exec(legend ?? "")?.[0].replaceAll(",", "")), `${path}: ${legend}`);
      }
      for (const path of RECORDS) {
        await visit(page, path);
        assert.equal(await opensOnItsPlaces(page, `${path} at ${width}`), 1);
      }
    },
    { width, height: 740 },
  );
}

browsing(
  "a map that is behind its list at first opens on its places",
  async (page) => {
    for (const path of ["/", "/councils"]) {
      await visit(page, path);
      assert.equal(await page.locator(".map").isVisible(), false);
      await page.getByRole("group", { name: "Show" }).getByRole("button", { name: "Map" }).click();
      await opensOnItsPlaces(page, path);
    }
  },
  { width: 360, height: 740 },
);

browsing(
  "a map stays on its places when the screen turns, until it is moved",
  async (page) => {
    await visit(page, "/?council=oldham&council=plymouth&view=map");
    await opensOnItsPlaces(page, "upright");
    await page.setViewportSize({ width: 740, height: 360 });
    await opensOnItsPlaces(page, "turned");
    await page.setViewportSize({ width: 1280, height: 900 });
    await opensOnItsPlaces(page, "on a desk");
    await page.setViewportSize({ width: 390, height: 740 });
    await opensOnItsPlaces(page, "upright again");
    // What the user has moved stays where it is.
    await page.locator(".map").scrollIntoViewIfNeeded();
    for (let step = 0; step < 3; step += 1) await page.getByRole("button", { name: "Zoom in" }).click();
    await settled(page);
    const scale = () => page.locator(".map .leaflet-overlay-pane .home").first().evaluate((land) => Math.round(land.getBoundingClientRect().width));
    const before = await scale();
    await page.setViewportSize({ width: 414, height: 740 });
    await page.waitForTimeout(300);
    assert.ok(Math.abs((await scale()) - before) < 0.3 * before, "the map went back to its places");
  },
  { width: 390, height: 740 },
);

browsing("the map names the sources of all that it shows", async (page) => {
  for (const path of ["/", "/councils", "/councils/oldham"]) {
    await visit(page, path);
    const credit = page.locator(".frame .credit").first();
    await credit.filter({ hasText: "Office for National Statistics" }).waitFor();
    assert.match((await credit.textContent()) ?? "", /Coast and towns: Natural Earth \(public domain\)\.$/, path);
  }
});
