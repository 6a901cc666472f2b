import {
  majorTag,
  npmRange,
  readReleaseNames,
  readVersion,
} from "../../scripts/release/release-names.ts";
import { root } from "../action/action-definition.ts";

const { owner, repository, packages } = await readReleaseNames(root);
const version = await readVersion(root);

/** This repository's own action, as `owner/repository`. */
export const ownAction = `${owner}/${repository}`;

/** The tag that people are told to follow, such as `v1`. */
export const ownTag = majorTag(version);

/** The command line as npx is told of it, such as `clipcourier@1`. */
export const ownCommand = `${packages.cli}@${npmRange(version)}`;
