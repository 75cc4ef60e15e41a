import pLimit from 'p-limit';

/**
 * Enough to keep the tenant's 50 requests a second going while each takes up to half a second; the pacing decides when
 * each leaves.
 */
const PARALLEL_MAX = 32;

/** Like `map`, some at a time. After a failure nothing more starts, and it is thrown when all that had started ended. */
export async function fanOut<In, Out>(
  items: readonly In[],
  work: (item: In) => Promise<Out>,
): Promise<ReadonlyMap<In, Out>> {
  const limit = pLimit(PARALLEL_MAX);
  const done = new Map<In, Out>();
  const failures: unknown[] = [];
  const one = async (item: In): Promise<void> => {
    if (failures.length > 0) return;
    try {
      done.set(item, await work(item));
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(items.map((item) => limit(one, item)));
  if (failures.length > 0) throw failures[0];
  return done;
}
