import type { JourneyBrief } from '@throughline/contracts'

/** A brief as a page of Markdown for the meeting in which it is decided. */
export function briefToMarkdown(brief: Omit<JourneyBrief, 'markdown'>): string {
  const { name, description, draft, version, at, answers } = brief
  const state = draft ? 'Draft' : `Version ${version}`
  return `${[
    `# ${plain(name)}`,
    `${state}, as of ${new Date(at).toISOString().slice(0, 10)}.${description === null ? '' : ` ${plain(description)}`}`,
    ...answers.map(
      ({ number, question, answer, figure }) =>
        `**${number}. ${question}** ${plain(answer)}${figure === null ? '' : ` *${plain(figure)}*`}`,
    ),
  ].join('\n\n')}\n`
}

/** Words of people and of definitions, so that none of them is taken for formatting. */
function plain(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]<>#|]/g, '\\$&')
}
