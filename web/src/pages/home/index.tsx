import { PageHead } from "../../parts/Page";

export default function Home() {
  return <PageHead title="Home">What is served here.</PageHead>;
}
