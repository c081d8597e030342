import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { BaseEdge, Controls, EdgeLabelRenderer, Handle, Position, ReactFlow } from '@xyflow/react'
import type { Edge as FlowEdge, EdgeProps, Node, NodeChange, NodeProps, ReactFlowInstance } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { drawJourney, endNode, entryNode } from '../graph.ts'
import type { DrawnEdge, Drawing } from '../graph.ts'
import { layOut, nodeHeight, nodeWidth, pathDown } from '../layout.ts'
import type { Point } from '../layout.ts'
import { blockOf } from '../model/blocks.ts'
import { targetOf } from '../model/edges.ts'
import type { Edge } from '../model/edges.ts'
import { editorOfStep } from '../steps/registry.ts'
import { inShort } from '../model/draft.ts'
import { StepIcon, toneOf } from '../step-icon.tsx'
import { AddHere } from './add-here.tsx'
import { useBench } from './bench.ts'
import { nearestInDirection } from './directions.ts'
import frame from '../graph-view.module.css'
import styles from './canvas.module.css'

const endSize = { width: 34, height: 14 }

interface StepData {
  readonly [key: string]: unknown
  readonly node: Drawing['nodes'][number]
  /** The ways out from left to right, as they are drawn. */
  readonly ports: readonly DrawnEdge[]
  readonly press: (event: KeyboardEvent) => void
}
type StepNode = Node<StepData, 'step'>
type EndNode = Node<Record<string, never>, 'end'>
interface WayData {
  readonly [key: string]: unknown
  readonly drawn: DrawnEdge
  readonly path: string
  readonly label: Point
  /** Whether what is dragged would be put in here. */
  readonly open: 'no' | 'yes' | 'here'
}
type WayEdge = FlowEdge<WayData, 'way'>
type Flow = ReactFlowInstance<StepNode | EndNode, WayEdge>

interface CanvasProps {
  /** Hands out what brings a step into view. */
  readonly onReady: (show: (id: string) => void) => void
}

