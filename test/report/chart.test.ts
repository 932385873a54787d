import { test } from "uvu";
import * as assert from "uvu/assert";
import * as fc from "fast-check";
import { Random } from "../../src/base/random.js";
import { axis, linearTicks } from "../../src/report/axis.js";
import { chart, type Series } from "../../src/report/chart.js";
import { density } from "../../src/report/density.js";

test("ticks are short decimals within the axis, three to twelve of them, evenly apart", () => {
  assert.equal(linearTicks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.equal(linearTicks(0.09, 0.46), [0.1, 0.2, 0.3, 0.4]);
  const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
  fc.assert(fc.property(between(-1e6, 1e6), between(1e-6, 1e6),
    (low, width) => {
      // An axis narrower than its numbers' last digits is no axis.
      fc.pre(width > 1e-6 * Math.abs(low));
      const ticks = linearTicks(low, low + width);
      assert.ok(ticks.length >= 3 && ticks.length <= 12, `${ticks.length} ticks`);
      for (const tick of ticks) assert.ok(tick >= low - 1e-6 * width && tick <= low + width * (1 + 1e-6));
    }));
});

test("an axis puts its ends where they belong, logarithmic or not", () => {
  const linear = axis([], { label: "", from: 10, to: 20 }, 100, 200);
  assert.equal([10, 15, 20].map(linear.at), [100, 150, 200]);
  const log = axis([], { label: "", from: 1, to: 100, log: true }, 0, 200);
  assert.equal([1, 10, 100].map((value) => Math.round(log.at(value))), [0, 100, 200]);
  assert.equal(log.ticks.map(({ text }) => text), ["1", "2", "5", "10", "20", "50", "100"]);
});

test("an axis stands without values, with one, and with values that are not known", () => {
  for (const values of [[], [3], [3, 3], [NaN, Infinity], [0]]) {
    for (const log of [false, true]) {
      const { at, ticks } = axis(values, { label: "x", log }, 0, 100);
      assert.ok(Number.isFinite(at(5)) && ticks.every(({ text }) => /^[−\d.]+$/.test(text)), `${values.join()} ${log}`);
    }
  }
});

test("a density has an area of 1 and its top where the values are", () => {
  const random = new Random(4);
  const curve = density(Float64Array.from({ length: 400 }, () => 5 + random.normal()));
  const step = curve[1].x - curve[0].x;
  const area = curve.reduce((sum, { y }) => sum + y * step, 0);
  assert.ok(Math.abs(area - 1) < 0.01, `area ${area}`);
  const top = curve.reduce((a, b) => (b.y > a.y ? b : a));
  assert.ok(Math.abs(top.x - 5) < 0.5 && Math.abs(top.y - 0.4) < 0.08, `${top.x} ${top.y}`);
  assert.equal(density([]), []);
  assert.equal(density([NaN]), []);
  assert.ok(density([2, 2, 2]).every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
});

test("a chart draws a mark a point, escapes names and has no broken number", () => {
  const series: Series[] = [
    { name: "<a>", colour: 0, points: [{ x: 1, y: 2, errorY: 0.5, label: "α & β" }, { x: 2, y: 3, errorY: NaN }] },
    { name: "empty", colour: 1, points: [] },
  ];
  const { text } = chart(series, {
    title: "T<", description: "d", x: { label: "x" }, y: { label: "y" }, rules: [{ x: 1.5, name: "half" }],
  });
  assert.is(text.match(/class="mark"/g)?.length, 2);
  assert.is(text.match(/class="error"/g)?.length, 1);
  assert.match(text, /α &amp; β/);
  assert.match(text, /<title>&lt;a&gt;, α &amp; β: x 1, y 2 ± 0.5<\/title>/);
  assert.is(text.match(/<title>/g)?.length, 2);
  assert.match(text, /T&lt;/);
  assert.not.match(text, /NaN|Infinity|undefined/);
});

test.run();
