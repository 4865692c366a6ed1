import type { Chosen } from '../core/dry-run.ts';
import type { Next, WaveProgress } from '../core/follow.ts';
import type { ProofSummary } from '../core/proof.ts';
import type { Restarts } from '../core/restarts.ts';
import type { Format } from './format.ts';

export type Names = Pick<ProofSummary, 'names' | 'regions' | 'roles'>;

export const en = ({ count, plural, duration, moment }: Format) => {
  const counted = (n: number, one: string, other: string) => `${count(n)} ${plural(n, one, other)}`;
  const instances = (n: number) => counted(n, 'instance', 'instances');
  const waves = (n: number) => counted(n, 'wave', 'waves');
  const where = (regions: readonly string[] | '*') => (regions === '*' ? 'all regions' : regions.join(', '));
  const places = ({ names, regions, roles }: Names) =>
    `${names.join(', ')} in ${regions.join(', ')}${roles.length > 0 ? `, by ${roles.join(', ')}` : ''}`;
  return {
    locale: 'en',
    title: 'Detach a key pair',
    language: 'Language',
    steps: {
      choose: 'Instances',
      look: 'Dry run',
      restarts: 'Restarts and confirmation',
      run: 'Run',
      result: 'Result',
    },
    change: 'Change',
    changeOf: (step: string) => `Change: ${step}`,
    verifyEarlier: 'Verify an earlier detach',

    functionIs: 'Function',
    noFunction: 'No function yet',
    noToken: 'no token',
    withToken: 'with a token',
    address: 'Address of the function',
    addressWrong: 'https://… as the trigger or the custom domain has it.',
    token: 'Bearer token',
    tokenHint: 'Only if it asks for one. A reload forgets it.',

    key: 'Key',
    byName: 'By the name of its key pair',
    byPublicKey: 'By its public key',
    keyPair: 'Key pair',
    nameWrong: '2 to 128 letters, digits, and . : _ -, a letter first.',
    publicKey: 'Public key',
    publicKeyHint: 'One line: ssh-ed25519 AAAA…',
    publicKeyWrong: 'Not an OpenSSH public key.',
    privateKey: 'That was a private key. It was removed and not sent. Paste the public key: the .pub file.',
    where: 'Where',
    oneRegion: 'One region',
    severalRegions: 'Several regions',
    allRegions: 'All regions',
    region: 'Region',
    chooseRegion: 'Choose a region',
    otherRegion: 'Another region, by its id',
    regionId: 'Region id',
    regionHint: 'Like cn-hangzhou.',
    regionWrong: 'Choose a region, like cn-hangzhou.',
    otherRegions: 'Other region ids',
    account: 'Account',
    accounts: 'Accounts',
    ownAccount: 'The account of the function',
    byRoles: 'Other accounts, by RAM roles',
    rolesHint: 'In ALLOWED_ROLE_ARNS of the function.',
    allAccounts: 'All accounts',
    roles: 'RAM roles',
    roleWrong: 'Like acs:ram::1234567890123456:role/name.',
    differentKeys: 'The same name may be different keys',
    differentKeysHint: 'Else the request is refused where they differ.',
    instances: 'Instances',
    these: 'These',
    every: 'Every instance that has the key pair',
    tag: 'Tag',
    tagValue: 'Value',
    anyValue: 'any',
    addTag: 'Add a tag',
    remove: 'Remove',
    instanceIds: 'Instance ids',
    idsHint: 'Lines, commas, JSON, a column of a table: any separator.',
    noIds: 'Paste the ids of the instances.',
    noInstanceYet: 'No instance yet.',
    count: instances,
    repeats: (n: number) => `${counted(n, 'repeat', 'repeats')} ${plural(n, 'counts', 'count')} once`,
    toTakeOut: 'To remove',
    strange: (n: number) =>
      `${counted(n, 'piece', 'pieces')} of the text ${plural(n, 'is', 'are')} not an instance id.`,
    strangeLeft: (n: number) => `${counted(n, 'piece', 'pieces')} left.`,
    nothingStrange: 'Only instance ids are left.',
    takeOutFirst: 'Some of this is not an instance id. Remove it first: nothing is left out silently.',
    takeOut: (text: string) => `Remove ${text}`,
    takeItOut: 'Remove it',
    takeOutAll: (n: string) => `Remove all ${n}`,
    andMore: (n: number) => `and ${count(n)} more`,
    dryRun: 'Dry run',
    changesNothing: 'Changes nothing: it says what would happen.',
    choice: ({ scope, choice }: Chosen) =>
      [
        scope.key.kind === 'name' ? scope.key.text : `public key ${scope.key.text.slice(0, 24)}…`,
        `in ${where(scope.regions)},`,
        scope.roles === '*' ? 'all accounts,' : scope.roles.length > 0 && `by ${scope.roles.join(', ')},`,
        choice.kind === 'ids'
          ? instances(choice.ids.length)
          : `every instance that has it${choice.tags.map(({ key, value }) => `, ${key}${value && `=${value}`}`).join('')}`,
      ]
        .filter(Boolean)
        .join(' '),
    chosen: (n: number) => `${instances(n)} chosen`,
    places,

    looking: 'Looking at the instances…',
    lookedAt: (done: number, total: number) => `${count(done)} of ${counted(total, 'request', 'requests')} answered…`,
    lookAgain: 'Check again',
    tooMany: 'Too many to list',
    tooManyHint: 'The answer could not hold all of them (MAX_RESPONSE_BYTES). Choose fewer.',
    noInstance: 'No instance found',
    noInstanceHint: 'No instance there has this key pair and these tags.',
    noInstanceUnread: (n: number) =>
      `Nothing was found where it could be read, but ${counted(n, 'place', 'places')} could not be read: the key may still be there.`,
    wouldBe: 'would be detached',
    wouldNot: 'would not',
    wouldOf: (n: number, total: number) => `${count(n)} of ${instances(total)} would be detached.`,
    whatWould: 'What would happen to each instance',
    leftOutUnless: 'Left out, unless you tick them',
    sendAllTheSame: (what: string, n: number) => `${what}: send ${n === 1 ? 'it' : `these ${count(n)}`} all the same`,
    leftOut: (n: number) => `${instances(n)} left out.`,
    goOnWith: (n: number) => `Go on with ${instances(n)}`,
    nothingToDo: 'Nothing to do',
    placesOf: (n: number) => counted(n, 'place was searched', 'places were searched'),
    unreadPlaces: (n: number) => `${count(n)} of them could not be read: what is there is not known.`,
    searched: 'Searched',
    notSearched: 'Not read',

    instance: 'Instance',
    whereAndWhat: 'State and address',
    outcome: 'Outcome',
    message: 'Message',
    restartDue: 'Due',
    all: 'All',
    show: 'Show',
    lookFor: 'Look for',
    lookForWhat: 'Name, id, address, tag…',
    someOf: (some: number, all: number) => `${count(some)} of ${count(all)}`,
    hasInstead: (name: string) => `has ${name}`,
    agent: (state: string) => `agent: ${state}`,
    codes: {
      'DryRun.WouldDetach': 'Would be detached',
      'DryRun.NotBound': 'Not bound',
      'DependencyViolation.WindowsInstance': 'Windows',
      'InvalidInstanceId.NotFound': 'Not found',
      'Verify.Revoked': 'Revoked',
      'Verify.RebootPending': 'Restart pending',
      'Verify.StillBound': 'Still bound',
    },
    states: { detached: 'Detached', failed: 'Failed', unknown: 'Unknown', 'not sent': 'Not sent' },
    messages: {
      'DryRun.NotBound':
        'It has another key pair, or none: nothing to detach. Tick it only to restart an instance that was detached before and has not restarted since.',
      'InvalidInstanceIds.ValueNotSupported':
        'There is no such instance in this region: the id is wrong, of another region, or released. Trying again does not help.',
    } as Readonly<Record<string, string>>,

    becomesReal: 'How it becomes real',
    how: {
      off: 'Nothing yet',
      offHint: 'Only detached. Until an instance restarts, the key still opens it.',
      restart: 'Restart',
      restartHint: 'The instances are restarted; then the key does not open them any more.',
      online: 'Online, without a restart',
      onlineHint:
        'Cloud Assistant takes the key out of the running instances and reads them back. What it does not reach keeps the key.',
      both: 'Online, and restart only where needed',
      bothHint: 'As above; what was not proven clean is restarted.',
    },
    onlineTimeoutSeconds: 'Seconds for one run on an instance',
    closeSessions: 'End open sessions of this key',
    spread: 'Restarts',
    inWaves: 'In waves',
    atOnce: 'All at once',
    batchSize: 'Instances at a time',
    intervalSeconds: 'Seconds between waves',
    at: 'Not before',
    atHint: '24 hours ahead at most. Empty: now.',
    takes: 'Seconds a restart takes (for the drawing)',
    force: 'Power off instead of shutting down',
    forceHint: 'Faster, and what is not written to disk is lost.',
    watches: 'Stop when instances do not come back',
    watchesHint: 'A wave waits for those of its request before it.',
    oneRequest: 'In one request: what has got the key since the dry run is taken too.',
    maxErrors: 'May stay down',
    maxErrorsHint: 'A number, or 10% of a wave.',
    healthTimeoutSeconds: 'Seconds to wait for them',
    readyAgent: 'Wait for Cloud Assistant',
    says: (what: string, says: string) => `${what}: ${says}`,
    between: (least: number, most: number) => `${count(least)} to ${count(most)}.`,
    lastWaveLate: (seconds: number, most: number) =>
      `The last wave would start after ${duration(seconds)}, and ${duration(most)} is the most: take larger waves, less time between them, or fewer instances.`,
    downAtOnce: (n: number) => `${count(n)} down at once`,
    wavesLast: (n: number, seconds: number) =>
      n === 1
        ? 'one wave'
        : `${waves(n)}, the last one ${seconds === 0 ? 'with the first' : `${duration(seconds)} after the first`}`,
    allUp: (seconds: number) => `all up after about ${duration(seconds)}`,
    now: 'now',
    lockOut: {
      title: 'After this, people sign in with user name and password',
      points: [
        'Where no password was ever set, login is impossible.',
        'Until an instance restarts, or the key is taken out online, the key still works.',
        'Open sessions stay open, and keys that were copied into authorized_keys under another name still work.',
        'Launch templates and scaling groups put the key back on new instances.',
      ],
    },
    confirming: (n: number, { names, regions, roles }: Names, isOwn: boolean, isFinish: boolean) =>
      `${isFinish ? 'Finish' : 'Take'} ${names.join(', ')} ${isFinish ? 'on' : 'off'} ${instances(n)} in ${regions.join(', ')}, ${[isOwn && 'account of the function', ...roles].filter(Boolean).join(', ')}.`,
    consequence: (n: number, restarts: Restarts) => {
      const forced = restarts.kind !== 'off' && restarts.force ? 'POWERED OFF and on' : 'restarted';
      const online = restarts.online ? 'The key is taken out of the running instances at once. ' : '';
      const from = restarts.notBefore === undefined ? '' : `, not before ${moment(restarts.notBefore)}`;
      if (restarts.kind === 'off')
        return online || 'No instance is restarted: the key still works until each of them restarts.';
      const some = restarts.online ? 'What is not proven clean is' : `${instances(n)} ${plural(n, 'is', 'are')}`;
      if (restarts.kind === 'at once') return `${online}${some} ${forced} ALL AT ONCE${from}.`;
      return `${online}${some} ${forced}, ${restarts.batchSize} at a time, every ${duration(restarts.intervalSeconds)}${from}.`;
    },
    typeToConfirm: (word: string) => `Type ${word} to confirm`,
    takeOff: (word: string, n: number, restarts: Restarts) =>
      `Take ${/^\d+$/.test(word) ? 'the key' : word} off ${instances(n)}${restarts.kind === 'off' ? '' : restarts.force ? ' and power them off' : ' and restart them'}`,
    plan: (restarts: Restarts) => {
      const online = restarts.online ? 'Online' : '';
      if (restarts.kind === 'off') return online || 'No restarts';
      const forced = restarts.force ? ', powered off' : '';
      const how =
        restarts.kind === 'at once'
          ? 'Restarts at once'
          : `Restarts ${restarts.batchSize} at a time, every ${duration(restarts.intervalSeconds)}`;
      return `${online && 'Online, then '}${how}${forced}`;
    },

    progress: 'Progress',
    done: 'done',
    failed: 'failed',
    doneOf: (done: number, total: number, failed: number) =>
      `${count(done)} of ${instances(total)} done, ${count(failed)} failed`,
    timeLeft: (time: string) => `About ${time} left.`,
    stopAfter: 'Stop after this request',
    stopping: 'Stopping after this request…',
    stoppedTitle: 'No more instances are being detached',
    reloadedTitle: 'The page was loaded again in the middle',
    noRequest: 'No request of this page is under way.',
    left: (n: number) => `${instances(n)} left to detach.`,
    goOn: 'Go on',
    endHere: 'End it here',
    waitsForToken: 'What is done stays done; the refused request is sent again with the new token.',
    allFailed: 'Every instance of this request failed so. The next request may meet the same.',
    nothingDone: 'Nothing of this request was done. It can be sent again.',
    mayBeDone: 'The request may have been carried out. It is sent again as the same one: nothing is done twice.',
    doNotReload: 'Do not reload this page',
    notKept: 'This browser keeps nothing more for the page: a reload would lose the run.',
    notStarted: 'Not started',
    queued: (n: number, tasks: number) =>
      `Still coming: ${instances(n)} in ${counted(tasks, 'queued task', 'queued tasks')}, whether this page is open or not.`,
    nextDue: (time: string) => `The next is due ${time}.`,
    stopTasks: (n: number) => `Stop what waits (${counted(n, 'task', 'tasks')})`,
    stopTasksHint: 'What has begun goes on. What is stopped can be finished later.',
    stopsTitle: 'Taken out of the queue',
    stops: (stopped = 0, late = 0, finished = 0, unknown = 0) =>
      `${count(stopped)} stopped, ${count(late)} already running, ${count(finished)} finished before, ${count(unknown)} not known.`,
    noAnswer: 'No answer came',
    browserSays: (message: string) => `The browser says “${message}”.`,
    elsewhere:
      'The function is not where this page is, and must let it read the answers (CORS_ALLOWED_ORIGINS). A page from a function calls that one alone: for another, save the page and open the file.',
    emptyAnswer: 'The answer is empty.',

    detached: 'detached',
    leftOver: 'left',
    withoutRestart: 'not queued',
    detachedOf: (n: number, total: number, failed: number) =>
      `${count(n)} of ${instances(total)} detached, ${count(failed)} failed.`,
    stillOpen: (n: number) => `Still open: ${instances(n)} failed, see the messages below; then try them again.`,
    hopeless: (n: number) => `No other try helps ${instances(n)}: see the messages below.`,
    undone: (n: number) => `${instances(n)} not done: go on with them.`,
    tryAgain: (n: number) => `Try the ${count(n)} failed again`,
    csv: 'Download CSV',
    another: 'Another detach',
    stillWorks: 'The key still works until each instance restarts',
    whatBecame: 'What became of each instance',
    notQueued: (code: string) => `Not queued: ${code}`,
    link: 'Open the verification',
    copyLink: 'Copy its link',
    copied: 'Copied',
    longLink: (n: number) =>
      `It shows a colleague the same. With ${count(n)} characters it is too long for most chats: send the CSV instead, and paste it under “Verify an earlier detach”.`,
    noLink: 'Too many for a link: send the CSV, and paste it under “Verify an earlier detach”.',

    rollout: 'Rollout',
    proven: (done: number, total: number, open: number) =>
      `${count(done)} of ${instances(total)} revoked${open > 0 ? `, ${count(open)} need you` : ''}.`,
    next: {
      detach: 'Something bound the key pair again: detach it again, and see what puts it back.',
      finish: 'See below why they did not restart, then finish them.',
      nothing: 'Nothing is left to do. Keep the CSV as evidence.',
      restart: 'The rest waits for a restart that you begin yourself.',
      wait: 'The rest comes by itself: nothing to do.',
    } as Readonly<Record<Next, string>>,
    restarted: 'restarted',
    removed: 'removed online',
    pending: 'pending',
    halted: 'halted',
    stillBound: 'still bound',
    gone: 'gone',
    notKnown: 'not known',
    asOf: (time: string) => `As of ${time}.`,
    slower: 'The service is busy: it asks less often.',
    haltedTitle: (n: number) => `${instances(n)} will not restart by themselves`,
    haltedHint:
      'Stopped, halted because instances before them did not come back, or overdue. See why first; finishing is safe to do twice.',
    notBack: (n: number) => `${instances(n)} did not come back:`,
    finish: (n: number) => `Finish these ${count(n)}`,
    byWave: (n: number, m: number) => `By wave (${count(n)})${m > 1 ? ` and by place (${count(m)})` : ''}`,
    wave: ({ phase, due, total, done, target }: WaveProgress, k: number) =>
      `${count(k + 1)}: ${{ waits: 'waits', runs: 'under way', done: 'done', halted: 'halted', late: 'overdue', stopped: 'stopped', 'by hand': 'not queued' }[phase]}, ${count(done)} of ${count(total)}, ${target.regionId}${due === undefined ? '' : `, due ${moment(due)}`}`,
    notify: 'Notify me when it is over',
    verify: 'Verify',
    follow: 'Follow it live',
    verifyTitle: 'Verify a detach',
    backToDetach: 'Back to detaching',
    proofOf: ({ count: n, from, to, ...names }: ProofSummary) =>
      `${places(names)}: ${instances(n)}, detached by ${moment(from)}${from === to ? '' : ` to ${moment(to)}`}.`,
    earlier: 'Earlier detaches of this browser',
    forget: 'Forget them',
    minuteHint: 'A restart in the very minute of the detach proves nothing.',
    whetherReal: 'Whether the detach is real, by instance',
    whichDetach: 'Paste the CSV of the result, or say which detach it was.',
    detachedBy: 'Detached by',
    ownTimeZone: 'In your own time zone.',
    timeMissing: 'Choose a date and a time.',
  };
};
