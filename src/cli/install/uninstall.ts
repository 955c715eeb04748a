import { describeFailure } from '../../heroku/failure.ts'
import type { CliCommand } from '../command.ts'
import { withEngine } from '../engine-command.ts'
import { exitCodes } from '../exit-code.ts'
import { isControlPlane } from './control-plane-vars.ts'
import { sayFailure } from '../say-failure.ts'

/** `weir uninstall APP --confirm APP`: the way back of `weir install`. What the control plane kept level stays as it is. */
export const uninstall: CliCommand = {
  define: (command) =>
    command
      .argument('<app>', 'name of the control plane')
      .option('--confirm <app>', 'its name once more: app, database and every declaration go')
      .addHelpText('after', '\nExample:\n  weir uninstall my-control-plane --confirm my-control-plane'),

  run: async ({ args: [name = ''], options }, around) => {
    const { stderr, stdout, signal } = around
    return withEngine('uninstall', around, async ({ platform }, { apps }) => {
      if (apps === undefined) return exitCodes.bug
      const vars = await platform.configVars(name, signal)
      if (!vars.ok) {
        if (vars.error.kind !== 'not-found') return sayFailure('weir uninstall', vars.error, around)
        stderr.write(`weir uninstall: ${describeFailure(vars.error)}\n`)
        return exitCodes.invalid
      }
      if (!isControlPlane(vars.value)) {
        stderr.write(`weir uninstall: app ${name} is no control plane (it has no WEIR_TOKEN), and is left alone\n`)
        return exitCodes.conflict
      }
      if (options['confirm'] !== name) {
        stderr.write(
          `weir uninstall: app ${name}, its database and all that was declared there would go; stream apps, topics and dynos stay as they are. If so: --confirm ${name}\n`,
        )
        return exitCodes.conflict
      }
      const gone = await apps.deleteApp(name, signal)
      if (!gone.ok) return sayFailure('weir uninstall', gone.error, around)
      stdout.write(`control plane ${name} is gone\n`)
      return exitCodes.ok
    })
  },
}
