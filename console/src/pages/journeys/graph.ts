import { startsOf } from '@throughline/contracts'
import type { Conversion, JourneyConversions, JourneyDefinition, JourneyEntry, RouteResponse, StepKind } from '@throughline/contracts'
import { enough } from '../../format/share-words.ts'
import { clauseOf, concernsWords, matchWords, startWords } from '../segments/builder/words.ts'
import type { StepChange } from './model/differences.ts'
import type { Edge } from './model/edges.ts'
import { edgeName, start, stepsInOrder, wayOf } from './model/edges.ts'
import { editorOfStep } from './steps/registry.ts'
import { namesIn } from './model/step-names.ts'
import { plainNames } from './steps/step-editor.ts'
import type { Names } from './steps/step-editor.ts'

/** The end at which runs finish that have nowhere else to go. */
export const endNode = ':end'
export const entryNode = ':entry'

export type NodeKind = StepKind | 'entry' | 'end'

interface DrawnNode {
  readonly id: string
  readonly kind: NodeKind
  readonly title: string
  readonly detail: string
}

export interface DrawnEdge {
  /** As counted: `entry`, `<step>:next`, `<step>:0`, `<step>:otherwise`. */
  readonly id: string
  readonly edge: Edge
  readonly from: string
  readonly to: string
  /** On what condition this way is taken; empty where there is only one. */
  readonly when: string
}

export interface Drawing {
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly DrawnEdge[]
}

export interface GraphNode extends DrawnNode {
  /** People who stand here now; null where nobody can stand. */
  readonly inside: number | null
  /** Of those who came through it, how many reached the goal that is asked about. */
  readonly conversion?: Conversion
  /** Beside another version: how it differs from that. */
  readonly change?: StepChange['change']
}

export interface GraphEdge extends DrawnEdge {
  readonly count: number
  /** Which part of those who left the step took this way; null where there is only one way, or so few people that it would say nothing. */
  readonly share: number | null
  /** Where there are others beside it: of those who took it, how many reached the goal that is asked about. */
  readonly conversion?: Conversion
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** How runs ended: by the goal, by an exit, at the end of the way. */
  readonly left: { readonly goal: number; readonly exit: number; readonly end: number }
}

/** The name of a step: the author's, or else that of its kind. */
export function stepTitle(definition: Pick<JourneyDefinition, 'steps'>, id: string): string {
  const step = definition.steps[id]
  return step === undefined ? id : (step.name ?? editorOfStep(step).title)
}

/** @param more how many other ways in there are besides this one */
function entryWords(entry: JourneyEntry, more: number): { readonly title: string; readonly detail: string } {
  const others = more === 0 ? '' : `or ${more} other ${more === 1 ? 'way' : 'ways'} in`
  const condition = entry.if === undefined ? '' : `if ${clauseOf(entry.if)}`
  const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '' && part !== '…').join(', ')
  if (entry.kind === 'event') {
    const { event } = entry.on
    return {
      title: event === '' ? 'What starts it?' : event,
      detail: join(matchWords(entry.on).slice(event.length).trim(), condition, others),
    }
  }
  if (entry.kind === 'shop-event') {
    const { event } = entry.on
    const filters = matchWords(entry.on).slice(event.length).trim()
    return {
      title: event === '' ? 'What does the shop say?' : `The shop says ${event}`,
      detail: join(filters, `for everybody who ${concernsWords(entry.concerns)}`, condition, others),
    }
  }
  const words = startWords(entry)
  return { title: words.charAt(0).toUpperCase() + words.slice(1), detail: join(condition, others) }
}

/**
 * What is drawn of a journey, steps in the order in which people come to them; those that nobody comes to are last.
 * @param ends ways that end have one end together, or with `own` each its own, where something can be added
 */
