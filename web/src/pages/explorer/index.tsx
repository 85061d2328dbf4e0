import { PageHead } from "../../parts/Page";

export default function Explorer() {
  return <PageHead title="Explorer">What is served here.</PageHead>;
}
