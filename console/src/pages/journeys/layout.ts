import { graphlib, layout } from '@dagrejs/dagre'
import type { GraphEdge, GraphNode } from './graph.ts'

export const nodeWidth = 240
export const nodeHeight = 60
const labelWidth = 132

interface Point {
  readonly x: number
  readonly y: number
}

/** What the layout depends on. */
export interface Shape {
  readonly nodes: readonly Pick<GraphNode, 'id'>[]
  readonly edges: readonly Pick<GraphEdge, 'id' | 'from' | 'to' | 'when'>[]
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
  for (const node of graph.nodes) drawn.setNode(node.id, { width: nodeWidth, height: nodeHeight })
  for (const edge of graph.edges)
    drawn.setEdge(edge.from, edge.to, { width: labelWidth, height: edge.when === '' ? 24 : 40, labelpos: 'c' }, edge.id)
  layout(drawn)
  const size = drawn.graph()
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    nodes: new Map(
      graph.nodes.map(({ id }) => {
        const at = drawn.node(id)
        return [id, { x: (at.x ?? 0) - nodeWidth / 2, y: (at.y ?? 0) - nodeHeight / 2 }]
      }),
    ),
    edges: new Map(
      graph.edges.map((edge) => {
        const at = drawn.edge(edge.from, edge.to, edge.id)
        const points: readonly Point[] = at.points ?? []
        return [edge.id, { points, label: { x: at.x ?? 0, y: at.y ?? 0 } }]
      }),
    ),
  }
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
