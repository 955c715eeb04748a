import { pureLibraries, rooms } from './rooms.mjs'

const doors = Object.entries(rooms).map(([room, open]) => ({
  name: `${room}-door`,
  comment: `src/${room} may import: ${open.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...open].join('|')})/` },
}))

/** Rooms that only compute: no node:, no npm but what is listed. oxlint guards the globals. */
const pure = [
  ...Object.entries(pureLibraries).map(([room, libraries]) => ({
    name: `${room}-is-pure`,
    severity: 'error',
    from: { path: `^src/${room}/` },
    to: { dependencyTypes: ['core', 'npm'], pathNot: `node_modules/(${libraries.join('|') || '-'})/` },
  })),
  {
    name: 'controller-decides-purely',
    severity: 'error',
    from: { path: '^src/controller/(plan|status)/' },
    to: { dependencyTypes: ['core', 'npm'] },
  },
]

export default {
  forbidden: [
    ...doors,
    ...pure,
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'src-knows-no-test', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
    {
      name: 'unlisted-room',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(rooms).join('|')})/` },
      to: {},
    },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' } },
}
