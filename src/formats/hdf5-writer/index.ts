export type {
  AttributeContent,
  DatasetContent,
  GroupContent,
  GroupDraft,
  StoredType,
} from "./content.ts";
export { ELEMENT_SIZE } from "./datatype.ts";
export { addDataset, createGroup, groupAt } from "./draft.ts";
export { writeHdf5 } from "./write.ts";
