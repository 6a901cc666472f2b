import { shareConfig } from "../../vitest.shared.ts";

export default shareConfig("playwright", { include: ["test/**/*.test.ts"] });
