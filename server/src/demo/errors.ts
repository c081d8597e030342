import { Failure } from '../platform/http/index.ts'

/** Why the simulated shop cannot run; each code is documented in docs/errors.md. */
export class DemoError extends Failure<'demo_refused' | 'demo_real_provider'> {}
