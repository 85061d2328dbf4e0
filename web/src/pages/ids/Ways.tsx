import { Fragment, useState } from "react";
import type { Shapes } from "../../api/client";
import { digits, whole } from "../../parts/numbers";

type Beam = Shapes["Beam"];
type Level = Shapes["BeamLevel"];

const ROW = 50;
const GAP = 48;

/** Levels as columns; a line leads from each way to those that continue it. */
export function Ways({ answer, shown }: { answer: Shapes["BeamsAnswer"]; shown: number }) {
  const [lit, light] = useState("");
  const levels = answer.levels.slice(0, shown);
  const titles = titlesOf(answer);
  const related = (prefix: string) => lit !== "" && (begins(lit, prefix) || begins(prefix, lit));
  return (
    <div className="ids-scroll" tabIndex={0} role="region" aria-label="Ways at each level">
      <div
        className="ids-ways"
        style={{ gridTemplateColumns: levels.map(() => "minmax(178px, 1fr)").join(` ${GAP}px `) }}
      >
        {levels.map((level, place) => {
          const next = levels[place + 1];
          return (
            <Fragment key={level.level}>
              <section aria-label={`Level ${level.level}`}>
                <header className="ids-level">
                  <h3>Level {level.level}</h3>
                  <p className="fine">
                    {level.beams.filter((beam) => beam.lived).length} lived of{" "}
                    {whole(level.considered)}
                  </p>
                </header>
                <ol>
                  {level.beams.map((beam) => (
                    <One
                      key={beam.prefix}
                      beam={beam}
                      title={titles.get(beam.prefix)}
                      lit={related(beam.prefix)}
                      light={light}
                    />
                  ))}
                </ol>
              </section>
              {next && <Lines from={level} to={next} related={related} quiet={lit !== ""} />}
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}

function One(given: {
  beam: Beam;
  title: string | undefined;
  lit: boolean;
  light: (prefix: string) => void;
}) {
  const { beam, title, lit, light } = given;
  const chance = Math.exp(beam.log_probability);
  const look = `ids-beam ${beam.lived ? "lived" : "died"} ${lit ? "lit" : ""}`;
  const told = title ?? (beam.words.slice(0, 3).join(" · ") || `${whole(beam.items)} items`);
  return (
    <li className={look} onPointerEnter={() => light(beam.prefix)} onPointerLeave={() => light("")}>
      <code>{beam.label}</code>
      <span className="ids-beam-words" title={told}>
        {told}
      </span>
      <span className="ids-beam-chance">{percent(chance)}</span>
      <span className="unseen">{beam.lived ? "lived" : "died"}</span>
      <span className="ids-beam-bar" style={{ width: `${Math.max(1, 100 * chance)}%` }} />
    </li>
  );
}

function Lines(given: {
  from: Level;
  to: Level;
  related: (prefix: string) => boolean;
  quiet: boolean;
}) {
  const { from, to, related, quiet } = given;
  const places = new Map(from.beams.map((beam, place) => [beam.prefix, place]));
  const rows = Math.max(from.beams.length, to.beams.length);
  const middle = (place: number) => (place + 0.5) * ROW;
  return (
    <div className="ids-lines" aria-hidden="true">
      <svg width={GAP} height={rows * ROW}>
        {to.beams.map((beam, place) => {
          const start = places.get(beam.parent);
          if (start === undefined) return null;
          const [a, b] = [middle(start), middle(place)];
          const state = related(beam.prefix) ? "lit" : quiet ? "dim" : "";
          return (
            <path
              key={beam.prefix}
              className={`${beam.lived ? "lived" : "died"} ${state}`}
              d={`M0 ${a}C${GAP / 2} ${a} ${GAP / 2} ${b} ${GAP} ${b}`}
            />
          );
        })}
      </svg>
    </div>
  );
}

/** The items at the ends of the ways that lived to the last level, in their order. */
function titlesOf(answer: Shapes["BeamsAnswer"]): Map<string, string> {
  const ends = answer.levels.at(-1)?.beams.filter((beam) => beam.lived) ?? [];
  const items = answer.items;
  return new Map(
    ends.flatMap((beam, place) => {
      const item = items[place];
      return item ? [[beam.prefix, item.title] as const] : [];
    }),
  );
}

function begins(way: string, start: string): boolean {
  return way === start || way.startsWith(`${start}.`);
}

function percent(chance: number): string {
  if (chance >= 0.0995) return `${Math.round(100 * chance)} %`;
  return chance < 0.0001 ? "< 0.01 %" : `${digits(100 * chance, 2)} %`;
}
