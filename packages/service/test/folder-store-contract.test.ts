import { serveFolderStore } from "./folder-store-server.js";
import { testObjectStore } from "./store-contract.js";

testObjectStore("the folder store", serveFolderStore);
