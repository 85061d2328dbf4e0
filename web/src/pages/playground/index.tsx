import { PageHead } from "../../parts/Page";

export default function Playground() {
  return <PageHead title="Playground">What is served here.</PageHead>;
}
