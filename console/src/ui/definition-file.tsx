import { useQuery } from '@tanstack/react-query'
import type { Definition, FormFile } from '@throughline/contracts'
import { CodeBlock } from './copy.tsx'
import { Pending } from './states.tsx'

/** A definition, or a form, as YAML to copy, for git and for `throughline apply`. What writes it is loaded when it is first shown. */
export function DefinitionFile({ definition }: { readonly definition: Definition | FormFile }) {
  const writer = useQuery({
    queryKey: ['yaml writer'],
    queryFn: () => import('../format/definition-yaml.ts'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (writer.data === undefined) return <Pending what="the file" rows={4} />
  return (
    <div className="stack" style={{ gap: 8 }}>
      <p className="soft">
        Save it as <code className="mono">{definition.id}.yaml</code>;{' '}
        <code className="mono">npx throughline apply {definition.id}.yaml</code> publishes it.
      </p>
      <CodeBlock text={writer.data.definitionYaml(definition)} what={`file of ${definition.name}`} />
    </div>
  )
}
