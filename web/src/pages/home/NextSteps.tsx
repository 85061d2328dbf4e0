import { Command } from "../../parts/EmptyState";
import { Link } from "../../parts/Link";
import { Section } from "../../parts/Page";
import type { Health } from "./health";
import type { ModelCard } from "./models";

interface Given {
  models: ModelCard[];
  active: ModelCard;
  health: Health;
}

/** What is worth doing now, the most useful first; three at most. */
export function NextSteps(given: Given) {
  const steps = [lookAtLists(given), sendEvents(given), secondModel(given), compareModels(given)]
    .filter((step) => step !== null)
    .slice(0, 3);
  return (
    <Section title="Next">
      <ol className="home-steps">{steps}</ol>
    </Section>
  );
}

function lookAtLists({ active }: Given) {
  return (
    <li key="look">
      <p>
        <Link href="/explorer">See what {active.name} recommends</Link>, for whom, and why.
      </p>
    </li>
  );
}

function sendEvents({ health }: Given) {
  if (health.events > 0) return null;
  const event = '{"user_id": "somebody", "item_id": "ITEM"}';
  const command = `curl ${window.location.origin}/v1/events -H 'content-type: application/json' -d '${event}'`;
  return (
    <li key="events">
      <p>Send what people do: the next answer to that person knows it.</p>
      <Command text={command} />
    </li>
  );
}

function secondModel({ models, active }: Given) {
  if (models.length > 1) return null;
  return (
    <li key="second">
      <p>Fit another method and serve it beside this one, to have something to compare with.</p>
      <Command text={`penchant fit ease --data DATA --out models/ease && penchant serve models/${active.name} models/ease`} />
    </li>
  );
}

function compareModels({ models }: Given) {
  if (models.length < 2) return null;
  const chosen = models.slice(0, 3).map((model) => encodeURIComponent(model.name));
  return (
    <li key="compare">
      <p>
        <Link href={`/compare?models=${chosen.join(",")}`}>Compare the models</Link> side by side for
        the same person.
      </p>
    </li>
  );
}
