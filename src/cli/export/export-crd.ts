import { dump } from 'js-yaml'
import { definitionOf } from '../../server/kinds/definition.ts'
import { gitSourceKind } from '../../server/kinds/git-source-kind.ts'
import { streamAppKind } from '../../server/kinds/stream-app-kind.ts'
import type { CliCommand } from '../command.ts'
import { exitCodes } from '../exit-code.ts'

/** `weir export crd`: our kinds as CustomResourceDefinitions, for real clusters, editors and kubeconform. */
export const exportCrd: CliCommand = {
  define: (command) => command.addHelpText('after', '\nExample:\n  weir export crd | kubectl apply -f -'),
  run: (_, { stdout }) => {
    const definitions = [streamAppKind, gitSourceKind].map((kind) => {
      // Its status is for the cluster that it is applied to.
      const { apiVersion, kind: name, metadata, ...rest } = definitionOf(kind)
      return { apiVersion, kind: name, metadata, spec: rest['spec'] }
    })
    stdout.write(definitions.map((definition) => dump(definition, { lineWidth: -1, noRefs: true })).join('---\n'))
    return Promise.resolve(exitCodes.ok)
  },
}
