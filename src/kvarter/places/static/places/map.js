// Draws the page's boundaries with MapLibre where the browser can. The server's drawing stays for paper and everyone else.

const page = document.getElementById("map");
const live = page.querySelector(".kv-maps__live");
const words = JSON.parse(page.dataset.words);
const day = page.dataset.day;

const holds = ({ valid_from, valid_until }) => valid_from <= day && (!valid_until || day < valid_until);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Every boundary, with the look it has on the page's day; what is only a rest of another is seen as what is left. */
async function boundaries() {
  const answer = await fetch(page.dataset.boundaries);
  if (!answer.ok) throw new Error(`${answer.status}: ${page.dataset.boundaries}`);
  const all = await answer.json();
  const shown = all.features.filter(({ properties: it }) => !it.derived && (holds(it) || it.own));
  for (const { properties: it } of shown) it.look = !holds(it) ? "other" : it.own ? "here" : "around";
  return { ...all, features: shown };
}

/** The outlines, and under them the operator's tiles, if any. Names are HTML, so no font is fetched. */
function style(data) {
  const look = (...names) => ["in", ["get", "look"], ["literal", names]];
  const layer = (id, type, paint, filter) => ({ id, type, source: "boundaries", filter, paint });
  const { tiles, credit } = page.dataset;
  const address = tiles?.startsWith("/") ? location.origin + tiles : tiles;
  return {
    version: 8,
    sources: {
      boundaries: { type: "geojson", data },
      ...(tiles && { tiles: { type: "raster", tiles: [address], tileSize: 256, attribution: credit } }),
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#f5f5f5" } },
      ...(tiles
        ? [{ id: "tiles", type: "raster", source: "tiles", paint: { "raster-fade-duration": 0 } }]
        : [layer("around", "fill", { "fill-color": "#fff" }, look("around"))]),
      layer("here", "fill", { "fill-color": colour("--kv-theme"), "fill-opacity": tiles ? 0.2 : 0.1 }, look("here")),
      layer("around-line", "line", { "line-color": colour("--kv-quiet"), "line-width": 1.5 }, look("around")),
      layer(
        "other-line",
        "line",
        { "line-color": colour("--kv-theme"), "line-width": 2, "line-dasharray": [3, 2] },
        look("other"),
      ),
      layer("here-line", "line", { "line-color": colour("--kv-theme"), "line-width": 4 }, look("here")),
    ],
  };
}

/** West, south, east and north of features. */
function bounds(features) {
  const points = features.flatMap(({ geometry }) => geometry.coordinates.flat(geometry.type === "Polygon" ? 1 : 2));
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const least = (numbers) => numbers.reduce((a, b) => Math.min(a, b));
  const most = (numbers) => numbers.reduce((a, b) => Math.max(a, b));
  return [least(xs), least(ys), most(xs), most(ys)];
}

/** What the table tells of an area, so that map and table cannot disagree. */
function told(area) {
  const text = document.createElement("div");
  for (const cell of document.getElementById(`omraade-${area}`).cells) {
    const line = document.createElement("p");
    line.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
    text.append(line);
  }
  return text;
}

/** A button with the area's name, which opens what is told of it. The area's own name stands above it, not on it. */
function addName(maplibre, map, feature) {
  const { name, area, own, label } = feature.properties;
  const [west, , east, north] = bounds([feature]);
  const point = own ? [(west + east) / 2, north] : label;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "kv-maps__name";
  button.textContent = name;
  button.setAttribute("aria-expanded", "false");
  new maplibre.Marker({ element: button, anchor: own ? "bottom" : "center" }).setLngLat(point).addTo(map);
  const popup = new maplibre.Popup({ maxWidth: "min(32rem, 80vw)", offset: 8 }).setDOMContent(told(area));
  popup.on("open", () => button.setAttribute("aria-expanded", "true"));
  popup.on("close", () => {
    button.setAttribute("aria-expanded", "false");
    button.focus({ preventScroll: true });
  });
  button.addEventListener("focus", () => map.getBounds().contains(point) || map.panTo(point));
  button.addEventListener("click", (event) => {
    event.stopPropagation(); // the map closes its popups when it is pressed anywhere else
    if (popup.isOpen()) return popup.remove();
    popup.setLngLat(point).addTo(map);
    const [box, frame] = [popup.getElement(), map.getContainer()].map((one) => one.getBoundingClientRect());
    if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom)
      map.panTo(point);
  });
  live.addEventListener("keydown", (event) => event.key === "Escape" && popup.isOpen() && popup.remove());
}

async function start() {
  if (!document.createElement("canvas").getContext("webgl2")) return;
  const [maplibre, data] = await Promise.all([import(page.dataset.library), boundaries()]);
  maplibre.setWorkerUrl(new URL(page.dataset.worker, location.href).href);
  const own = data.features.filter(({ properties: it }) => it.own);
  const views = { near: bounds(own.length ? own : data.features), far: bounds(data.features) };
  live.hidden = false;
  const fit = { padding: Math.min(48, live.clientWidth / 12) };
  const map = new maplibre.Map({
    container: live.querySelector(".kv-maps__canvas"),
    style: style(data),
    bounds: views.near,
    fitBoundsOptions: fit,
    locale: words,
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    renderWorldCopies: false,
    attributionControl: page.dataset.tiles ? { compact: false } : false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  const named = data.features.filter(({ properties: it }) => it.look !== "other");
  named.sort((a, b) => a.properties.own - b.properties.own); // the area's own name on top
  for (const feature of named) addName(maplibre, map, feature);
  for (const button of live.querySelectorAll("[data-view]"))
    button.addEventListener("click", () => map.fitBounds(views[button.dataset.view], fit));
  map.once("load", () => page.classList.add("kv-maps--live"));
}

start().catch((reason) => {
  live.hidden = true;
  console.warn("The map stays as it was drawn by the server.", reason);
});
