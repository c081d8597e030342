import { examine } from '../app/doctor.ts'
import { addConfigFlags, configOf, show, type CliCommand } from './command.ts'

/** Looks at everything a start needs and says what is wrong and what to do. Ends with 1 when something is. */
export const doctor: CliCommand = {
  add(program) {
    addConfigFlags(program.command('doctor').description('Look for what keeps Throughline from starting or working'))
      .option('--json', 'Answer as JSON')
      .action(async (options: { json?: boolean }) => {
        const findings = await examine(configOf(options))
        show(options.json, findings, () =>
          findings.map(({ ok, name, detail }) => `${ok ? 'ok     ' : 'problem'}  ${name.padEnd(22)}  ${detail}`),
        )
        if (findings.some(({ ok }) => !ok)) process.exitCode = 1
      })
  },
}
