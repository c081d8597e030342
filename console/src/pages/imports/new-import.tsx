import { useState } from 'react'
import { FileInput, Progress, Radio } from '@mantine/core'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import { importFileBytes, importKinds } from '@throughline/contracts'
import type { ImportKind } from '@throughline/contracts'
import { queryClient } from '../../api/queries.ts'
import { upload } from '../../api/upload.ts'
import { bytesWords, kindWords } from '../../format/import-words.ts'
import { Action } from '../../ui/action.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'

/** The first step of an import: which file, and what its rows are. */
export function NewImport() {
  const navigate = useNavigate()
  const [kind, setKind] = useState<ImportKind>('people')
  const [file, setFile] = useState<File | null>(null)
  const [sent, setSent] = useState(0)
  const send = useMutation({
    mutationFn: (chosen: File) => upload('uploadImport', { query: { kind, name: chosen.name.slice(0, 200) } }, chosen, setSent),
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: ['imports'] })
      await navigate({ to: '/imports/$id', params: { id: made.id } })
    },
  })
  const blocked =
    file === null
      ? 'Choose a file first.'
      : file.size > importFileBytes
        ? `It has ${bytesWords(file.size)}; at most ${bytesWords(importFileBytes)} are taken. Pack it with gzip, or cut it in parts.`
        : undefined
  return (
    <Page title="Import a file" lead="Step 1 of 3. Nothing is imported before you have seen what would come of it.">
      <Panel>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault()
            if (blocked === undefined && file !== null) send.mutate(file)
          }}
        >
          <Radio.Group label="What a row is" value={kind} onChange={(value) => setKind(importKinds.find((one) => one === value) ?? kind)}>
            <div className="stack" style={{ gap: 8, marginTop: 6 }}>
              {importKinds.map((one) => (
                <Radio key={one} value={one} label={kindWords[one].name} description={kindWords[one].hint} />
              ))}
            </div>
          </Radio.Group>
          <FileInput
            label="File"
            description={`CSV, JSON lines (both gzipped or not), or Excel (.xlsx), up to ${bytesWords(importFileBytes)}`}
            placeholder="Choose a file"
            leftSection={<IconFileSpreadsheet size={16} aria-hidden />}
            value={file}
            onChange={setFile}
            clearable
            clearButtonProps={{ 'aria-label': 'No file' }}
          />
          {send.isPending ? <Progress value={sent * 100} aria-label="Uploaded" /> : null}
          {send.error === null ? null : <Failure error={send.error} />}
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Action route="uploadImport" type="submit" loading={send.isPending} blocked={blocked}>
              Upload the file
            </Action>
          </div>
        </form>
      </Panel>
    </Page>
  )
}
