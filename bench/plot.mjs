/** Time against the number of arcs, both logarithmic, one SVG per family of two sizes or more. */
const WIDTH = 520;
const HEIGHT = 340;
const LEFT = 60;
const BOTTOM = 44;
const TOP = 30;
const RIGHT = 150;
const COLORS = ['#1b6ef3', '#d1495b', '#edae49', '#00798c', '#66a182', '#8d6a9f', '#555555', '#b07d62'];

/** `series`: { name, points: [{ size, ms }] }, ours first. */
export function plot(title, series) {
  const all = series.flatMap(({ points }) => points);
  const sizes = extent(all.map(({ size }) => size));
  const times = extent(all.map(({ ms }) => ms));
  const x = (size) => LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(size / sizes[0])) / Math.log(sizes[1] / sizes[0]);
  const y = (ms) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * Math.log(ms / times[0])) / Math.log(times[1] / times[0]);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${LEFT}" y="18" font-size="13" font-weight="bold">${escapeXml(title)}</text>`,
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" stroke="#333" fill="none"/>`,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">arcs</text>`,
    `<text transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">milliseconds</text>`,
  ];
  for (const ms of decades(times)) {
    parts.push(`<path d="M${LEFT} ${y(ms).toFixed(1)}H${WIDTH - RIGHT}" stroke="#ddd"/>`);
    parts.push(`<text x="${LEFT - 6}" y="${(y(ms) + 4).toFixed(1)}" text-anchor="end">${ms}</text>`);
  }
  for (const size of [...new Set(all.map((point) => point.size))]) {
    parts.push(`<text x="${x(size).toFixed(1)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${size.toLocaleString('en')}</text>`);
  }
  series.forEach(({ name, points }, k) => {
    const color = COLORS[k % COLORS.length];
    const line = [...points].sort((p, q) => p.size - q.size).map(({ size, ms }) => `${x(size).toFixed(1)},${y(ms).toFixed(1)}`);
    parts.push(`<polyline points="${line.join(' ')}" fill="none" stroke="${color}" stroke-width="${k === 0 ? 2.5 : 1.5}"/>`);
    for (const at of line) parts.push(`<circle cx="${at.split(',')[0]}" cy="${at.split(',')[1]}" r="3" fill="${color}"/>`);
    parts.push(`<text x="${WIDTH - RIGHT + 12}" y="${TOP + 16 + 16 * k}" fill="${color}">${escapeXml(name)}</text>`);
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

function extent(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? [low / 2, high * 2] : [low, high];
}

function decades([low, high]) {
  const list = [];
  for (let ms = 10 ** Math.floor(Math.log10(low)); ms <= high * 1.0001; ms *= 10) if (ms >= low) list.push(Number(ms.toPrecision(1)));
  return list;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
