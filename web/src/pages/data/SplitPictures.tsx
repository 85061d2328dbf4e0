import type { Shapes } from "../../api/client";
import { Plot, toneOf } from "../../charts";
import { day, digits, whole } from "../../parts/numbers";
import { Section } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { useParam } from "../../state/address";
import { shortDay, timeTicks } from "./time";

type Split = Shapes["SplitPicture"];
type Bin = Shapes["Bin"];

const TITLES: Record<Split["split"], string> = {
  time: "By time",
  last: "Leave the last out",
};
const ROW = 64;
const TONES = { train: 0, valid: 2, test: 1 } as const;

/** Who learns from when, under each split; where the past would know the future is marked. */
export function SplitPictures({ splits, bins }: { splits: Split[]; bins: Bin[] }) {
  const [chosen, choose] = useParam("split", splits[0]?.split ?? "time");
  const tabs = splits.map((split) => ({
    name: split.split,
    title: TITLES[split.split],
    content: () => <Picture split={split} bins={bins} />,
  }));
  return (
    <Section title="Who learns from when" note="each row has its own height">
      <Tabs label="Splits" tabs={tabs} chosen={chosen} choose={choose} />
    </Section>
  );
}

function Picture({ split, bins }: { split: Split; bins: Bin[] }) {
  const begins = bins[0]?.begins ?? 0;
  const ends = bins.at(-1)?.ends ?? 1;
  return (
    <>
      <p className="split-claim">{split.claim}</p>
      <Verdict split={split} />
      <Plot
        label={labelOf(split)}
        x={{ domain: [begins, ends], title: "time", format: shortDay, ticks: timeTicks(begins, ends, 8) }}
        height={ROW * split.parts.length + 60}
        left={130}
      >
        {({ x, top, bottom }) => (
          <>
            {split.leak && (
              <rect
                className="leak"
                x={x(split.leak.begins)}
                width={Math.max(2, x(split.leak.ends) - x(split.leak.begins))}
                y={top}
                height={bottom - top}
              />
            )}
            {split.parts.map((part, row) => (
              <Row key={part.part} part={part} bins={bins} x={x} top={top + row * ROW} />
            ))}
          </>
        )}
      </Plot>
    </>
  );
}

function Row(given: {
  part: Split["parts"][number];
  bins: Bin[];
  x: (time: number) => number;
  top: number;
}) {
  const { part, bins, x, top } = given;
  const most = Math.max(1, ...part.by_bin);
  const floor = top + ROW - 4;
  return (
    <g className={toneOf(TONES[part.part])}>
      <text className="row-name" x={0} y={top + ROW / 2 - 2}>
        {part.part}
      </text>
      <text className="tick" x={0} y={top + ROW / 2 + 15}>
        {whole(part.events)} events
      </text>
      <line className="grid" x1={x(bins[0]?.begins ?? 0)} x2={x(bins.at(-1)?.ends ?? 1)} y1={floor} y2={floor} />
      {bins.map((bin, place) => {
        const events = part.by_bin[place] ?? 0;
        const height = events ? Math.max(2, ((ROW - 16) * events) / most) : 0;
        return (
          <rect
            key={bin.begins}
            className="bar"
            x={x(bin.begins) + 0.5}
            width={Math.max(1, x(bin.ends) - x(bin.begins) - 1)}
            y={floor - height}
            height={height}
          />
        );
      })}
    </g>
  );
}

function Verdict({ split }: { split: Split }) {
  const { leak } = split;
  if (!leak)
    return (
      <p>
        <span className="chip good">no leak</span> Nothing that is learned from is later than the first query
        that is tested.
      </p>
    );
  return (
    <p>
      <span className="chip bad">leak band</span> From {day(leak.begins)} to {day(leak.ends)}:{" "}
      {whole(leak.events)} events, {digits(100 * leak.share, 3)} % of all that is learned from, are later than
      the first query that is tested.
    </p>
  );
}

function labelOf(split: Split): string {
  const parts = split.parts.map((part) => {
    const when = part.first !== null && part.last !== null ? ` from ${day(part.first)} to ${day(part.last)}` : "";
    return `${part.part}: ${whole(part.events)} events${when}`;
  });
  return `${TITLES[split.split]}. ${parts.join("; ")}`;
}
