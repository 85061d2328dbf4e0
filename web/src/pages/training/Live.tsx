import { Lines, type Line } from "../../charts";
import { digits, whole } from "../../parts/numbers";
import { paceOf, type Progress } from "./log";

/** Figures of how fast it goes: they stand beside the bar. */
const PACE = ["steps_per_s", "remaining_s"];

/** A curve for each figure that a job tells, as it grows. */
export function Live({ progress }: { progress: readonly Progress[] }) {
  const told = new Set(progress.flatMap((one) => Object.keys(one.figures)));
  const figures = [...told].filter((figure) => !PACE.includes(figure));
  const stages = [...new Set(progress.map((one) => one.stage))];
  if (!figures.length)
    return <p className="fine">No curve yet: this work tells no figures so far.</p>;
  return (
    <div className="training-curves">
      {figures.map((figure) => {
        const lines = stages.flatMap((stage, tone): Line[] => {
          const points = progress
            .filter((one) => one.stage === stage && Number.isFinite(one.figures[figure]))
            .map((one) => ({ x: one.done, y: one.figures[figure] ?? 0 }));
          return points.length ? [{ name: stage || figure, tone, points }] : [];
        });
        const last = lines.at(-1)?.points.at(-1);
        return (
          <figure key={figure}>
            <figcaption>
              {figure} {last && <strong>{digits(last.y)}</strong>}
            </figcaption>
            <Lines
              label={`${figure} over the steps; now ${last ? digits(last.y) : "unknown"}`}
              x={{ title: "step", whole: true }}
              y={{ title: figure }}
              lines={lines}
            />
          </figure>
        );
      })}
    </div>
  );
}

/** How far the stage under way is. */
export function Bar({ progress }: { progress: readonly Progress[] }) {
  const last = progress.at(-1);
  if (!last) return null;
  const pace = paceOf(progress);
  const total = last.total;
  return (
    <div className="training-bar">
      <progress
        max={total ?? 1}
        {...(total === null ? {} : { value: last.done })}
        aria-label={last.stage || "work"}
      />
      <p className="fine">
        {last.stage && `${last.stage}: `}
        {whole(last.done)}
        {total !== null && ` of ${whole(total)}`}
        {pace && ` · ${digits(pace.rate, 3)} a second`}
        {pace?.left_s != null && pace.left_s > 0 && ` · ${lasting(pace.left_s)} left`}
      </p>
    </div>
  );
}

export function lasting(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