export function drawJourney(journey: JourneyDefinition, names: Names, ends: 'one' | 'own'): Drawing {
  const known = (id: string | undefined): id is string => id !== undefined && journey.steps[id] !== undefined
  const endOf = (edge: Edge): string => (ends === 'one' ? endNode : `${endNode}:${edgeName(edge)}`)
  const edgeTo = (edge: Edge, from: string, to: string | undefined, when: string): DrawnEdge => ({
    id: edgeName(edge),
    edge,
    from,
    to: known(to) ? to : endOf(edge),
    when,
  })
  const starts = startsOf(journey)
  const entryId = (index: number): string => (index === 0 ? entryNode : `${entryNode}:${index}`)
  const drawn = ends === 'own' ? starts.slice(0, 1) : starts
  const order = stepsInOrder(journey)
  const edges = [
    // Passages are counted by entry where there are several.
    ...drawn.map((_, index) => ({
      ...edgeTo(start, entryId(index), journey.start, ''),
      ...(drawn.length > 1 && { id: `entry:${index}` }),
    })),
    ...order.flatMap((id) =>
      editorOfStep(journey.steps[id]!)
        .ways(journey.steps[id]!)
        .map(({ port, to, when }) => edgeTo(wayOf(id, port), id, to, when)),
    ),
  ]
  const nodes: DrawnNode[] = [
    ...drawn.map((entry, index): DrawnNode => ({ id: entryId(index), kind: 'entry', ...entryWords(entry, starts.length - drawn.length) })),
    ...order.map((id): DrawnNode => {
      const step = journey.steps[id]!
      return {
        id,
        kind: step.kind,
        title: stepTitle(journey, id),
        detail: editorOfStep(step).sentence(step, namesIn(names, journey.steps)),
      }
    }),
  ]
  const ended = [...new Set(edges.map(({ to }) => to).filter((to) => to.startsWith(endNode)))]
  return { nodes: [...nodes, ...ended.map((id): DrawnNode => ({ id, kind: 'end', title: 'End of the way', detail: '' }))], edges }
}

/** The picture of a journey with its counts. */
export function graphOf(journey: Pick<RouteResponse<'journey'>, 'definition' | 'edges' | 'steps'>, names: Names = plainNames): Graph {
  const { definition } = journey
  const counts = new Map(journey.edges.map((edge) => [edge.id, edge.count]))
  const inside = new Map(journey.steps.map((one) => [one.step, one.inside]))
  const { nodes, edges } = drawJourney(definition, names, 'one')
  return {
    nodes: nodes.map((node) => {
      const step = definition.steps[node.id]
      const waits = step !== undefined && editorOfStep(step).tone === 'wait'
      return { ...node, inside: inside.get(node.id) ?? (waits ? 0 : null) }
    }),
    edges: edges.map((edge) => {
      const count = counts.get(edge.id) ?? 0
      const beside = edge.edge.kind === 'start' ? [] : edges.filter(({ from }) => from === edge.from)
      const all = beside.reduce((sum, { id }) => sum + (counts.get(id) ?? 0), 0)
      return { ...edge, count, share: beside.length > 1 && all >= enough ? count / all : null }
    }),
    left: { goal: counts.get('left:goal') ?? 0, exit: counts.get('left:exit') ?? 0, end: counts.get('left:end') ?? 0 },
  }
}

/** The picture with how many of those who came through each step and way reached a goal afterwards. @param goal its number */
export function withConversions(graph: Graph, { places }: JourneyConversions, goal: number): Graph {
  const found = new Map(places.map(({ place, results }) => [place, results[goal]]))
  const placeOf = ({ id, kind }: GraphNode): string => (kind === 'entry' ? (graph.edges.find(({ from }) => from === id)?.id ?? id) : id)
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      const conversion = found.get(placeOf(node))
      return conversion === undefined ? node : { ...node, conversion }
    }),
    edges: graph.edges.map((edge) => {
      const conversion = found.get(edge.id)
      const isAlone = graph.edges.filter(({ from }) => from === edge.from).length === 1
      return conversion === undefined || isAlone ? edge : { ...edge, conversion }
    }),
  }
}

/** The picture with what another version says of each step; steps that only that one has are drawn with their ways, which nobody takes. */
export function comparedGraph(graph: Graph, other: JourneyDefinition, changes: readonly StepChange[], names: Names = plainNames): Graph {
  const changeOf = new Map(changes.map(({ id, change }) => [id, change]))
  const old = drawJourney(other, names, 'one')
  const gone = old.nodes.filter(({ id }) => changeOf.get(id) === 'removed')
  const isGone = (id: string): boolean => gone.some((node) => node.id === id)
  const nodes: GraphNode[] = [
    ...graph.nodes.map((node) => {
      const change = changeOf.get(node.id)
      return change === undefined ? node : { ...node, change }
    }),
    ...gone.map((node): GraphNode => ({ ...node, inside: null, change: 'removed' })),
  ]
  const drawn = new Set(nodes.map(({ id }) => id))
  const ways = old.edges
    .filter(({ from, to }) => (isGone(from) || isGone(to)) && drawn.has(from) && drawn.has(to))
    .map((edge): GraphEdge => ({ ...edge, id: `gone:${edge.id}`, count: 0, share: null }))
  return { ...graph, nodes, edges: [...graph.edges, ...ways] }
}
