import { shareConfig } from "../../vitest.shared.ts";

export default shareConfig("report", { include: ["test/**/*.test.ts"] });
