import { useMemo } from 'react'
import { useElementSize } from '@mantine/hooks'
import { BaseEdge, Controls, EdgeLabelRenderer, Handle, Position, ReactFlow } from '@xyflow/react'
import type { Edge, EdgeProps, Node, NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { counted } from '../../format/format.ts'
import { shareWords } from '../../format/share-words.ts'
import { useFormat } from '../../format/use-format.ts'
import type { Graph, GraphEdge, GraphNode } from './graph.ts'
import { layOut, nodeHeight, nodeWidth, pathThrough } from './layout.ts'
import type { Shape } from './layout.ts'
import { StepIcon, toneOf } from './step-icon.tsx'
import styles from './graph-view.module.css'

type StepNode = Node<{ readonly node: GraphNode; readonly chosen: boolean; readonly choose: (id: string) => void }, 'step'>
type WayEdge = Edge<
  { readonly edge: GraphEdge; readonly bare: boolean; readonly path: string; readonly x: number; readonly y: number },
  'way'
>

/** Of a way that says how many reached the goal: three lines. */
const tallLabel = 58

interface GraphViewProps {
  readonly graph: Graph
  readonly chosen: string | undefined
  readonly choose: (step: string) => void
  /** Without counts, where nothing can have happened yet. */
  readonly bare?: boolean
}

/** The journey drawn from top to bottom: on each edge how many have passed, in each step how many stand there now. */
export function GraphView({ graph, chosen, choose, bare = false }: GraphViewProps) {
  // The layout depends on the shape alone, not on the counts that change every two seconds.
  const shape = JSON.stringify({
    nodes: graph.nodes.map(({ id }) => ({ id })),
    edges: graph.edges.map(({ id, from, to, when, conversion }) => ({ id, from, to, when, ...(conversion && { height: tallLabel }) })),
  })
  const placed = useMemo(() => layOut(JSON.parse(shape) as Shape), [shape])
  const nodes = graph.nodes.map((node): StepNode => ({
    id: node.id,
    type: 'step',
    position: placed.nodes.get(node.id) ?? { x: 0, y: 0 },
    width: nodeWidth,
    height: nodeHeight,
    style: { pointerEvents: 'all' },
    data: { node, chosen: node.id === chosen, choose },
  }))
  const edges = graph.edges.map((edge): WayEdge => {
    const way = placed.edges.get(edge.id)
    return {
      id: edge.id,
      type: 'way',
      source: edge.from,
      target: edge.to,
      data: { edge, bare, path: pathThrough(way?.points ?? []), x: way?.label.x ?? 0, y: way?.label.y ?? 0 },
    }
  })
  // The drawing is as tall as it needs to be and the page scrolls: nothing is hidden, and the words stay readable.
  const { ref, width } = useElementSize()
  const zoom = Math.max(0.45, Math.min(1, (width - 24) / Math.max(1, placed.width)))
  const viewport = { x: Math.max(12, (width - placed.width * zoom) / 2), y: 12, zoom }
  return (
    <div ref={ref} className={styles.frame} style={{ height: Math.ceil(placed.height * zoom) + 24 }}>
      {width === 0 ? null : (
        <ReactFlow
          key={Math.round(width / 8)}
          defaultViewport={viewport}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          minZoom={0.25}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          preventScrolling={false}
          zoomOnDoubleClick={false}
          ariaLabelConfig={{
            'controls.zoomIn.ariaLabel': 'Larger',
            'controls.zoomOut.ariaLabel': 'Smaller',
            'controls.fitView.ariaLabel': 'Show all of it',
          }}
        >
          <Controls showInteractive={false} fitViewOptions={{ padding: 0.04, maxZoom: 1 }} />
        </ReactFlow>
      )}
    </div>
  )
}

function StepBox({ data }: NodeProps<StepNode>) {
  const { node, chosen, choose } = data
  const format = useFormat()
  const words = (
    <>
      <span className={`${styles.icon} ${styles[toneOf(node.kind)] ?? ''}`}>
        <StepIcon kind={node.kind} />
      </span>
      <span className={styles.words}>
        <span className={`cut ${styles.title}`}>{node.title}</span>
        {node.conversion === undefined ? (
          <span className={`cut ${styles.detail}`}>{node.detail}</span>
        ) : (
          <span className={`cut ${styles.detail}`}>
            {shareWords(node.conversion.converted, node.conversion.people, format)}
            <span className="vh"> who came through reached the goal</span>
          </span>
        )}
      </span>
      {node.change === undefined ? null : <span className={styles.mark}>{node.change}</span>}
      {node.inside === null ? null : (
        <span className={`${styles.inside} ${node.inside === 0 ? styles.nobody : ''}`}>
          {format.number(node.inside)}
          <span className="vh"> here now</span>
        </span>
      )}
    </>
  )
  const step = node.kind !== 'entry' && node.kind !== 'end' && node.change !== 'removed'
  const change = node.change === undefined ? '' : `${styles.compared} ${styles[node.change] ?? ''}`
  return (
    <>
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      {step ? (
        <button
          type="button"
          className={`nodrag nopan ${styles.box} ${change} ${chosen ? styles.chosen : ''}`}
          aria-pressed={chosen}
          title={`${node.title}. ${node.detail}`}
          onClick={() => choose(node.id)}
        >
          {words}
        </button>
      ) : (
        <div className={`${styles.box} ${change === '' ? styles.plain : change}`} title={`${node.title} ${node.detail}`}>
          {words}
        </div>
      )}
      <Handle type="source" position={Position.Bottom} className={styles.handle} isConnectable={false} />
    </>
  )
}

function Way({ id, data }: EdgeProps<WayEdge>) {
  const format = useFormat()
  if (data === undefined) return null
  const { edge } = data
  return (
    <>
      <BaseEdge id={id} path={data.path} className={edge.count === 0 ? styles.idle : styles.way} />
      <EdgeLabelRenderer>
        <div
          className={styles.label}
          style={{ transform: `translate(-50%, -50%) translate(${data.x}px, ${data.y}px)` }}
          title={edge.when === '' ? undefined : edge.when}
        >
          {edge.when === '' ? null : <span className={`cut ${styles.when}`}>{edge.when}</span>}
          {data.bare ? null : (
            <span
              key={edge.count}
              className={styles.count}
              aria-label={`${counted(format, edge.count, 'passage', 'passages')}${edge.share === null ? '' : `, ${Math.round(edge.share * 100)} % of those who went on`}${edge.when === '' ? '' : `, ${edge.when}`}`}
            >
              {format.number(edge.count)}
              {edge.share === null ? null : <span className={styles.share}> · {Math.round(edge.share * 100)} %</span>}
            </span>
          )}
          {edge.conversion === undefined ? null : (
            <span className={`cut ${styles.reached}`}>
              {shareWords(edge.conversion.converted, edge.conversion.people, format)}
              <span className="vh"> who took this way reached the goal</span>
            </span>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  )
}

const nodeTypes = { step: StepBox }
const edgeTypes = { way: Way }