/** The journey as it is edited: everything that can be done to a step is done where it is drawn. */
export function Canvas({ onReady }: CanvasProps) {
  const { draft, send, names, choose, chosen, copy, remove, locked } = useBench()
  const drawing = useMemo(() => drawJourney(inShort(draft), names, 'own'), [draft, names])
  const placed = usePlaced(drawing)
  const [drag, setDrag] = useState<{ readonly id: string; readonly at: Point } | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const flow = useRef<Flow | null>(null)
  const frameRef = useRef<HTMLDivElement>(null)

  const block = useMemo(() => (drag === null ? null : new Set(blockOf(draft, drag.id).ids)), [draft, drag])
  const takes = (edge: Edge): boolean =>
    drag !== null && block !== null && targetOf(draft, edge) !== drag.id && !(edge.kind === 'way' && block.has(edge.from))

  const portsOf = (id: string): readonly DrawnEdge[] =>
    drawing.edges.filter((edge) => edge.from === id).toSorted((one, other) => labelX(one) - labelX(other))
  const labelX = (edge: DrawnEdge): number => placed.edges.get(edge.id)?.label.x ?? 0
  const press = (event: KeyboardEvent): void => {
    const on = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-step]')?.dataset['step'] : undefined
    if (on === undefined || event.altKey) return
    const board = event.currentTarget.closest('[data-board]')
    const command = event.ctrlKey || event.metaKey
    const step = draft.steps[on]
    const move = nearestInDirection(
      placed.nodes,
      on,
      event.key,
      drawing.nodes.filter(({ kind }) => kind !== 'end').map(({ id }) => id),
    )
    if (!command && move !== undefined) board?.querySelector<HTMLElement>(`[data-step="${CSS.escape(move)}"]`)?.focus()
    else if (locked) return
    else if (!command && (event.key === 'Insert' || event.key === '+' || event.key === 'a')) {
      const first = step === undefined ? undefined : editorOfStep(step).ways(step)[0]
      const edge =
        on === entryNode
          ? 'entry'
          : first === undefined
            ? undefined
            : drawing.edges.find((one) => one.edge.kind === 'way' && one.edge.from === on && one.edge.port === first.port)?.id
      board?.querySelector<HTMLElement>(`[data-add="${CSS.escape(edge ?? '')}"]`)?.click()
    } else if (step === undefined) return
    else if (!command && (event.key === 'Delete' || event.key === 'Backspace')) remove(on)
    else if (command && event.key.toLowerCase() === 'c') copy(on)
    else return
    event.preventDefault()
  }

  const nodes = drawing.nodes.map((node): StepNode | EndNode => {
    const position = (drag?.id === node.id ? drag.at : placed.nodes.get(node.id)) ?? { x: 0, y: 0 }
    if (node.kind === 'end')
      return {
        id: node.id,
        type: 'end',
        position,
        ...endSize,
        handles: [topOf(endSize)],
        data: {},
        draggable: false,
        connectable: false,
        focusable: false,
      }
    const ports = portsOf(node.id)
    return {
      id: node.id,
      type: 'step',
      position,
      width: nodeWidth,
      height: nodeHeight,
      draggable: node.kind !== 'entry' && !locked,
      zIndex: drag?.id === node.id ? 10 : 0,
      style: { pointerEvents: 'all' },
      handles: [topOf({ width: nodeWidth }), ...ports.map(({ id }, index) => bottomOf(id, index, ports.length))],
      data: { node, ports, press },
    }
  })
  const edges = drawing.edges.map((drawn): WayEdge => {
    const way = placed.edges.get(drawn.id)
    const from = placed.nodes.get(drawn.from)
    const to = placed.nodes.get(drawn.to)
    const ports = portsOf(drawn.from)
    const inner = (way?.points ?? []).slice(1, -1)
    const points =
      from === undefined || to === undefined
        ? []
        : [
            { x: from.x + portAt(ports.indexOf(drawn), ports.length), y: from.y + nodeHeight },
            ...inner,
            { x: to.x + (drawn.to.startsWith(endNode) ? endSize.width : nodeWidth) / 2, y: to.y },
          ]
    const open = drag === null || !takes(drawn.edge) ? 'no' : over === drawn.id ? 'here' : 'yes'
    return {
      id: drawn.id,
      type: 'way',
      source: drawn.from,
      sourceHandle: drawn.id,
      target: drawn.to,
      reconnectable: locked ? false : 'target',
      focusable: false,
      data: { drawn, path: pathDown(points), label: way?.label ?? { x: 0, y: 0 }, open },
    }
  })

  const show = useCallback(
    (id: string) => {
      const at = placed.nodes.get(id)
      const now = flow.current
      if (at === undefined || now === null || frameRef.current === null) return
      const { zoom, x, y } = now.getViewport()
      const box = frameRef.current.getBoundingClientRect()
      const [left, top] = [at.x * zoom + x, at.y * zoom + y]
      const isSeen = left >= 8 && top >= 8 && left + nodeWidth * zoom <= box.width - 8 && top + nodeHeight * zoom <= box.height - 40
      if (!isSeen) void now.setCenter(at.x + nodeWidth / 2, at.y + nodeHeight / 2, { zoom, duration: 200 })
    },
    [placed],
  )
  useEffect(() => onReady(show), [onReady, show])

  const dragged = (changes: NodeChange<StepNode | EndNode>[]): void => {
    for (const change of changes)
      if (change.type === 'position' && change.dragging === true && change.position !== undefined) {
        setDrag({ id: change.id, at: change.position })
        setOver(nearestLabel(change.position))
      }
  }
  /** The way whose plus is nearest to the middle of what is dragged, if one is near. */
  const nearestLabel = (at: Point): string | null => {
    const middle = { x: at.x + nodeWidth / 2, y: at.y + nodeHeight / 2 }
    const near = drawing.edges
      .filter((edge) => takes(edge.edge))
      .map((edge) => ({ id: edge.id, far: distance(middle, placed.edges.get(edge.id)?.label ?? { x: 1e9, y: 0 }) }))
      .toSorted((one, other) => one.far - other.far)[0]
    return near !== undefined && near.far < 110 ? near.id : null
  }
  const dropped = (): void => {
    const target = drawing.edges.find(({ id }) => id === over)
    if (drag !== null && target !== undefined && takes(target.edge)) send({ kind: 'move', id: drag.id, edge: target.edge })
    setDrag(null)
    setOver(null)
  }
  /** A way that was dragged leads to the step under the pointer. */
  const led = (edge: Edge | undefined, event: MouseEvent | TouchEvent): void => {
    const { clientX, clientY } = 'changedTouches' in event ? event.changedTouches[0]! : event
    const step = document
      .elementsFromPoint(clientX, clientY)
      .map((node) => node.closest<HTMLElement>('[data-step]')?.dataset['step'])
      .find((id) => id !== undefined)
    if (edge !== undefined && step !== undefined && step !== entryNode) send({ kind: 'connect', edge, to: step })
  }

  return (
    <div ref={frameRef} data-board className={`${frame.frame} ${styles.canvas}`} role="group" aria-label="The journey, drawn">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={(instance) => {
          flow.current = instance
          begin(instance, placed.width, frameRef.current)
        }}
        onNodesChange={dragged}
        onNodeDragStop={dropped}
        nodeDragThreshold={6}
        connectionRadius={1}
        onConnectEnd={(event, state) => led(drawing.edges.find(({ id }) => id === state.fromHandle?.id)?.edge, event)}
        onReconnectEnd={(event, edge) => led(edge.data?.drawn.edge, event)}
        nodesConnectable={!locked}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        panOnScroll
        zoomOnDoubleClick={false}
        minZoom={0.2}
        maxZoom={1.5}
        deleteKeyCode={null}
        disableKeyboardA11y
        onPaneClick={() => choose(null)}
        ariaLabelConfig={{
          'controls.zoomIn.ariaLabel': 'Larger',
          'controls.zoomOut.ariaLabel': 'Smaller',
          'controls.fitView.ariaLabel': 'Show all of it',
        }}
      >
        <Controls showInteractive={false} fitViewOptions={{ padding: 0.04, maxZoom: 1 }} />
      </ReactFlow>
      {chosen === null && Object.keys(draft.steps).length === 0 ? (
        <p className={styles.hint}>Choose what starts it, then add a first step with the plus.</p>
      ) : null}
    </div>
  )
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y)
/** How far from the left edge of a step its n-th way begins. */
const portAt = (index: number, count: number): number => (nodeWidth * (index + 1)) / (count + 1)

