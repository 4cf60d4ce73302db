'use strict';

const report = JSON.parse(document.getElementById('data').textContent);

/* The same way has the same colour in all figures. Colours that colour-blind people can tell apart (Okabe and Ito);
 * each in a darker and a lighter variant, for the two grounds. */
const COLOURS = {
  'jdk': ['#c44e00', '#ff8a3d'], 'jdk-17': ['#c44e00', '#ff8a3d'], 'jdk-25': ['#a03b1f', '#ffb08a'], 'jdk-fork': ['#8c5a2b', '#c9986b'], 'jdk-vfork': ['#e69f00', '#f2c14e'],
  'nuprocess': ['#a8327d', '#e07ab9'], 'nuprocess-run': ['#d46aa8', '#f2b8dc'], 'zt-exec': ['#7d6b00', '#d9c73f'],
  'commons-exec': ['#6b6f76', '#a5abb3'], 'pty4j': ['#5a3d99', '#b09ae0'], 'smallrye': ['#2f7d8c', '#7fd1df'], 'python': ['#5a3d99', '#b09ae0'], 'spawn4j-fork': ['#4c9bd6', '#8cc7f5'], 'spawn4j-clone3': ['#0072b2', '#4fb0ee'],
  'spawn4j-builder': ['#0072b2', '#4fb0ee'], 'builder': ['#0072b2', '#4fb0ee'], 'spawn4j': ['#007a58', '#35c99a'],
  'spawn4j-template': ['#007a58', '#35c99a'], 'template': ['#007a58', '#35c99a'], 'warm': ['#b46a00', '#f0c27a'], 'parked': ['#56b4e9', '#9ad6ff'],
  'floor': ['#555b62', '#c3c9cf'], 'floor-equal': ['#8a9099', '#8a9099'],
};
const OTHERS = [['#5a3d99', '#b09ae0'], ['#cc79a7', '#eab0cf'], ['#2f7d8c', '#7fd1df']];
const FONT = 'system-ui, "DejaVu Sans", sans-serif';
const LEGEND_GAP = 14;
const LEGEND_ROW = 27;
const DASHED = new Set(['floor', 'floor-equal', 'nuprocess', 'jdk-vfork']);

const dark = matchMedia('(prefers-color-scheme: dark)');
const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colour = (name, index) => (COLOURS[name] || OTHERS[index % OTHERS.length])[dark.matches ? 1 : 0];

function number(value) {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  if (size !== 0 && size < 1) return String(Number(value.toPrecision(2)));
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

/* Axes have few places for long numbers. */
function brief(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return number(value / 1e6) + ' M';
  return size >= 1e4 ? number(value / 1e3) + ' k' : number(value);
}

function element(parent, tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  parent.appendChild(made);
  return made;
}

function place(axis, x) {
  return axis.scale === 'STEPS' ? axis.steps[x] : number(x);
}

/* All names are shown: slanted where they would run into each other. */
function slant(steps, width) {
  const longest = Math.max(...steps.map(step => step.length));
  return longest * 8 * steps.length > width ? 35 : 0;
}

function axisOption(axis, vertical, width) {
  const narrow = width < 480;
  const common = {
    name: vertical ? '' : axis.label, nameLocation: 'middle', nameGap: 30, nameTextStyle: { color: style('--faint') },
    axisLabel: { color: style('--faint'), hideOverlap: true, fontSize: narrow ? 10 : 12 },
    axisLine: { lineStyle: { color: style('--line') } }, axisTick: { lineStyle: { color: style('--line') } },
    splitLine: { show: vertical, lineStyle: { color: style('--line') } },
  };
  if (axis.scale === 'STEPS') {
    Object.assign(common.axisLabel, { interval: 0, hideOverlap: false, rotate: slant(axis.steps, width) });
    return { ...common, type: 'category', data: axis.steps };
  }
  common.axisLabel.formatter = brief;
  if (axis.scale === 'LINEAR') return { ...common, type: 'value' };
  return { ...common, type: 'log', logBase: 10, minorSplitLine: { show: vertical, lineStyle: { color: style('--line'), opacity: .35 } } };
}

/* Whole powers of ten, or the bars of a logarithmic axis begin nowhere. */
function bounds(plot, axis, values) {
  if (axis.scale !== 'LOGARITHMIC') return {};
  const positive = values.filter(value => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive)));
  const high = Math.ceil(Math.log10(Math.max(...positive)));
  return { min: 10 ** low, max: 10 ** Math.max(high, low + 1) };
}

/* The vertical line from the low to the high end of a point's spread. */
function spread(plot, series, index, count) {
  const bars = plot.shape === 'BARS';
  const points = series.points.filter(point => point.low !== null && point.high !== null);
  if (points.length === 0) return [];
  return [{
    type: 'custom', name: series.name, silent: true, z: 5, itemStyle: { color: bars ? style('--ink') : colour(series.name, index) },
    encode: { x: 0, y: [1, 2] }, tooltip: { show: false }, clip: true,
    data: points.map(point => [point.x, point.low, point.high]),
    renderItem: (parameters, api) => {
      let shift = 0;
      if (bars) {
        const layout = api.barLayout({ barMaxWidth: 48, barGap: '10%', barCategoryGap: '30%', count })[index];
        shift = layout ? layout.offsetCenter : 0;
      }
      const low = api.coord([api.value(0), api.value(1)]);
      const high = api.coord([api.value(0), api.value(2)]);
      const x = low[0] + shift;
      const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: api.visual('color'), lineWidth: 1.2 } });
      return { type: 'group', children: [line(x, low[1], x, high[1]), line(x - 4, low[1], x + 4, low[1]), line(x - 4, high[1], x + 4, high[1])] };
    },
  }];
}

