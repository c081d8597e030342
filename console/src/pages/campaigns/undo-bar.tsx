import { useEffect, useState } from 'react'
import type { CampaignSend } from '@throughline/contracts'
import { UndoSend } from './act-on-send.tsx'
import styles from './campaigns.module.css'

/** How long nothing is handed over after a send was ordered, ms. */
const span = 30_000

/**
 * The half minute after a send in which nobody gets it yet. Counted by the clock of this browser,
 * and never longer than the half minute; the server decides.
 */
export function UndoBar({ send }: { readonly send: CampaignSend }) {
  const until = send.undoUntil ?? 0
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  if (!send.actions.includes('undo')) return null
  const left = Math.ceil(Math.max(0, Math.min(span, until - now)) / 1_000)
  return (
    <div className={styles.bar}>
      <p role="status">
        {/* What a screen reader hears does not count along. */}
        <strong>Send {send.number} is ordered; nobody has got it yet.</strong> <span aria-hidden>It can be undone for {left} s.</span>
        <span className="vh">It can be undone for 30 seconds.</span>
      </p>
      <div className="row">
        <UndoSend send={send} />
      </div>
    </div>
  )
}