// Where ways begin and end is said rather than measured: measured anew, React Flow would take every way out of the page for a moment,
// and with it the list that is open there.
const topOf = ({ width }: { readonly width: number }) => ({
  type: 'target' as const,
  position: Position.Top,
  x: width / 2,
  y: 0,
  width: 1,
  height: 1,
})
const bottomOf = (id: string, index: number, count: number) => ({
  id,
  type: 'source' as const,
  position: Position.Bottom,
  x: portAt(index, count) - 5,
  y: nodeHeight - 5,
  width: 11,
  height: 11,
})

/** At first the beginning of the journey is in view, as large as its width allows. */
function begin(flow: Flow, width: number, box: HTMLDivElement | null): void {
  const space = box?.clientWidth ?? 0
  const zoom = Math.max(0.5, Math.min(1, (space - 24) / Math.max(1, width)))
  void flow.setViewport({ x: Math.max(12, (space - width * zoom) / 2), y: 14, zoom })
}

/** The layout, which depends on the shape alone and not on every letter that is typed into a step. */
function usePlaced(drawing: Drawing) {
  const shape = JSON.stringify({
    nodes: drawing.nodes.map(({ id, kind }) => (kind === 'end' ? { id, ...endSize } : { id })),
    edges: drawing.edges.map(({ id, from, to, when }) => ({ id, from, to, when: when === '' ? '' : 'x', height: when === '' ? 34 : 52 })),
  })
  return useMemo(() => layOut(JSON.parse(shape) as Parameters<typeof layOut>[0]), [shape])
}

