import type { HookTrial } from '@throughline/contracts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { JsonView } from '../../ui/json-view.tsx'
import styles from '../imports/imports.module.css'

/** What would come of the body: events, or why not. */
export function Outcome({ trial }: { readonly trial: HookTrial }) {
  const format = useFormat()
  const { found, missing, results } = trial
  if (missing.length > 0)
    return (
      <ul className={styles.missing} aria-label="Still missing">
        {missing.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    )
  const refused = results.filter(({ problems }) => problems.length > 0).length
  return (
    <>
      <p>
        The body tells {counted(format, found, 'thing', 'things')}
        {refused === 0
          ? '; each would be taken.'
          : results.length === 1
            ? '; it would be refused.'
            : `; ${format.number(refused)} of the first ${format.number(results.length)} would be refused.`}
      </p>
      {results.slice(0, 5).map(({ events, problems }, index) =>
        problems.length > 0 ? (
          <ul key={index}>
            {problems.map(({ field, message, allowed }) => (
              <li key={`${field} ${message}`} className={styles.error}>
                {field}: {message} Allowed: {allowed}.
              </li>
            ))}
          </ul>
        ) : (
          <JsonView key={index} value={events.length === 1 ? events[0]! : events} what={`result ${index + 1}`} />
        ),
      )}
    </>
  )
}
