declare module 'mjml' {
  interface MjmlProblem {
    readonly line: number
    readonly message: string
    readonly tagName: string
    readonly formattedMessage: string
  }
  /** Turns MJML into HTML. With `validationLevel: 'soft'` problems are listed and the rest is rendered. */
  export default function mjml2html(
    source: string,
    options?: {
      readonly fonts?: Record<string, string>
      readonly validationLevel?: 'strict' | 'soft' | 'skip'
      readonly keepComments?: boolean
      readonly ignoreIncludes?: boolean
    },
  ): Promise<{ readonly html: string; readonly errors: readonly MjmlProblem[] }>
}
