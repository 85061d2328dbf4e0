import { get } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Link } from "../../parts/Link";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { whole } from "../../parts/numbers";
import { setParams, useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { Behind, Costs } from "./Behind";
import { Choose } from "../../parts/Choose";
import { Figures } from "./Figures";
import { Significance } from "./Significance";
import { Slices } from "./Slices";
import { TradeOff } from "./TradeOff";
import type { Report } from "./figures";
import "./results.css";

export default function Results() {
  const runs = useAnswer((signal) => get("/v1/runs", { query: { limit: 200 }, signal }), "runs");
  const [wanted] = useParam("run");
  const known = runs.value?.runs ?? [];
  const run = wanted || known[0]?.run || "";
  const report = useAnswer(
    run ? (signal) => get("/v1/runs/{run}", { path: { run }, signal }) : null,
    run,
  );
  const choose = (next: string) =>
    setParams({ run: next, metric: "", by: "", pair: "", x: "", y: "" }, false);
  const picker = known.length > 0 && (
    <Choose label="Run" options={known.map((one) => one.run)} value={run} choose={choose} />
  );
  return (
    <>
      <PageHead title="Results" actions={picker}>
        What was measured, how sure that is, for whom it holds, and what it costs.
      </PageHead>
      {runs.problem && <ErrorBox problem={runs.problem} again={runs.again} />}
      {!runs.value && runs.loading && <Loading label="runs" />}
      {runs.value && !known.length && (
        <EmptyState
          title="No experiment yet"
          command="penchant run SPEC.toml --out runs/first && penchant serve MODEL --runs runs"
        >
          An experiment measures several methods on the same split. Run one, and name its folder
          when the service starts.
        </EmptyState>
      )}
      {report.problem && <ErrorBox problem={report.problem} again={report.again} />}
      {!report.value && report.loading && run && <Loading label="figures" lines={8} />}
      {report.value && <Shown report={report.value} stale={report.loading} />}
    </>
  );
}

function Shown({ report, stale }: { report: Report; stale: boolean }) {
  const [tab, setTab] = useParam("tab", "figures");
  if (!report.figures.length)
    return (
      <EmptyState title="This run has no figures yet">
        It is under way, or it was stopped: the same <code>penchant run</code> continues it.
      </EmptyState>
    );
  return (
    <div className={stale ? "stale" : undefined}>
      <p className="results-line">
        <strong>{report.data}</strong>, split by {report.split}: {whole(report.queries)} queries of{" "}
        {whole(report.people)} people, {report.methods.length} methods
        {!report.finished && <span className="chip evidence"> not finished</span>}
        {report.methods.some((method) => method.curves) && (
          <>
            {" · "}
            <Link href={`/training?tab=runs&run=${encodeURIComponent(report.run)}`}>
              training curves
            </Link>
          </>
        )}
      </p>
      <Tabs
        label="Views of the results"
        chosen={tab}
        choose={setTab}
        tabs={[
          { name: "figures", title: "Metrics", content: () => <Figures report={report} /> },
          { name: "slices", title: "Slices", content: () => <Slices report={report} /> },
          { name: "trade-off", title: "Trade-off", content: () => <TradeOff report={report} /> },
          {
            name: "significance",
            title: "Significance",
            content: () => <Significance report={report} />,
          },
          { name: "costs", title: "Costs", content: () => <Costs report={report} /> },
          { name: "behind", title: "Audit and spec", content: () => <Behind report={report} /> },
        ]}
      />
    </div>
  );
}