function StepBox({ data }: NodeProps<StepNode>) {
  const { node, ports, press } = data
  const { chosen, choose, problemsOf, draft, locked } = useBench()
  const problems = problemsOf(node.kind === 'entry' ? null : node.id)
  const isChosen = chosen === node.id
  const note = draft.steps[node.id]?.note
  return (
    <>
      <Handle type="target" position={Position.Top} className={frame.handle} isConnectable={false} />
      <button
        type="button"
        data-step={node.id}
        className={`nopan ${frame.box} ${isChosen ? frame.chosen : ''} ${problems.length > 0 ? styles.wrong : ''} ${node.kind === 'entry' ? styles.entry : ''}`}
        aria-pressed={isChosen}
        aria-label={`${node.kind === 'entry' ? 'Starts with: ' : ''}${node.title}. ${node.detail}${problems.length > 0 ? `. To mend: ${problems.map(({ words }) => words).join(' ')}` : ''}${note === undefined ? '' : `. Comment: ${note}`}`}
        title={problems.length > 0 ? problems.map(({ words }) => words).join('\n') : `${node.title}. ${node.detail}`}
        onClick={() => choose(isChosen ? null : node.id)}
        onKeyDown={press}
      >
        <span className={`${frame.icon} ${frame[toneOf(node.kind)] ?? ''}`}>
          <StepIcon kind={node.kind} />
        </span>
        <span className={frame.words}>
          <span className={`cut ${frame.title}`}>{node.title}</span>
          <span className={`cut ${frame.detail}`}>{node.detail === '' && node.kind === 'entry' ? 'starts the journey' : node.detail}</span>
        </span>
        {problems.length > 0 ? (
          <span className={problems.every(({ open }) => open) ? styles.open : styles.bad} aria-hidden>
            {problems.every(({ open }) => open) ? '…' : '!'}
          </span>
        ) : note === undefined ? null : (
          <span className={styles.note} aria-hidden />
        )}
      </button>
      {ports.map((edge, index) => (
        <Handle
          key={edge.id}
          id={edge.id}
          type="source"
          position={Position.Bottom}
          className={locked ? frame.handle : styles.port}
          style={{ left: portAt(index, ports.length) }}
          isConnectable={!locked}
          title={`${edge.when === '' ? 'Drag it' : `${edge.when}: drag it`} to the step where this way should lead`}
        />
      ))}
    </>
  )
}

function End() {
  return (
    <>
      <Handle type="target" position={Position.Top} className={frame.handle} isConnectable={false} />
      <span className={styles.end} title="The journey ends here">
        <span className="vh">The journey ends here</span>
      </span>
    </>
  )
}

function Way({ id, data }: EdgeProps<WayEdge>) {
  if (data === undefined) return null
  const { drawn, path, label, open } = data
  return (
    <>
      <BaseEdge id={id} path={path} className={open === 'here' ? styles.here : frame.way} />
      <EdgeLabelRenderer>
        <div
          className={frame.label}
          style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          title={drawn.when}
        >
          {drawn.when === '' ? null : <span className={`cut ${frame.when}`}>{drawn.when}</span>}
          {open === 'no' ? (
            <AddHere edge={drawn.edge} name={drawn.id} />
          ) : (
            <span className={open === 'here' ? styles.dropHere : styles.drop}>{open === 'here' ? 'Put it here' : ''}</span>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  )
}

const nodeTypes = { step: StepBox, end: End }
const edgeTypes = { way: Way }
