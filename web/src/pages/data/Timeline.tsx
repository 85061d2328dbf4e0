import type { Shapes } from "../../api/client";
import { Legend, Plot, extent, toneOf } from "../../charts";
import { day, short, whole } from "../../parts/numbers";
import { shortDay, timeTicks } from "./time";

type Bin = Shapes["Bin"];

const SERIES = [
  { name: "events", tone: 0, of: (bin: Bin) => bin.events },
  { name: "new people", tone: 1, of: (bin: Bin) => bin.new_people },
  { name: "new items", tone: 2, of: (bin: Bin) => bin.new_items },
] as const;

/** Events over time as bars; people and items that come for the first time as lines. */
export function Timeline({ bins }: { bins: Bin[] }) {
  const begins = bins[0]?.begins ?? 0;
  const ends = bins.at(-1)?.ends ?? 1;
  const most = bins.reduce((top, bin) => Math.max(top, bin.events), 0);
  return (
    <>
      <Legend entries={SERIES.map(({ name, tone }) => ({ name, tone }))} />
      <Plot
        label={`Events over time, ${bins.length} stretches from ${day(begins)} to ${day(ends)}, at most ${whole(most)} in one`}
        x={{ domain: [begins, ends], title: "time", format: shortDay, ticks: timeTicks(begins, ends, 8) }}
        y={{ domain: extent([most], { zero: true }), title: "in each stretch", format: short }}
        height={240}
        over={(at, area) => {
          const bin = at && bins.find((one) => area.x(one.begins) <= at.x && at.x < area.x(one.ends));
          area.hint(bin ? { x: area.x(bin.begins), y: area.top + 20, text: <Told bin={bin} /> } : null);
        }}
      >
        {({ x, y, bottom }) => (
          <>
            {bins.map((bin) => (
              <rect
                key={bin.begins}
                className={`bar pale-bar ${toneOf(0)}`}
                x={x(bin.begins) + 0.5}
                width={Math.max(1, x(bin.ends) - x(bin.begins) - 1)}
                y={y(bin.events)}
                height={Math.max(0, bottom - y(bin.events))}
              />
            ))}
            {SERIES.slice(1).map(({ name, tone, of }) => (
              <path
                key={name}
                className={`line ${toneOf(tone)}`}
                d={bins
                  .map((bin, n) => `${n ? "L" : "M"}${x((bin.begins + bin.ends) / 2)} ${y(of(bin))}`)
                  .join("")}
              />
            ))}
          </>
        )}
      </Plot>
    </>
  );
}

function Told({ bin }: { bin: Bin }) {
  return (
    <>
      <span className="hint-more">from {day(bin.begins)}</span>
      {SERIES.map(({ name, tone, of }) => (
        <span key={name} className={`hint-row ${toneOf(tone)}`}>
          <span className="swatch" /> {name} <strong>{whole(of(bin))}</strong>
        </span>
      ))}
    </>
  );
}
