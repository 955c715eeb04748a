import { Command, flags as heroku } from '@heroku-cli/command'
import { Args } from '@oclif/core'
import { app } from '../../lib/flags.js'
import { act, namedOn } from '../../lib/weir.js'

export default class Wait extends Command {
  static topic = 'streams'
  static description = 'wait until a stream app of the control plane is ready'
  static args = { name: Args.string({ description: 'name of the stream app; the one that runs on the app unless given' }) }
  static examples = [
    '$ heroku streams:wait word-count --app example-app',
    '$ heroku streams:wait word-count --timeout 10m --app example-app',
  ]
  static flags = { ...app, timeout: heroku.string({ description: 'how long to wait', default: '5m' }) }

  async run() {
    const { args, flags } = await this.parse(Wait)
    const target = await namedOn(this, { name: args.name, app: flags.app })
    await act(this, `Waiting for ${target[0]}`, ['wait', ...target, '--timeout', flags.timeout])
  }
}
