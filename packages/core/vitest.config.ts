import { shareConfig } from "../../vitest.shared.ts";

export default shareConfig("core", { include: ["test/**/*.test.ts"] });
