import { useMemo } from 'react'
import { drawJourney, endNode, entryNode } from '../graph.ts'
import { wayOf } from '../model/edges.ts'
import { inShort } from '../model/draft.ts'
import { StepIcon } from '../step-icon.tsx'
import { editorOfStep } from '../steps/registry.ts'
import { useBench } from './bench.ts'
import { Problems } from './problems.tsx'
import { WayField } from './way-field.tsx'
import list from '../list-view.module.css'

/** The same as the drawing, as a list, where the same can be done: for narrow screens and screen readers. */
export function StepList() {
  const { draft, names, chosen, choose, problemsOf } = useBench()
  const drawing = useMemo(() => drawJourney(inShort(draft), names, 'one'), [draft, names])
  return (
    <ol className={list.list} aria-label="Steps">
      {drawing.nodes
        .filter(({ id }) => id !== endNode)
        .map((node) => {
          const step = draft.steps[node.id]
          const problems = problemsOf(step === undefined ? null : node.id)
          return (
            <li key={node.id} className={list.step}>
              <span className={list.icon}>
                <StepIcon kind={node.kind} />
              </span>
              <div className={list.words}>
                <button
                  type="button"
                  data-step={node.id}
                  className={list.title}
                  aria-pressed={chosen === node.id}
                  onClick={() => choose(chosen === node.id ? null : node.id)}
                >
                  {node.id === entryNode ? `Starts with: ${node.title}` : node.title}
                </button>
                <span className="soft">{node.detail}</span>
                <Problems problems={problems} />
                {step === undefined ? (
                  <WayField edge={{ kind: 'start' }} lead="first" />
                ) : (
                  editorOfStep(step)
                    .ways(step)
                    .map(({ port, when }) => <WayField key={port} edge={wayOf(node.id, port)} lead={when === '' ? 'then' : `${when} →`} />)
                )}
              </div>
            </li>
          )
        })}
    </ol>
  )
}
