import { z } from 'zod';

// Judged by its shape: errors of Node's own modules are no `Error` of the realm that tests run in.
const faultSchema = z.object({
  code: z.unknown().optional(),
  message: z.string(),
  cause: z.unknown().optional(),
});

/** The system's code of what was thrown, such as ENOENT, or else its message. */
export function reasonOf(thrown: unknown): string {
  const fault = faultSchema.safeParse(thrown).data;
  if (fault === undefined) return 'unknown error';
  // fetch hides the system's reason in the cause.
  if (fault.cause !== undefined) return reasonOf(fault.cause);
  return typeof fault.code === 'string' ? fault.code : fault.message;
}

export function messageOf(thrown: unknown): string {
  return faultSchema.safeParse(thrown).data?.message ?? 'unknown error';
}
