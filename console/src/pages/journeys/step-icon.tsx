import { IconFlag, IconPlayerPlay } from '@tabler/icons-react'
import type { NodeKind } from './graph.ts'
import { editorOfKind } from './steps/registry.ts'

/** The sign of a kind of step. */
export function StepIcon({ kind }: { readonly kind: NodeKind }) {
  const Icon = kind === 'entry' ? IconPlayerPlay : kind === 'end' ? IconFlag : editorOfKind(kind).Icon
  return <Icon size={16} stroke={1.8} aria-hidden />
}

/** Its colour in the drawing. */
export function toneOf(kind: NodeKind): 'entry' | 'end' | 'message' | 'wait' | 'decide' | 'do' {
  return kind === 'entry' || kind === 'end' ? kind : editorOfKind(kind).tone
}
