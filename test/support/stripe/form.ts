/** Stripe's bodies and queries: form fields whose brackets nest. */

export type Fields = { readonly [name: string]: string | Fields };

/** `a[b][0]=x` becomes `{ a: { b: { 0: 'x' } } }`. */
export function readFields(encoded: string): Fields {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(encoded)) {
    const path = name.split('[').map((part) => part.replace(/\]$/u, ''));
    const last = path.pop()!;
    let at = root;
    for (const part of path) at = (at[part] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return root as Fields;
}

export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}

/** Empty where it is missing, as Stripe reads it. */
export function wordOf(fields: Fields, name: string): string {
  return textOf(fields, name) ?? '';
}

export function groupOf(fields: Fields, name: string): Fields {
  const value = fields[name];
  return typeof value === 'object' ? value : {};
}

/** The values of `name[0]`, `name[1]` …, or the texts of a group such as `metadata`. */
export function textsOf(fields: Fields, name: string): Record<string, string> {
  const entries = Object.entries(groupOf(fields, name));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
