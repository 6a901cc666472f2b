import { shareConfig } from "../../vitest.shared.ts";

export default shareConfig("extension", { include: ["test/**/*.test.ts"] });