/* Of a single series whose steps are the ways, the bars have the ways' colours, and need no legend. */
function barsAreWays(plot) {
  return plot.shape === 'BARS' && plot.series.length === 1 && plot.x.scale === 'STEPS' && plot.x.steps.every(step => COLOURS[step]);
}

/* How many rows the legend needs; its items are not broken. The numbers are the library's: a margin, a symbol, and gaps. */
function legendRows(plot, width) {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `12px ${FONT}`;
  let rows = 1;
  let used = 0;
  plot.series.forEach(series => {
    const needed = pen.measureText(series.name).width + 30;
    if (used > 0 && used + needed > width - 10) {
      rows++;
      used = 0;
    }
    used += needed + LEGEND_GAP;
  });
  return rows;
}

function option(plot, width) {
  const ys = plot.series.flatMap(series => series.points.flatMap(p => [p.y, p.low, p.high])).filter(y => y !== null);
  const xs = plot.series.flatMap(series => series.points.map(p => p.x));
  const single = barsAreWays(plot);
  const drawn = plot.series.map((series, index) => ({
    name: series.name, type: plot.shape === 'BARS' ? 'bar' : 'line', barMaxWidth: 48, barGap: '10%', barCategoryGap: '30%',
    data: series.points.map(point => ({
      value: [point.x, point.y], point,
      ...(single ? { itemStyle: { color: colour(plot.x.steps[point.x], 0) } } : {}),
    })),
    color: colour(series.name, index), symbolSize: series.points.length > 20 ? 0 : 8, showSymbol: series.points.length <= 20,
    lineStyle: { width: 2.2, type: DASHED.has(series.name) ? 'dashed' : 'solid' },
  }));
  const rows = single ? 0 : legendRows(plot, width);
  return {
    animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: FONT },
    legend: { show: !single, top: 0, left: 0, itemGap: LEGEND_GAP, textStyle: { color: style('--ink') }, data: plot.series.map(series => series.name) },
    /* Not the axis's own name, which would be cut at the edge. */
    title: { text: plot.y.label, left: 0, top: LEGEND_ROW * rows + 4, textStyle: { color: style('--faint'), fontSize: 12, fontWeight: 'normal' } },
    grid: { top: LEGEND_ROW * rows + 36, left: 8, right: 18, bottom: plot.x.label ? 34 : 8, containLabel: true },
    tooltip: {
      trigger: 'item', confine: true, backgroundColor: style('--ground'), borderColor: style('--line'), textStyle: { color: style('--ink') },
      formatter: item => {
        const point = item.data.point;
        const range = point.low === null ? '' : ` (${number(point.low)} to ${number(point.high)})`;
        return `<b>${item.seriesName}</b>, ${place(plot.x, point.x)}<br>${number(point.y)}${range}<br>${number(point.samples)} measurements`;
      },
    },
    xAxis: { ...axisOption(plot.x, false, width), ...bounds(plot, plot.x, xs) },
    yAxis: { ...axisOption(plot.y, true, width), ...bounds(plot, plot.y, ys) },
    series: drawn.concat(plot.series.flatMap((series, index) => spread(plot, series, index, plot.series.length))),
  };
}

function table(parent, plot) {
  const details = element(parent, 'details');
  element(details, 'summary', 'The numbers');
  const rows = element(element(details, 'div', '', { class: 'scroll' }), 'table');
  const head = element(rows, 'tr');
  ['', plot.x.label, plot.y.label, 'from', 'to', 'measurements'].forEach(text => element(head, 'th', text));
  plot.series.forEach(series => series.points.forEach(point => {
    const row = element(rows, 'tr');
    [series.name, place(plot.x, point.x), number(point.y), number(point.low), number(point.high), number(point.samples)]
      .forEach(text => element(row, 'td', text));
  }));
}

function figure(plot) {
  const frame = element(document.getElementById('figures'), 'figure', '', { id: plot.id });
  element(frame, 'h2', plot.title);
  element(frame, 'p', plot.meaning);
  const chart = element(frame, 'div', '', { class: 'chart', role: 'img', 'aria-label': plot.title });
  element(frame, 'p', plot.explanation, { class: 'spread' });
  table(frame, plot);
  return { plot, chart };
}

let charts = [];

function draw(figures) {
  charts.forEach(chart => chart.dispose());
  charts = figures.map(({ plot, chart }) => {
    const made = echarts.init(chart, null, { renderer: 'svg' });
    made.setOption(option(plot, chart.clientWidth));
    return made;
  });
}

const machine = report.machine;
document.getElementById('machine').textContent = `${report.began}. ${machine.processor}, ${machine.processors} processors`
  + `${machine.virtual ? ' of a virtual machine' : ''}; Linux ${machine.kernel}, ${machine.libc}; governor ${machine.governor}; JDK ${machine.jdk}; `
  + Object.entries(report.versions).map(([library, version]) => `${library} ${version}`).join(', ') + `; load before it began ${machine.loadBefore}, time stolen by the hypervisor ${machine.stolenPercent} %.`;
report.warnings.concat(report.leftOut).forEach(text => element(document.getElementById('warnings'), 'li', text));
document.getElementById('command').textContent = report.command;

const figures = report.figures.map(figure);
draw(figures);
dark.addEventListener('change', () => draw(figures));
/* Not the window's size: a frame, a scroll bar or a print may change that of the figures alone. */
const widths = new Map();
new ResizeObserver(entries => {
  const changed = entries.filter(entry => widths.get(entry.target) !== entry.contentRect.width);
  changed.forEach(entry => widths.set(entry.target, entry.contentRect.width));
  if (changed.length > 0) draw(figures);
}).observe(document.getElementById('figures'));
