import { shareConfig } from "../../vitest.shared.ts";

export default shareConfig("cli", { include: ["test/**/*.test.ts"] });
