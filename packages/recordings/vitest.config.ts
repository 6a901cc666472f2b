import { shareConfig } from "../../vitest.shared.ts";

export default shareConfig("recordings", { include: ["test/**/*.test.ts"] });
