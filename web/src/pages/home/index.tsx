import { get } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Link } from "../../parts/Link";
import { Loading } from "../../parts/Loading";
import { digits, short, whole } from "../../parts/numbers";
import { PageHead, Section, Stat } from "../../parts/Page";
import { useAnswer } from "../../state/answer";
import { readHealth, type Health } from "./health";
import { Models } from "./Models";
import { NextSteps } from "./NextSteps";
import type { ModelCard } from "./models";
import "./home.css";

interface Overview {
  models: ModelCard[];
  health: Health;
  version: string;
  runs: boolean;
}

async function look(signal: AbortSignal): Promise<Overview> {
  const [models, metrics, version, runs] = await Promise.all([
    get("/v1/models", { signal }),
    get("/metrics", { signal }),
    get("/version", { signal }),
    get("/v1/runs", { query: { limit: 1 }, signal }),
  ]);
  return {
    models,
    health: readHealth(String(metrics)),
    version: (version as Record<string, string>)["penchant"] ?? "",
    runs: runs.runs.length > 0,
  };
}

export default function Home() {
  const { value, problem, again } = useAnswer(look, []);
  const active = value?.models.find((model) => model.active);
  return (
    <>
      <PageHead title={active ? `${active.name} answers` : "Home"}>
        What is served here, how it fares, and what to do next.
      </PageHead>
      {problem && <ErrorBox problem={problem} again={again} />}
      {!value && !problem && <Loading label="what is served" lines={8} />}
      {value && active && (
        <div className="stack">
          <div className="home-top">
            <ModelSection model={active} runs={value.runs} />
            <HealthSection health={value.health} version={value.version} again={again} />
          </div>
          <NextSteps models={value.models} active={active} health={value.health} />
          <Models models={value.models} again={again} />
        </div>
      )}
    </>
  );
}

function ModelSection({ model, runs }: { model: ModelCard; runs: boolean }) {
  const metrics = Object.entries(model.metrics);
  return (
    <Section title="Model and data" note={model.method}>
      <dl className="stats">
        <Stat name="Items" value={whole(model.items)} />
        <Stat name="People" value={whole(model.people)} />
        <Stat name="Learned from" value={<span className="home-data">{model.data}</span>} />
      </dl>
      <h3 className="home-measured">Measured when it was fitted</h3>
      {metrics.length ? (
        <dl className="stats">
          {metrics.slice(0, 6).map(([name, value]) => (
            <Stat key={name} name={name} value={digits(value, 3)} />
          ))}
        </dl>
      ) : (
        <EmptyState
          title="Nothing"
          command={runs ? undefined : `penchant evaluate -m models/${model.name} --data DATA`}
        >
          {runs ? (
            <>
              What experiments found out about it is among the <Link href="/results">results</Link>.
            </>
          ) : (
            "Without a figure on held-out events nobody knows how good its lists are."
          )}
        </EmptyState>
      )}
    </Section>
  );
}

function HealthSection(given: { health: Health; version: string; again: () => void }) {
  const { health } = given;
  const well = health.failed === 0 && health.degraded === 0;
  return (
    <Section
      title="Health"
      note={`Penchant ${given.version}, since it was started`}
      actions={
        <button type="button" className="quiet" onClick={given.again}>
          Look again
        </button>
      }
    >
      <p className="home-state">
        <span className={`chip ${well ? "good" : "bad"}`}>{well ? "well" : "look closer"}</span>
        {sentence(health)}
      </p>
      <dl className="stats">
        <Stat name="Requests" value={short(health.requests)} />
        <Stat name="Half answered in" value={within(health.half_s)} note="recommendations" />
        <Stat name="99 % answered in" value={within(health.most_s)} note="recommendations" />
        <Stat name="Events taken" value={short(health.events)} />
        <Stat name="Waiting now" value={short(health.waiting)} />
        <Stat name="From the standby" value={short(health.degraded)} />
      </dl>
    </Section>
  );
}

function sentence(health: Health): string {
  if (health.failed) return `${whole(health.failed)} requests failed; the log says why.`;
  if (health.degraded) return "The model was late or broke; the standby answered for it.";
  return "No request failed, and the model answered all of them itself.";
}

function within(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds === Infinity) return "> 10 s";
  return seconds < 1 ? `≤ ${digits(seconds * 1_000)} ms` : `≤ ${digits(seconds)} s`;
}
