import { useState } from "react";
import { get, type Shapes } from "../../api/client";
import { Legend, Lines } from "../../charts";
import { Choose } from "../../parts/Choose";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Link } from "../../parts/Link";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { digits } from "../../parts/numbers";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";

type Curve = Shapes["TrainingCurve"];

const FIGURES = { loss: "Loss", valid: "Score on validation" } as const;

const COLUMNS: Column<Curve>[] = [
  { name: "name", title: "Training", text: nameOf },
  { name: "figure", title: "Figure", text: (row) => FIGURES[row.figure] },
  { name: "steps", title: "Last step", text: (row) => row.points.at(-1)?.step, number: true },
  {
    name: "last",
    title: "Last value",
    text: (row) => row.points.at(-1)?.value,
    cell: (row) => digits(row.points.at(-1)?.value ?? NaN),
    number: true,
  },
  { name: "best", title: "Weights of step", text: (row) => row.best_step, number: true },
];

/** How the trainings of an experiment went. */
export function Runs() {
  const [wanted, choose] = useParam("run");
  const runs = useAnswer((signal) => get("/v1/runs", { query: { limit: 200 }, signal }), "runs");
  const known = runs.value?.runs ?? [];
  const run = wanted || known[0]?.run || "";
  const answer = useAnswer(
    run ? (signal) => get("/v1/runs/{run}/curves", { path: { run }, signal }) : null,
    run,
  );
  const problem = runs.problem ?? answer.problem;
  if (problem)
    return <ErrorBox problem={problem} again={runs.problem ? runs.again : answer.again} />;
  if (!runs.value) return <Loading label="runs" />;
  if (!known.length)
    return (
      <EmptyState
        title="No experiment yet"
        command="penchant run SPEC.toml --out runs/first && penchant serve MODEL --runs runs"
      >
        The trainings of experiments are shown here, while they run and afterwards.
      </EmptyState>
    );
  return (
    <div className="stack">
      <div className="row training-choices">
        <Choose label="Run" options={known.map((one) => one.run)} value={run} choose={choose} />
        <Link href={`/results?run=${encodeURIComponent(run)}`}>Its results</Link>
        <button type="button" className="quiet" onClick={answer.again}>
          Look again
        </button>
      </div>
      {!answer.value && <Loading label="curves" />}
      {answer.value && <Curves key={run} run={run} curves={answer.value.curves} />}
    </div>
  );
}

function Curves({ run, curves }: { run: string; curves: readonly Curve[] }) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const names = [...new Set(curves.map(nameOf))];
  if (!names.length)
    return (
      <EmptyState title="Nothing was trained">
        The methods of this run count and factorise; only methods with steps have curves.
      </EmptyState>
    );
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  return (
    <>
      <Legend
        entries={names.map((name, tone) => ({ name, tone }))}
        hidden={hidden}
        toggle={toggle}
      />
      <div className="training-curves">
        {(["loss", "valid"] as const).map((figure) => {
          const shown = curves.filter((one) => one.figure === figure && !hidden.has(nameOf(one)));
          if (!curves.some((one) => one.figure === figure)) return null;
          return (
            <Section
              key={figure}
              title={FIGURES[figure]}
              note={figure === "valid" ? "ringed: the weights that were kept" : undefined}
            >
              <Lines
                label={`${FIGURES[figure]} over the steps of ${names.join(", ")}`}
                x={{ title: "step", whole: true }}
                y={{ title: figure === "loss" ? "loss, nats" : "score, higher is better" }}
                lines={shown.map((curve) => ({
                  name: nameOf(curve),
                  tone: names.indexOf(nameOf(curve)),
                  points: curve.points.map(({ step, value }) => ({ x: step, y: value })),
                  marked: figure === "valid" ? curve.best_step : null,
                }))}
              />
            </Section>
          );
        })}
      </div>
      <Section title="In numbers">
        <Table
          caption="Trainings"
          captionUnseen
          columns={COLUMNS}
          rows={curves}
          rowKey={(row) => `${nameOf(row)} ${row.figure}`}
          csv={`${run}-curves`}
        />
      </Section>
    </>
  );
}

function nameOf(curve: Curve): string {
  return curve.part ? `${curve.model}, ${curve.part}` : curve.model;
}
