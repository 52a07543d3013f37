import { openPictureDecoder, type PictureDecoder } from "./decoder.ts";
import { type LoadTask, loadPictures } from "./load-pictures.ts";

const decoders = new Map<string, Promise<PictureDecoder>>();

/** What a thread of the pool does: loads some pictures into memory that it shares with the main thread. */
export async function work(task: LoadTask): Promise<readonly (string | undefined)[]> {
  const decoder = decoders.get(task.jpeg) ?? openPictureDecoder({ jpeg: task.jpeg });
  decoders.set(task.jpeg, decoder);
  return loadPictures(await decoder, task);
}
