/**
 * The rows of what people have at hand: a whole page of Microsoft Graph (`{"value": […]}`), an array of rows, or an
 * array of pages. The rows themselves are not looked at.
 * @returns undefined where it is none of these.
 */
export function rowsOf(json: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(json)) return pageOf(json);
  // No row has a `value`: an element that has a list there can only be a page.
  return json.flatMap((element: unknown) => pageOf(element) ?? [element]);
}

/** Asked for every row of a list: a condition, since the schema library takes its time to say no. */
function pageOf(element: unknown): readonly unknown[] | undefined {
  if (typeof element !== 'object' || element === null || !('value' in element)) return undefined;
  return Array.isArray(element.value) ? (element.value as readonly unknown[]) : undefined;
}
