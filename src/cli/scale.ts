import { exitCodes } from './exit-code.ts'
import { planeCommand } from './plane/plane-command.ts'
import { sayAppFailure } from './plane/say-object-failure.ts'
import { appsTyped, streamAppPath } from './plane/stream-app-path.ts'

/** `weir scale NAME --dynos 3`: the scale of the StreamApp, as `kubectl scale` sets it: `{ policy: fixed, min: 3 }`. */
export const scale = planeCommand({
  example: 'weir scale word-count --dynos 3',
  options: (command) =>
    command
      .argument('<name...>', 'StreamApps')
      .option('--dynos <count>', 'so many, always; spec.scaling becomes { policy: fixed, min: COUNT }'),
  run: async (work) => {
    const { client, given, around } = work
    const { dynos } = given.options
    if (typeof dynos !== 'string' || !/^\d{1,4}$/.test(dynos)) {
      around.stderr.write('weir scale: say how many, a whole number: --dynos 3\n')
      return exitCodes.invalid
    }
    for (const app of appsTyped(given.args, work.namespace)) {
      const reply = await client.ask(
        {
          method: 'PATCH',
          path: `${streamAppPath(app)}/scale`,
          query: { fieldManager: 'weir' },
          body: { spec: { replicas: Number(dynos) } },
          contentType: 'application/merge-patch+json',
        },
        around.signal,
      )
      if (!reply.ok) return sayAppFailure(app, reply.error, work)
      around.stdout.write(`streamapp/${app.name} scaled\n`)
    }
    return exitCodes.ok
  },
})
