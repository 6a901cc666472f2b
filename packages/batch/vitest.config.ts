import { shareConfig } from "../../vitest.shared.ts";

export default shareConfig("batch", { include: ["test/**/*.test.ts"] });
