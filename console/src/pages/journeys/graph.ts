import { startsOf, type JourneyDefinition, type JourneyEntry, type RouteResponse, type Step } from '@throughline/contracts'
import { describeClause, describeMatch, describeStart, describeStep, waysOutOf } from '@throughline/engine'
import { channelNames } from '../../format/message-words.ts'

/** The end at which runs finish that have nowhere else to go. */
export const endNode = ':end'
export const entryNode = ':entry'

export type NodeKind = Step['kind'] | 'entry' | 'end'

export interface GraphNode {
  readonly id: string
  readonly kind: NodeKind
  readonly title: string
  readonly detail: string
  /** People who stand here now; null where nobody can stand. */
  readonly inside: number | null
}

export interface GraphEdge {
  /** As counted: `entry`, `<step>:next`, `<step>:0`, `<step>:otherwise`. */
  readonly id: string
  readonly from: string
  readonly to: string
  /** On what condition this way is taken; empty where there is only one. */
  readonly when: string
  readonly count: number
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** How runs ended: by the goal, by an exit, at the end of the way. */
  readonly left: { readonly goal: number; readonly exit: number; readonly end: number }
}

const kindNames: Record<Step['kind'], string> = {
  message: 'Message',
  wait: 'Wait',
  'wait-until': 'Wait until',
  'time-window': 'Only at these hours',
  'wait-for': 'Wait for an event',
  branch: 'Branch',
  'random-split': 'Random split',
  'update-profile': 'Update the profile',
  'start-journey': 'Start a journey',
  'stop-journey': 'Stop a journey',
  exit: 'Leave',
}

function detailOf(step: Step): string {
  switch (step.kind) {
    case 'message':
      return `${channelNames[step.channel]} · ${step.template}${step.purpose === 'transactional' ? ' · transactional' : ''}`
    case 'wait':
      return `for ${step.for}`
    case 'wait-until':
    case 'time-window':
      return describeStep(step)
    case 'wait-for':
      return `up to ${step.upTo}`
    case 'branch':
      return `${step.paths.length + 1} ways`
    case 'random-split':
      return `${step.paths.length} ways`
    case 'update-profile':
      return `set ${Object.keys(step.set).join(', ')}`
    case 'start-journey':
    case 'stop-journey':
      return step.journey
    case 'exit':
      return step.reason
    default:
      return step satisfies never
  }
}

/** Whether people stand at the step for a time. */
function isWait({ kind }: Step): boolean {
  return kind === 'wait' || kind === 'wait-until' || kind === 'time-window' || kind === 'wait-for'
}

interface Way {
  readonly port: string
  readonly to: string | undefined
  readonly when: string
}

function waysOf(step: Step): readonly Way[] {
  switch (step.kind) {
    case 'message':
    case 'wait':
    case 'time-window':
    case 'update-profile':
    case 'start-journey':
    case 'stop-journey':
      return [{ port: 'next', to: step.next, when: '' }]
    case 'wait-until':
    case 'random-split':
      return waysOutOf(step).map(({ port, next, label = '' }) => ({ port: String(port), to: next, when: label }))
    case 'wait-for':
      return [
        ...step.any.map((one, index) => ({ port: String(index), to: one.next, when: describeMatch(one.on) })),
        { port: 'otherwise', to: step.otherwise, when: `none within ${step.upTo}` },
      ]
    case 'branch':
      return [
        ...step.paths.map((one, index) => ({ port: String(index), to: one.next, when: one.name ?? describeClause(one.if) })),
        { port: 'otherwise', to: step.otherwise, when: 'everybody else' },
      ]
    case 'exit':
      return []
    default:
      return step satisfies never
  }
}

function entryWords(entry: JourneyEntry): { readonly title: string; readonly detail: string } {
  const condition = entry.if === undefined ? '' : `if ${describeClause(entry.if)}`
  if (entry.kind !== 'event') {
    const words = describeStart(entry)
    return { title: words.charAt(0).toUpperCase() + words.slice(1), detail: condition }
  }
  const { event } = entry.on
  return { title: event, detail: [describeMatch(entry.on).slice(event.length).trim(), condition].filter((part) => part !== '').join(', ') }
}

/** The name of a step: the author's, or else that of its kind. */
export function stepTitle(definition: JourneyDefinition, id: string): string {
  const step = definition.steps[id]
  return step === undefined ? id : (step.name ?? kindNames[step.kind])
}

/** The picture of a journey with its counts. Steps come in the order in which they are reached; those never reached come last. */
export function graphOf(journey: Pick<RouteResponse<'journey'>, 'definition' | 'edges' | 'steps'>): Graph {
  const { definition } = journey
  const counts = new Map(journey.edges.map((edge) => [edge.id, edge.count]))
  const inside = new Map(journey.steps.map((one) => [one.step, one.inside]))
  const starts = startsOf(definition)
  const idOf = (index: number): string => (index === 0 ? entryNode : `${entryNode}:${index}`)
  const nodes: GraphNode[] = starts.map((entry, index) => ({ id: idOf(index), kind: 'entry', ...entryWords(entry), inside: null }))
  // Passages are counted by entry where there are several.
  const edges: GraphEdge[] = starts.map((_, index) => {
    const id = starts.length === 1 ? 'entry' : `entry:${index}`
    return { id, from: idOf(index), to: definition.start, when: '', count: counts.get(id) ?? 0 }
  })
  const queue = [definition.start, ...Object.keys(definition.steps)]
  const seen = new Set<string>()
  let ends = false
  // Breadth first from the start; the list of all steps behind it brings up those that nothing leads to.
  const visit = (id: string): void => {
    const step = definition.steps[id]
    if (step === undefined || seen.has(id)) return
    seen.add(id)
    const waits = isWait(step)
    nodes.push({
      id,
      kind: step.kind,
      title: step.name ?? kindNames[step.kind],
      detail: detailOf(step),
      inside: inside.get(id) ?? (waits ? 0 : null),
    })
    const next: string[] = []
    for (const way of waysOf(step)) {
      const edge = `${id}:${way.port}`
      ends ||= way.to === undefined
      edges.push({ id: edge, from: id, to: way.to ?? endNode, when: way.when, count: counts.get(edge) ?? 0 })
      if (way.to !== undefined) next.push(way.to)
    }
    queue.unshift(...next.filter((one) => !seen.has(one)))
  }
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) visit(id)
  if (ends) nodes.push({ id: endNode, kind: 'end', title: 'End of the way', detail: '', inside: null })
  return {
    nodes,
    edges,
    left: { goal: counts.get('left:goal') ?? 0, exit: counts.get('left:exit') ?? 0, end: counts.get('left:end') ?? 0 },
  }
}
