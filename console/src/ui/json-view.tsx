import type { Json } from '@throughline/contracts';
import { CodeBlock } from './copy.tsx';

/** JSON as text, with a button that copies it. */
export function JsonView({ value, what }: { readonly value: Json | object; readonly what: string }) {
  return <CodeBlock text={JSON.stringify(value, null, 2)} what={what} wrap />;
}

/** A JSON value in a line: text without quotes, the rest as JSON. */
export function jsonWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
