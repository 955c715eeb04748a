import { Command, flags as heroku } from '@heroku-cli/command'
import { Args, ux } from '@oclif/core'
import { app } from '../../lib/flags.js'
import { weirOrExit } from '../../lib/weir.js'

export default class Wait extends Command {
  static topic = 'streams'
  static description = 'wait until a stream app of the control plane is ready'
  static args = { name: Args.string({ description: 'name of the stream app; the name of the app unless given' }) }
  static examples = [
    '$ heroku streams:wait word-count --app example-app',
    '$ heroku streams:wait word-count --timeout 10m --app example-app',
  ]
  static flags = { ...app, timeout: heroku.string({ description: 'how long to wait', default: '5m' }) }

  async run() {
    const { args, flags } = await this.parse(Wait)
    const name = args.name ?? flags.app
    ux.action.start(`Waiting for ${name}`)
    const stdout = await weirOrExit(this, ['wait', name, '--timeout', flags.timeout], { capture: true })
    ux.action.stop()
    ux.stdout(stdout)
  }
}
