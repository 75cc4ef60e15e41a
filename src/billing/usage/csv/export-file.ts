/** The PSTN usage export of the Teams admin center as it is downloaded: a zip archive, or the CSV file out of it. */
import { unzipSync, type UnzipFileInfo } from 'fflate';

/** Unzipped; a row has some 350 bytes. Reading it takes the program's whole attention. */
const TEXT_BYTES_MAX = 32 * 1024 * 1024;
const ZIP_SIGNATURE = [0x50, 0x4b, 0x03, 0x04] as const;

/** Its message is a sentence for whoever chose the file. */
export class UnreadableExport extends Error {
  override readonly name = 'UnreadableExport';
}

/** The texts of the files with calls on calling plans. @throws UnreadableExport */
export function textsOf(file: Uint8Array): readonly string[] {
  const isZip = ZIP_SIGNATURE.every((byte, index) => file[index] === byte);
  const files = isZip ? unzipped(file) : [file];
  const bytes = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes > TEXT_BYTES_MAX) throw tooLong();
  return files.map(decoded);
}

function unzipped(archive: Uint8Array): readonly Uint8Array[] {
  let bytes = 0;
  const filter = ({ name, originalSize }: UnzipFileInfo): boolean => {
    if (!isCallsFile(name)) return false;
    bytes += originalSize;
    // Before anything is unpacked: a small archive may hold an enormous file.
    if (bytes > TEXT_BYTES_MAX) throw tooLong();
    return true;
  };
  const files = Object.entries(unpack(archive, filter));
  if (files.length === 0)
    throw new UnreadableExport(
      'The archive holds no CSV file with calls, such as "PSTN.calls.2026-11-02.csv".',
    );
  return files.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, content]) => content);
}

function unpack(archive: Uint8Array, filter: (file: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(archive, { filter });
  } catch (error) {
    if (error instanceof UnreadableExport) throw error;
    throw new UnreadableExport("The archive is damaged: it can't be unzipped.", { cause: error });
  }
}

/** Beside it the archive may hold calls by direct routing, which cost no credits, and the export's parameters. */
function isCallsFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return name.endsWith('.csv') && !name.startsWith('directrouting') && !path.startsWith('__MACOSX/');
}

function tooLong(): UnreadableExport {
  return new UnreadableExport(
    `The export is larger than ${TEXT_BYTES_MAX / 1024 / 1024} MB: export fewer days at a time.`,
  );
}

/** Excel saves text with tabs as UTF-16; the byte order mark says so, and does not belong to the text. */
function decoded(file: Uint8Array): string {
  const encoding = file[0] === 0xff && file[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(file);
  } catch (error) {
    throw new UnreadableExport('The file is no text in UTF-8: take the file as the admin center gave it.', {
      cause: error,
    });
  }
}
