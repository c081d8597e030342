import { graphlib, layout } from '@dagrejs/dagre'
import type { DrawnEdge } from './graph.ts'

export const nodeWidth = 240
export const nodeHeight = 60
const labelWidth = 132

export interface Point {
  readonly x: number
  readonly y: number
}

/** What the layout depends on. */
export interface Shape {
  readonly nodes: readonly { readonly id: string; readonly width?: number; readonly height?: number }[]
  readonly edges: readonly (Pick<DrawnEdge, 'id' | 'from' | 'to' | 'when'> & { readonly height?: number })[]
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** Upper left corner of each node. */
  readonly nodes: ReadonlyMap<string, Point>
  /** Per edge: the points it runs through, and the middle of its label. */
  readonly edges: ReadonlyMap<string, { readonly points: readonly Point[]; readonly label: Point }>
}

/** Places a journey from top to bottom, with room for the label of each edge. */
export function layOut(graph: Shape): Layout {
  const drawn = new graphlib.Graph({ multigraph: true })
  drawn.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 26, edgesep: 16, marginx: 8, marginy: 8 })
  drawn.setDefaultEdgeLabel(() => ({}))
  for (const { id, width = nodeWidth, height = nodeHeight } of graph.nodes) drawn.setNode(id, { width, height })
  for (const { id, from, to, when, height = when === '' ? 24 : 40 } of graph.edges)
    drawn.setEdge(from, to, { width: labelWidth, height, labelpos: 'c' }, id)
  layout(drawn)
  const size = drawn.graph()
  // The ways of a split stand from left to right as their author wrote them, as far as one turn of the whole drawing gets them there.
  const across = isMirrored(graph.edges, (edge) => drawn.edge(edge.from, edge.to, edge.id).x ?? 0) ? (size.width ?? 0) : null
  const turned = (x: number): number => (across === null ? x : across - x)
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    nodes: new Map(
      graph.nodes.map(({ id, width = nodeWidth, height = nodeHeight }) => {
        const at = drawn.node(id)
        return [id, { x: turned(at.x ?? 0) - width / 2, y: (at.y ?? 0) - height / 2 }]
      }),
    ),
    edges: new Map(
      graph.edges.map((edge) => {
        const at = drawn.edge(edge.from, edge.to, edge.id)
        const points: readonly Point[] = (at.points ?? []).map(({ x, y }: Point) => ({ x: turned(x), y }))
        return [edge.id, { points, label: { x: turned(at.x ?? 0), y: at.y ?? 0 } }]
      }),
    ),
  }
}

/** Whether more ways of splits stand in the wrong order than in the right one. */
function isMirrored(edges: Shape['edges'], xOf: (edge: Shape['edges'][number]) => number): boolean {
  let wrong = 0
  edges.forEach((edge, index) => {
    for (const later of edges.slice(index + 1)) if (later.from === edge.from) wrong += Math.sign(xOf(edge) - xOf(later))
  })
  return wrong > 0
}

/** An SVG path through the points with rounded corners. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${first.x},${first.y}`
  rest.forEach((point, index) => {
    const next = rest[index + 1]
    if (next === undefined) path += ` L${point.x},${point.y}`
    else path += ` Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`
  })
  return path
}

/** An SVG path through each of the points, which leaves and reaches every one of them straight downwards. */
export function pathDown(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${first.x},${first.y}`
  rest.forEach((point, index) => {
    const before = points[index]!
    const middle = (before.y + point.y) / 2
    path += ` C${before.x},${middle} ${point.x},${middle} ${point.x},${point.y}`
  })
  return path
}
