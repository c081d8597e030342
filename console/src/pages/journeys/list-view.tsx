import { counted } from '../../format/format.ts'
import { shareWords } from '../../format/share-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { endNode } from './graph.ts'
import type { Graph } from './graph.ts'
import { StepIcon } from './step-icon.tsx'
import styles from './list-view.module.css'

interface ListViewProps {
  readonly graph: Graph
  readonly chosen: string | undefined
  readonly choose: (step: string) => void
  /** Without counts, where nothing can have happened yet. */
  readonly bare?: boolean
}

/** The same as the drawing, as a list: for narrow screens and screen readers. */
export function ListView({ graph, chosen, choose, bare = false }: ListViewProps) {
  const format = useFormat()
  const titles = new Map(graph.nodes.map((node) => [node.id, node.title]))
  return (
    <ol className={styles.list} aria-label="Steps">
      {graph.nodes
        .filter((node) => node.id !== endNode)
        .map((node) => (
          <li key={node.id} className={styles.step}>
            <span className={styles.icon}>
              <StepIcon kind={node.kind} />
            </span>
            <div className={styles.words}>
              {node.change === undefined ? null : <span className="dim">{node.change}</span>}
              {node.kind === 'entry' || node.change === 'removed' ? (
                <strong>{node.title}</strong>
              ) : (
                <button type="button" className={styles.title} aria-pressed={node.id === chosen} onClick={() => choose(node.id)}>
                  {node.title}
                </button>
              )}
              <span className="soft">
                {node.detail}
                {node.inside === null
                  ? ''
                  : `${node.detail === '' ? '' : ' · '}${counted(format, node.inside, 'person', 'people')} here now`}
              </span>
              {node.conversion === undefined ? null : (
                <span className={styles.reached}>
                  Reached the goal afterwards: {shareWords(node.conversion.converted, node.conversion.people, format)}
                </span>
              )}
              <ul className={styles.ways}>
                {graph.edges
                  .filter((edge) => edge.from === node.id)
                  .map((edge) => (
                    <li key={edge.id}>
                      {bare ? null : <span className={styles.count}>{format.number(edge.count)}</span>}{' '}
                      {edge.when === '' ? '' : `${edge.when} `}→ {titles.get(edge.to) ?? edge.to}
                      {edge.conversion === undefined ? null : (
                        <span className={styles.reached}>
                          {' '}
                          · reached the goal: {shareWords(edge.conversion.converted, edge.conversion.people, format)}
                        </span>
                      )}
                    </li>
                  ))}
              </ul>
            </div>
          </li>
        ))}
    </ol>
  )
}
