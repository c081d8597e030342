const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A text as a string literal of ClickHouse. */
export function escapeLiteral(text: string): string {
  return `'${text.replace(/[\\'\0\b\f\n\r\t]/g, (character) => ESCAPES[character] ?? character)}'`
}

/** A name as a quoted identifier of ClickHouse. */
export function quoteName(name: string): string {
  return '`' + name.replaceAll('\\', '\\\\').replaceAll('`', '\\`') + '`'
}

/** What kind of statement a text holds, read past comments and brackets. */
export function statementKind(sql: string): 'select' | 'insert' | 'other' {
  const start = sql.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/, '')
  const word = /^[a-z]+/i.exec(start)?.[0].toLowerCase()
  return word === 'select' || word === 'with' ? 'select' : word === 'insert' ? 'insert' : 'other'
}

/** The format named at the end of a statement. */
export function namedFormat(sql: string): string | undefined {
  return /\bformat\s+([a-z0-9_]+)\s*(?:settings\s[^;]*)?;?\s*$/i.exec(sql)?.[1]
}

/** Names of the `{name:Type}` places of a statement, so that one without a value is an error and not the last one's value. */
export function parameterNames(sql: string): string[] {
  const bare = sql.replace(/'(?:[^'\\]|\\.|'')*'/g, "''")
  return [...bare.matchAll(/\{\s*([a-zA-Z_]\w*)\s*:/g)].map((match) => match[1] ?? '')
}
