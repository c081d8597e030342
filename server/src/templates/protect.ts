/**
 * Keeps Liquid out of the way of tools that know nothing of it: each tag becomes one plain word, and comes back
 * afterwards, untouched, wherever the tool has put the word.
 */
export interface Protected {
  readonly text: string
  /** Puts the tags back. */
  restore(text: string): string
  /** Tags that did not come through. */
  lost(text: string): readonly string[]
}

/** Matches one Liquid tag (`{% … %}`) or output (`{{ … }}`). */
export const liquidTag = /\{%-?[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g

/** The word for a tag; `t` stands for a tag, `o` for an output. */
export const protectedWord = /lqz(\d+)([to])zql/g

export function protectLiquid(source: string): Protected {
  const tags: string[] = []
  const text = source.replace(liquidTag, (tag) => `lqz${tags.push(tag) - 1}${tag.startsWith('{%') ? 't' : 'o'}zql`)
  return {
    text,
    restore: (changed) => changed.replace(protectedWord, (_, index: string) => tags[Number(index)] ?? ''),
    lost: (changed) => tags.filter((_, index) => !changed.includes(`lqz${index}tzql`) && !changed.includes(`lqz${index}ozql`)),
  }
}
