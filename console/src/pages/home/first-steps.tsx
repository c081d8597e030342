import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { Panel } from '../../ui/panel.tsx'
import styles from './home.module.css'

/** What to do next while the shop is not yet connected, or nobody is in a journey. Done steps are ticked off by the facts. */
export function FirstSteps({ overview }: { readonly overview: RouteResponse<'overview'> }) {
  const journeys = useQuery(ask('journeys', {}))
  const steps = [
    {
      done: overview.people > 0,
      title: 'Bring in the first events',
      words:
        overview.people > 0
          ? 'Events come in.'
          : 'No events yet. Put the snippet on your site, or send events from your server with any client of Segment.',
      to: '/settings/sources',
      action: 'Get the snippet',
    },
    {
      done: (journeys.data?.items.length ?? 0) > 0,
      title: 'Publish a journey',
      words: 'Journeys are readable files that live in git: npx throughline apply journeys/ publishes them.',
      to: '/journeys',
      action: 'See how',
    },
    {
      done: overview.messagesToday > 0,
      title: 'See the first message, then let it out',
      words: 'Until you name a provider, every message goes to the sandbox: you see it here, nobody receives it.',
      to: '/settings/providers',
      action: 'Set up e-mail',
    },
  ] as const
  return (
    <Panel title="What to do next">
      <ol className={styles.steps}>
        {steps.map((step, index) => (
          <li key={step.to} className={`${styles.step} ${step.done ? styles.done : ''}`}>
            <span className={styles.number}>{step.done ? <IconCheck size={14} aria-label="Done" /> : index + 1}</span>
            <div>
              <p className={styles.stepTitle}>{step.title}</p>
              <p className="soft">{step.words}</p>
            </div>
            {step.done ? (
              <span className="dim">Done</span>
            ) : (
              <Button component={Link} to={step.to} variant={index === 0 || steps[index - 1]?.done === true ? 'filled' : 'default'}>
                {step.action}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
