import { useEffect, useState } from 'react'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import styles from './copy.module.css'

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // No clipboard without https: fall back to a selection.
    const area = document.createElement('textarea')
    area.value = text
    area.setAttribute('readonly', '')
    area.className = 'vh'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

function useCopied(): readonly [copied: boolean, go: (text: string) => void] {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  return [copied, (text) => void copy(text).then(setCopied)]
}

/** A small button that copies `text`; `what` names it for a screen reader ("write key"). */
export function CopyIcon({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, go] = useCopied()
  return (
    <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={copied ? `Copied ${what}` : `Copy ${what}`} onClick={() => go(text)}>
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  )
}

/** A block of code or text with a button that copies it. */
export function CodeBlock({ text, what, wrap = false }: { readonly text: string; readonly what: string; readonly wrap?: boolean }) {
  const [copied, go] = useCopied()
  return (
    <div className={styles.block}>
      <pre className={`${styles.code} ${wrap ? styles.wrap : ''}`} tabIndex={0} aria-label={what}>
        <code>{text}</code>
      </pre>
      <Button
        className={styles.button}
        variant="default"
        size="compact-xs"
        leftSection={copied ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
        onClick={() => go(text)}
      >
        {copied ? 'Copied' : 'Copy'}
        <span className="vh"> {what}</span>
      </Button>
    </div>
  )
}
