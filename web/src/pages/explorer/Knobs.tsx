import { get } from "../../api/client";
import { Section } from "../../parts/Page";
import { Slider } from "../../parts/Slider";
import { setParams } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { DEADLINES, LAST_DEADLINE, MOST, RERANKINGS, type Asking } from "./asking";
import { Filter } from "./Filter";

/** What is open and how much is asked for; the list follows while a knob is turned. */
export function Knobs({ asking }: { asking: Asking }) {
  const place = Math.max(0, DEADLINES.findIndex((one) => one >= asking.deadline_ms));
  return (
    <Section title="What is asked for">
      <div className="knobs">
        <ModelChoice asking={asking} />
        <label className="field">
          <span>Re-ranked by a language model</span>
          <select
            value={asking.rerank}
            onChange={(event) => setParams({ rerank: event.target.value })}
          >
            <option value="">no</option>
            {Object.entries(RERANKINGS).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={asking.again}
            onChange={(event) => setParams({ again: event.target.checked ? "yes" : "" })}
          />
          <span>Chosen items, too</span>
        </label>
        <Slider
          label="Items"
          value={asking.k}
          least={1}
          most={MOST}
          shown={String}
          change={(k) => setParams({ k: k === 10 ? "" : String(k) })}
        />
        <Slider
          label="Diversity"
          value={asking.diversity}
          least={0}
          most={1}
          step={0.05}
          shown={(share) => `${Math.round(100 * share)} %`}
          change={(share) => setParams({ diversity: share ? String(share) : "" })}
        />
        <Slider
          label="Deadline"
          value={place}
          least={0}
          most={DEADLINES.length - 1}
          shown={(at) => deadline(DEADLINES[at] ?? LAST_DEADLINE)}
          change={(at) => {
            const told = DEADLINES[at] ?? LAST_DEADLINE;
            setParams({ deadline: told === LAST_DEADLINE ? "" : String(told) });
          }}
        />
      </div>
      <Filter asking={asking} />
    </Section>
  );
}

function ModelChoice({ asking }: { asking: Asking }) {
  const models = useAnswer((signal) => get("/v1/models", { signal }), []);
  return (
    <label className="field">
      <span>Model</span>
      <select value={asking.model} onChange={(event) => setParams({ model: event.target.value })}>
        <option value="">the one that answers</option>
        {(models.value ?? []).map((model) => (
          <option key={model.name} value={model.name}>
            {model.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function deadline(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${milliseconds / 1_000} s`;
}
