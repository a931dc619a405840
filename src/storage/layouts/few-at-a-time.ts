/** As many as a store's client has connections. */
const FEW = 8

/**
 * Runs something for each item, a few at the same time; the results stand in the order of the items. After a failure
 * nothing more is begun.
 */
export async function fewAtATime<T, R>(items: Iterable<T>, run: (item: T) => Promise<R>): Promise<R[]> {
  const waiting = [...items].entries()
  const results: R[] = []
  let failed = false
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (failed) return
      try {
        results[index] = await run(item)
      } catch (fault) {
        failed = true
        throw fault
      }
    }
  }
  await Promise.all(Array.from({length: FEW}, work))
  return results
}
