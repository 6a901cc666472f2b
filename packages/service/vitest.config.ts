import { shareConfig } from "../../vitest.shared.ts";

export default shareConfig("service", { include: ["test/**/*.test.ts"] });
