/**
 * Files for Node: the only folder besides `cli` that touches the disk.
 * @module
 */
export { type FolderSource, openPath } from "./open-path.ts";
export {
  type FileSource,
  openFile,
  type ReadLimits,
  readBytes,
  readStdin,
  readText,
} from "./read.ts";
export { checkOutput, type WriteOptions, writeOutput } from "./write.ts";
export { checkFolderOutput, type WriteFolderOptions, writeFolder } from "./write-folder.ts";
