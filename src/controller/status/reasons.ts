/**
 * Every reason that a StreamApp's conditions, events and log lines may give: what it means, and what goes on from there.
 * PascalCase, as kstatus and `metav1.Condition` have them. docs/reference/reasons.md is held to this list.
 */
export const reasons = {
  // level
  Converged: 'Everything is as the manifest asks, and was seen to be. Nothing to do.',
  AsAsked: 'This part is as the manifest asks, and was seen to be.',

  // under way: it goes on by itself
  ChangesPending: 'Something differs from the manifest and is being written. `weir diff` shows what.',
  Creating: 'Heroku is making a topic or a group, which takes it up to some minutes.',
  ReleasePending: 'A release of the app is under way (a release phase, perhaps); its dynos start when it ends.',
  DynosStarting: 'Fewer dynos run than are asked for. They are starting, or being replaced.',
  DynosUnknown: 'How many dynos run was not seen. It is looked at again.',
  AddonProvisioning: 'The Kafka add-on is still being made: `heroku kafka:wait` tells when it is ready.',
  TopicGoing: 'A topic of that name is being deleted. It is made anew when that is over.',
  WriteUnanswered:
    'A controller was writing when it lost its lease or its connection; that may take effect within the minute. It goes on then.',
  Deleting: 'The StreamApp was deleted; what its deletion policy names is being taken away.',

  // nobody can see: not that something is wrong
  HerokuUnreachable: 'Heroku did not answer. It is asked again by itself, later each time.',
  HerokuUnavailable: 'Heroku answered that it cannot serve now. See its status page; it is asked again by itself.',
  HerokuUnclear:
    'Heroku answered something that is not in its published schema. It is asked again; report it if it stays.',
  HerokuBusy: 'Heroku says that another change of the same thing is under way. It is tried again by itself.',
  BudgetExhausted:
    'The account has no calls left for this (4,500 an hour, all tools together). It goes on when Heroku has refilled them.',

  // refused: a person must do something
  Unauthorised:
    'Heroku does not accept the token. Make a new one (`heroku authorizations:create`) and set HEROKU_API_KEY.',
  Forbidden: 'The token may not do this with this app. Give its account the app, or use another token.',
  NotFound: 'Heroku does not know what was asked for: it was deleted or renamed meanwhile.',
  HerokuRefused: 'Heroku refused a request as invalid. Its own words follow.',
  ManifestInvalid: 'The manifest is not valid. `weir validate` shows each mistake and its place.',
  NotBuiltYet: 'The manifest asks for something that this version does not do. The message says what to write instead.',
  AppNotBound:
    'The namespace is bound to other Heroku apps. Name one of those in `spec.app`, or have an admin of the control plane bind this one.',
  NamespaceTokenMissing:
    'The namespace names a Secret for its Heroku token, and that is not there or holds none. The message says how to make it.',
  AppMissing: 'There is no such app, or the token does not see it.',
  AppWithoutRelease: 'Nothing was deployed to the app yet, so there is nothing to scale. Deploy it.',
  ProcessTypeMissing: 'The app has no such process type. Add it to the Procfile, or change `spec.process.type`.',
  AddonMissing:
    'No Kafka add-on is attached to the app under that name: `heroku addons:create heroku-kafka`, or attach one.',
  AddonNotKafka: 'The attachment that the manifest names is of another add-on service.',
  PrefixUnclear: 'The prefix of a basic plan could not be read from the app’s config vars.',
  PrefixDoubled: 'A name in the manifest carries the cluster’s prefix already. Leave it out: it is put before.',
  NameCollision: 'Two things would have one name, or two StreamApps would run one process. Rename one.',
  NameTooLong: 'A topic name would be longer than Kafka’s 249 letters. Shorten the name that the message says.',
  ApplicationIdTaken:
    'Another StreamApp has this application id on this cluster, or this Heroku app. It goes on when one of them is renamed or removed.',
  ApplicationIdChanged:
    'The application id would change, and with it every internal topic: state would begin empty. Give it a new name instead.',
  SourceTopicMissing: 'A source topic is not there and the manifest does not say that it be made.',
  PartitionsCannotChange: 'A topic has another number of partitions than the manifest asks for; keyed data would move.',
  TopologyUnclear: 'The topology description cannot be read, or joins topics with different numbers of partitions.',
  PlanLimit: 'The Kafka plan does not allow it. The message says by how much; take fewer, or a larger plan.',
  FormationLimit: 'Heroku does not run as many dynos, or not of that size beside the others.',
  ConfirmationMissing: 'The change loses records of a user’s topic, and nobody agreed to this plan: `--confirm HASH`.',
  DynosCrashed: 'Dynos crash. `weir logs` or `heroku logs` says why; Heroku starts them again, later each time.',

  // left alone on purpose
  Suspended: '`spec.suspend` is true: nothing is written. `weir resume` goes on.',
  DriftFound: 'Something differs and `spec.drift` is Warn: it is left as it is.',
  FieldContention:
    'Somebody else changed the same thing back four times within the hour. Find them, or declare what it should be.',
  RestartLimit:
    'Healing would restart the dynos too often. It goes on when the hour is over, or when the manifest changes.',
} as const satisfies Readonly<Record<string, string>>

export type Reason = keyof typeof reasons
