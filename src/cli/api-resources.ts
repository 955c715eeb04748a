import { exitCodes } from './exit-code.ts'
import { planeCommand } from './plane/plane-command.ts'
import { servedKinds } from './plane/plane-kind.ts'
import { sayPlaneFailure } from './plane/say-plane-failure.ts'
import { renderTable } from './render-table.ts'

/** `weir api-resources`: every kind that the control plane serves, with the names that a command takes. */
export const apiResources = planeCommand({
  example: 'weir api-resources',
  options: () => {},
  run: async ({ client, around }) => {
    const kinds = await servedKinds(client, around.signal)
    if (!kinds.ok) return sayPlaneFailure('weir api-resources', kinds.error, around)
    const rows = kinds.value.map(({ plural, shortNames, group, version, isNamespaced, kind, verbs }) => [
      plural,
      shortNames.join(','),
      group === '' ? version : `${group}/${version}`,
      String(isNamespaced),
      kind,
      verbs.join(','),
    ])
    around.stdout.write(renderTable([['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', 'VERBS'], ...rows]))
    return exitCodes.ok
  },
})
