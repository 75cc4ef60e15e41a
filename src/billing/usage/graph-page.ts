import * as z from 'zod';

const page = z.object({ value: z.array(z.unknown()) });

/**
 * The rows of what people have at hand: a whole page of Microsoft Graph (`{"value": […]}`), an array of rows, or an
 * array of pages. The rows themselves are not looked at.
 * @returns undefined where it is none of these.
 */
export function rowsOf(json: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(json)) return page.safeParse(json).data?.value;
  // No row has a `value`: an element that has a list there can only be a page.
  return json.flatMap((element: unknown) => page.safeParse(element).data?.value ?? [element]);
}
