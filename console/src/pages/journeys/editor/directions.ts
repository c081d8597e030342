import type { Point } from '../layout.ts'

const directions: Readonly<Record<string, Point>> = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
}

/** The node that an arrow key leads to: of those on that side, the one least far off, sideways counting twice. */
export function nearestInDirection(
  nodes: ReadonlyMap<string, Point>,
  from: string,
  key: string,
  among: readonly string[],
): string | undefined {
  const [way, here] = [directions[key], nodes.get(from)]
  if (way === undefined || here === undefined) return undefined
  return among
    .flatMap((id) => {
      const at = nodes.get(id)
      if (at === undefined || id === from) return []
      const [x, y] = [at.x - here.x, at.y - here.y]
      const ahead = x * way.x + y * way.y
      const aside = Math.abs(x * way.y) + Math.abs(y * way.x)
      return ahead > 1 ? [{ id, far: ahead + 2 * aside }] : []
    })
    .toSorted((one, other) => one.far - other.far)[0]?.id
}
