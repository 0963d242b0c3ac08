// Examines a page in frames of several widths and lists what is wrong with it; runs in Chromium. `page`: the page's
// HTML. `dark`: the colour scheme for which the browser asks.
const widths = [360, 800, 1280];

// [red, green, blue, alpha]
function colour(text) {
  const parts = text.match(/[\d.]+/g).map(Number);
  return parts.length === 3 ? [...parts, 1] : parts;
}

// WCAG 2.1: the relative luminance, and the contrast of two colours.
function luminance(rgb) {
  const [r, g, b] = rgb.map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// The colour that is visible under an element's text: that of its own background, or of the nearest ancestor with an
// opaque one.
function backgroundOf(element, view) {
  for (let at = element; at; at = at.parentElement) {
    const found = colour(view.getComputedStyle(at).backgroundColor);
    if (found[3] === 1) return found;
  }
  return [255, 255, 255, 1];
}

function hasOwnText(element) {
  return [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
}

function lookAt(document, width) {
  const wrong = [], view = document.defaultView, root = document.documentElement;
  const say = (text, element) =>
    wrong.push(`${width} px: ${text}${element ? `: ${element.tagName} ${element.textContent.trim().slice(0, 40)}` : ''}`);

  for (const element of document.querySelectorAll('*')) {
    const name = element.tagName.toLowerCase();
    if (/^(script|img|iframe|object|embed|link|a|form|input|base|video|audio)$/.test(name)) say('it has a foreign element', element);
    for (const attribute of element.attributes) {
      if (/^on|^(src|href|xlink:href|srcset|background)$/i.test(attribute.name)) say(`it has an attribute ${attribute.name}`, element);
    }
  }
  if (document.querySelectorAll('style').length !== 1) say('it has not one style');

  if (root.scrollWidth > root.clientWidth) say(`the page is ${root.scrollWidth} px wide`);
  const back = backgroundOf(document.body, view);
  if (dark !== luminance(back) < 0.2) say(`its background ${back} does not fit the scheme`);

  let texts = 0;
  for (const element of document.body.querySelectorAll('*')) {
    if (!hasOwnText(element) || element.closest('svg')) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    ++texts;
    const style = view.getComputedStyle(element);
    const ratio = contrast(colour(style.color), backgroundOf(element, view));
    if (ratio < 4.5) say(`its text has a contrast of ${ratio.toFixed(2)}`, element);
    if (parseFloat(style.fontSize) < 12) say(`its text is ${style.fontSize} high`, element);
    if (!element.closest('.scroll') && (box.left < 0 || box.right > root.clientWidth + 1)) say('its text leaves the page', element);
    if (element.matches('td, th, dd, dt, li, p, h1, h2') && element.scrollWidth > element.clientWidth + 1)
      say('its text leaves its place', element);
  }
  if (texts < 30) say(`it has only ${texts} texts`);

  const svg = document.querySelector('svg');
  if (!svg) return [...wrong, `${width} px: it has no drawing`];
  const frame = svg.getBoundingClientRect();
  if (frame.width < width / 2 || frame.height < 50) say(`the drawing is ${frame.width} by ${frame.height} px`);
  const kinds = new Set();
  for (const shape of svg.querySelectorAll('rect')) {
    const box = shape.getBoundingClientRect(), fill = colour(view.getComputedStyle(shape).fill);
    kinds.add(fill.join());
    if (box.width <= 0 || box.height <= 0) say('a bar is not seen', shape);
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
      say('a bar leaves the drawing', shape);
    if (!shape.closest('.outage') && contrast(fill, back) < 3) say(`a bar has a contrast of ${contrast(fill, back).toFixed(2)}`, shape);
  }
  if (kinds.size < 5) say(`its bars have ${kinds.size} colours`);
  return wrong;
}

async function look() {
  const wrong = [];
  for (const width of widths) {
    const frame = document.createElement('iframe');
    frame.style.cssText = `width: ${width}px; height: 900px; border: 0`;
    frame.srcdoc = page;
    const loaded = new Promise(done => { frame.onload = done; });
    document.body.append(frame);
    await loaded;
    wrong.push(...lookAt(frame.contentDocument, width));
    frame.remove();
  }
  return wrong;
}

look().then(wrong => { document.title = JSON.stringify(wrong); }, error => { document.title = `error: ${error.stack}`; });
