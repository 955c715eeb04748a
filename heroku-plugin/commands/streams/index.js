import { Command } from '@heroku-cli/command'
import { hux } from '@heroku/heroku-cli-util'
import { ux } from '@oclif/core'
import { app, json, manifest } from '../../lib/flags.js'
import { direct, listed, weir } from '../../lib/weir.js'

export default class Streams extends Command {
  static topic = 'streams'
  static description = 'list the stream apps that run on an app'
  static examples = [
    '$ heroku streams --app example-app',
    '$ heroku streams --manifest word-count.yaml --app example-app',
  ]
  static flags = { ...app, manifest, json }

  async run() {
    const { flags } = await this.parse(Streams)
    const { code, stdout } = flags.manifest === undefined ? { code: 0, ...(await listed(this)) } : await looked(this, flags)
    // What could be seen is shown, where only the lag could not (3).
    if (stdout === '') this.exit(code)
    const rows = objects(JSON.parse(stdout)).filter((row) => row.app === flags.app)
    if (flags.json) {
      ux.stdout(JSON.stringify(rows, undefined, 2))
      return
    }
    if (rows.length === 0)
      ux.stdout(`No stream apps on ${flags.app}. Declare one: heroku streams:apply --manifest FILE --app ${flags.app}`)
    else
      hux.table(rows, {
        name: { header: 'Name' },
        ready: { header: 'Ready' },
        status: { header: 'Status' },
        dynos: { header: 'Dynos' },
        tasks: { header: 'Tasks' },
      })
  }
}

const looked = (command, flags) => weir(command, ['get', ...direct(flags), '-o', 'json'], { capture: true })

/** What a control plane lists, and what is found directly, in one shape. */
function objects(found) {
  const items = Array.isArray(found) ? found : (found.items ?? [])
  return items.map((item) => {
    const { conditions = [], dynos, tasks } = item.status ?? {}
    const ready = conditions.find(({ type }) => type === 'Ready')
    return {
      name: item.name ?? item.metadata?.name,
      app: item.app ?? item.spec?.app,
      ready: ready?.status ?? 'Unknown',
      status: ready?.reason ?? 'Pending',
      dynos: dynos === undefined ? '-' : `${dynos.running}/${dynos.desired}`,
      tasks: String(tasks ?? '-'),
    }
  })
}
