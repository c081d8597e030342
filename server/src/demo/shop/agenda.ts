/** Things to come, taken out in the order of their time; of two at one time, the one that was put in first. */
export interface Agenda<T> {
  add(at: number, item: T): void
  /** Takes out the next thing due at or before `until`. */
  take(until: number): { readonly at: number; readonly item: T } | undefined
}

/** A binary heap. */
export function makeAgenda<T>(): Agenda<T> {
  const heap: { at: number; order: number; item: T }[] = []
  let added = 0
  const before = (a: number, b: number): boolean => {
    const [left, right] = [heap[a], heap[b]]
    return left !== undefined && right !== undefined && (left.at < right.at || (left.at === right.at && left.order < right.order))
  }
  const swap = (a: number, b: number) => {
    const [left, right] = [heap[a], heap[b]]
    if (left === undefined || right === undefined) return
    heap[a] = right
    heap[b] = left
  }
  return {
    add(at, item) {
      heap.push({ at, order: added, item })
      added += 1
      for (
        let child = heap.length - 1, parent = (child - 1) >> 1;
        child > 0 && before(child, parent);
        child = parent, parent = (child - 1) >> 1
      )
        swap(child, parent)
    },
    take(until) {
      const top = heap[0]
      if (top === undefined || top.at > until) return undefined
      const last = heap.pop()
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last
        for (let parent = 0; ;) {
          const [left, right] = [2 * parent + 1, 2 * parent + 2]
          const smaller = before(right, left) ? right : left
          if (!before(smaller, parent)) break
          swap(parent, smaller)
          parent = smaller
        }
      }
      return { at: top.at, item: top.item }
    },
  }
}
