import type { Chosen } from '../core/dry-run.ts';
import type { Progress, WaveProgress } from '../core/follow.ts';
import { type Complaint, LIMITS, type Restarts } from '../core/restarts.ts';
import type { en, Names } from './en.ts';
import type { Format } from './format.ts';

const { batchSize, intervalSeconds, healthTimeoutSeconds, onlineTimeoutSeconds, lastWaveSeconds } = LIMITS;

export const zh = ({ count, duration, moment }: Format): ReturnType<typeof en> => {
  const instances = (n: number) => `${count(n)} 台实例`;
  const where = (regions: readonly string[] | '*') => (regions === '*' ? '全部地域' : regions.join('、'));
  const places = ({ names, regions, roles }: Names) =>
    `${names.join('、')}（${regions.join('、')}${roles.length > 0 ? `，${roles.join('、')}` : ''}）`;
  return {
    locale: 'zh-CN',
    title: '解绑密钥对',
    language: '语言',
    steps: { choose: '选择实例', look: '预检', restarts: '重启与确认', run: '执行', result: '结果' },
    change: '修改',
    changeOf: (step) => `修改：${step}`,
    verifyEarlier: '核验之前的解绑',

    functionIs: '函数',
    noFunction: '尚未填写函数',
    noToken: '无令牌',
    withToken: '有令牌',
    address: '函数地址',
    addressWrong: '以 https:// 开头，与触发器或自定义域名一致。',
    token: 'Bearer 令牌',
    tokenHint: '仅在需要时填写，刷新即清除。',

    key: '密钥',
    byName: '按密钥对名称',
    byPublicKey: '按公钥',
    keyPair: '密钥对',
    nameWrong: '2 至 128 个字母、汉字、数字及 . : _ -，以字母或汉字开头。',
    publicKey: '公钥',
    publicKeyHint: '一行：ssh-ed25519 AAAA…',
    publicKeyWrong: '不是 OpenSSH 公钥。',
    privateKey: '您粘贴的是私钥，已清除，未发送。请粘贴公钥（.pub 文件）。',
    where: '范围',
    oneRegion: '一个地域',
    severalRegions: '多个地域',
    allRegions: '全部地域',
    region: '地域',
    chooseRegion: '请选择地域',
    otherRegion: '其他地域（填写 ID）',
    regionId: '地域 ID',
    regionHint: '如 cn-hangzhou。',
    regionWrong: '请选择地域，如 cn-hangzhou。',
    otherRegions: '其他地域 ID',
    account: '账号',
    accounts: '账号',
    ownAccount: '函数所在账号',
    byRoles: '其他账号（RAM 角色）',
    rolesHint: '须在函数的 ALLOWED_ROLE_ARNS 中。',
    allAccounts: '全部账号',
    roles: 'RAM 角色',
    roleWrong: '形如 acs:ram::1234567890123456:role/name。',
    differentKeys: '同名密钥对可以是不同的密钥',
    differentKeysHint: '否则公钥不同时请求会被拒绝。',
    instances: '实例',
    these: '指定实例',
    every: '绑定了该密钥对的所有实例',
    tag: '标签键',
    tagValue: '标签值',
    anyValue: '任意',
    addTag: '添加标签',
    remove: '移除',
    instanceIds: '实例 ID',
    idsHint: '按行、逗号、JSON 或表格列均可，分隔符不限。',
    noIds: '请粘贴实例 ID。',
    noInstanceYet: '尚无实例。',
    count: instances,
    repeats: (n) => `${count(n)} 个重复项只计一次`,
    toTakeOut: '待移除',
    strange: (n) => `文本中有 ${count(n)} 处不是实例 ID。`,
    strangeLeft: (n) => `还剩 ${count(n)} 处。`,
    nothingStrange: '只剩实例 ID。',
    takeOutFirst: '部分文本不是实例 ID，请先移除：不会自动忽略。',
    takeOut: (text) => `移除 ${text}`,
    takeItOut: '移除',
    takeOutAll: (n) => `全部移除（${n}）`,
    andMore: (n) => `另有 ${count(n)} 项`,
    dryRun: '预检',
    changesNothing: '不做任何更改，只说明会发生什么。',
    choice: ({ scope, choice }: Chosen) =>
      [
        scope.key.kind === 'name' ? scope.key.text : `公钥 ${scope.key.text.slice(0, 24)}…`,
        where(scope.regions),
        scope.roles === '*' ? '全部账号' : scope.roles.join('、'),
        choice.kind === 'ids'
          ? instances(choice.ids.length)
          : `所有绑定的实例${choice.tags.map(({ key, value }) => `，${key}${value && `=${value}`}`).join('')}`,
      ]
        .filter(Boolean)
        .join('，'),
    chosen: (n) => `已选 ${instances(n)}`,
    places,

    looking: '正在查询实例…',
    lookedAt: (done, total) => `已完成 ${count(done)} / ${count(total)} 个请求…`,
    lookAgain: '重新查询',
    tooMany: '数量过多，无法列出',
    tooManyHint: '响应无法容纳全部（MAX_RESPONSE_BYTES），请减少数量。',
    noInstance: '未找到实例',
    noInstanceHint: '该范围内没有绑定该密钥对且具有这些标签的实例。',
    noInstanceUnread: (n) => `在可读取的范围内未找到，但有 ${count(n)} 处无法读取：密钥可能仍在那里。`,
    wouldBe: '将被解绑',
    wouldNot: '不会解绑',
    wouldOf: (n, total) => `${instances(total)}中，${count(n)} 台将被解绑。`,
    whatWould: '每台实例会发生什么',
    leftOutUnless: '以下默认排除，除非勾选',
    sendAllTheSame: (what, n) => `${what}：仍然发送这 ${count(n)} 台`,
    leftOut: (n) => `已排除 ${instances(n)}。`,
    goOnWith: (n) => `继续处理 ${instances(n)}`,
    nothingToDo: '无需处理',
    placesOf: (n) => `已查询 ${count(n)} 处`,
    unreadPlaces: (n) => `其中 ${count(n)} 处无法读取：情况未知。`,
    searched: '已查询',
    notSearched: '未读取',

    instance: '实例',
    whereAndWhat: '状态与地址',
    outcome: '结果',
    message: '说明',
    restartDue: '计划时间',
    all: '全部',
    show: '显示',
    lookFor: '查找',
    lookForWhat: '名称、ID、地址、标签…',
    someOf: (some, all) => `${count(some)} / ${count(all)}`,
    hasInstead: (name) => `绑定的是 ${name}`,
    agent: (state) => `云助手：${{ Reachable: '可达', Offline: '离线', Stopped: '已停机' }[state] ?? state}`,
    codes: {
      'DryRun.WouldDetach': '将被解绑',
      'DryRun.NotBound': '未绑定',
      'DependencyViolation.WindowsInstance': 'Windows 实例',
      'InvalidInstanceId.NotFound': '未找到',
      'Verify.Revoked': '密钥已失效',
      'Verify.RebootPending': '等待重启',
      'Verify.StillBound': '仍然绑定',
    },
    states: { detached: '已解绑', failed: '失败', unknown: '未知', 'not sent': '未发送' },
    messages: {
      'DryRun.WouldDetach': '该密钥对将从此实例解绑。',
      'DryRun.NotBound': '绑定了其他密钥对或未绑定，无需解绑。仅当实例之前已解绑但尚未重启时才勾选。',
      'DependencyViolation.WindowsInstance': 'Windows 实例没有可解绑的密钥对。',
      'InvalidInstanceIds.ValueNotSupported': '该地域没有此实例：ID 有误、属于其他地域或已释放。重试无效。',
      'InvalidInstanceId.NotFound': '没有此实例：ID 有误、属于其他地域或已释放。',
      'Verify.StillBound': '该密钥对仍绑定在此实例上。',
      NotSent: '未发送。',
      NoAnswer: '已发送但未收到响应：可能已解绑。',
      NotListed: '响应中没有此实例的信息，请重试。',
    },

    becomesReal: '如何生效',
    how: {
      off: '暂不生效',
      offHint: '只解绑。实例重启之前，该密钥仍可登录。',
      restart: '重启',
      restartHint: '重启实例，之后该密钥无法登录。',
      online: '在线移除，不重启',
      onlineHint: '由云助手从运行中的实例移除密钥并回读核验。云助手未到达的实例仍保留密钥。',
      both: '在线移除，仅在必要时重启',
      bothHint: '同上；未证明已清除的实例会被重启。',
    },
    onlineTimeout: '每台实例的执行时限（秒）',
    closeSessions: '断开使用该密钥的会话',
    spread: '重启方式',
    inWaves: '分批',
    atOnce: '同时全部重启',
    batchSize: '每批实例数',
    interval: '批次间隔（秒）',
    at: '不早于',
    atHint: '24 小时以内，留空表示立即。',
    takes: '重启约需（秒，仅用于示意图）',
    force: '强制断电而非正常关机',
    forceHint: '更快，但未写入磁盘的数据会丢失。',
    watches: '实例未恢复时停止',
    watchesHint: '同一请求中前面的批次恢复后才开始下一批。',
    oneRequest: '以一个请求执行：预检之后绑定该密钥的实例也包括在内。',
    maxErrors: '允许未恢复',
    maxErrorsHint: '数量，或每批的 10%',
    health: '等待恢复（秒）',
    readyAgent: '等待云助手就绪',
    complaint: (wrong: Complaint): string => {
      if (typeof wrong === 'object') {
        return `最后一批将在 ${duration(wrong.seconds)} 后开始，上限为 ${duration(lastWaveSeconds)}：请增大批次、缩短间隔或减少实例。`;
      }
      return {
        batchSize: `每批为 ${batchSize.least} 至 ${batchSize.most} 台实例。`,
        intervalSeconds: `批次间隔为 ${intervalSeconds.least} 至 ${count(intervalSeconds.most)} 秒。`,
        maxErrors: '请填写实例数量，或每批的百分比：10%。',
        healthTimeoutSeconds: `等待时间为 ${healthTimeoutSeconds.least} 至 ${count(healthTimeoutSeconds.most)} 秒。`,
        onlineTimeoutSeconds: `执行时限为 ${onlineTimeoutSeconds.least} 至 ${onlineTimeoutSeconds.most} 秒。`,
        notBefore: '请选择 24 小时内的时间，或留空。',
      }[wrong];
    },
    downAtOnce: (n) => `同时停机 ${count(n)} 台`,
    wavesLast: (n, seconds) =>
      n === 1
        ? '一批'
        : `${count(n)} 批，最后一批${seconds === 0 ? '与第一批同时' : `在第一批之后 ${duration(seconds)}`}`,
    allUp: (seconds) => `约 ${duration(seconds)} 后全部恢复`,
    now: '现在',
    lockOut: {
      title: '解绑之后，只能用用户名和密码登录',
      points: [
        '从未设置密码的实例将无人能登录。',
        '实例重启或在线移除之前，该密钥仍然有效。',
        '已打开的会话不会断开；以其他名义复制到 authorized_keys 的密钥仍然有效。',
        '启动模板和伸缩组会把密钥重新放到新实例上。',
      ],
    },
    confirming: (n, { names, regions, roles }, isOwn, isFinish) =>
      `${isFinish ? '完成' : '解绑'} ${names.join('、')}：${instances(n)}，${regions.join('、')}，${[isOwn && '函数所在账号', ...roles].filter(Boolean).join('、')}。`,
    consequence: (n, restarts: Restarts) => {
      const forced = restarts.kind !== 'off' && restarts.force ? '强制断电重启' : '重启';
      const online = restarts.online ? '立即从运行中的实例移除密钥。' : '';
      const from = restarts.notBefore === undefined ? '' : `，不早于 ${moment(restarts.notBefore)}`;
      if (restarts.kind === 'off') return online || '不重启任何实例：每台实例重启之前，该密钥仍然有效。';
      const some = restarts.online ? '未证明已清除的实例' : instances(n);
      if (restarts.kind === 'at once') return `${online}${some}将同时全部${forced}${from}。`;
      return `${online}${some}将${forced}，每批 ${restarts.batchSize} 台，间隔 ${duration(restarts.intervalSeconds)}${from}。`;
    },
    typeToConfirm: (word) => `输入 ${word} 以确认`,
    takeOff: (word, n, restarts: Restarts) =>
      `从 ${instances(n)}解绑${/^\d+$/.test(word) ? '密钥' : ` ${word} `}${restarts.kind === 'off' ? '' : restarts.force ? '并断电重启' : '并重启'}`.trimEnd(),
    plan: (restarts: Restarts) => {
      const online = restarts.online ? '在线移除' : '';
      if (restarts.kind === 'off') return online || '不重启';
      const forced = restarts.force ? '，强制断电' : '';
      const how =
        restarts.kind === 'at once'
          ? '同时重启'
          : `每批 ${restarts.batchSize} 台，间隔 ${duration(restarts.intervalSeconds)}`;
      return `${online && '在线移除，然后'}${how}${forced}`;
    },

    progress: '进度',
    done: '已完成',
    failed: '失败',
    doneOf: (done, total, failed) => `${instances(total)}中已完成 ${count(done)} 台，失败 ${count(failed)} 台`,
    timeLeft: (time) => `约剩 ${time}。`,
    stopAfter: '此请求完成后停止',
    stopping: '此请求完成后停止…',
    stoppedTitle: '不再解绑更多实例',
    reloadedTitle: '执行中途页面被重新加载',
    noRequest: '本页没有正在进行的请求。',
    left: (n) => `还有 ${instances(n)}待解绑。`,
    goOn: '继续',
    endHere: '到此结束',
    waitsForToken: '已完成的保持不变；被拒绝的请求将用新令牌重新发送。',
    allFailed: '此请求的每台实例都因此失败。下一个请求可能相同。',
    nothingDone: '此请求未执行任何操作，可以重新发送。',
    mayBeDone: '该请求可能已执行。将作为同一请求重新发送：不会重复执行。',
    doNotReload: '请勿刷新本页',
    notKept: '浏览器无法再为本页保存数据，刷新会丢失执行记录。',
    notStarted: '未开始',
    queued: (n, tasks) => `即将进行：${instances(n)}，${count(tasks)} 个排队任务，与本页是否打开无关。`,
    nextDue: (time) => `下一个计划于 ${time}。`,
    stopTasks: (n) => `停止等待中的任务（${count(n)} 个）`,
    stopTasksHint: '已开始的会继续；被停止的可以稍后完成。',
    stopsTitle: '已移出队列',
    stops: (stopped = 0, late = 0, finished = 0, unknown = 0) =>
      `已停止 ${count(stopped)} 个，正在执行 ${count(late)} 个，之前已完成 ${count(finished)} 个，未知 ${count(unknown)} 个。`,
    noAnswer: '没有收到响应',
    browserSays: (message) => `浏览器提示：“${message}”。`,
    elsewhere:
      '函数与本页不在同一地址，须允许本页读取响应（CORS_ALLOWED_ORIGINS）。函数提供的页面只能调用该函数：调用其他函数请保存本页后打开。',
    emptyAnswer: '响应为空。',

    detached: '已解绑',
    leftOver: '剩余',
    withoutRestart: '未排队',
    detachedOf: (n, total, failed) => `${instances(total)}中已解绑 ${count(n)} 台，失败 ${count(failed)} 台。`,
    resultNext: (failed, hopeless, left) =>
      [
        failed > 0 && `尚未解决：${instances(failed)}失败，请查看下方说明后重试。`,
        hopeless > 0 && `${instances(hopeless)}重试无效：请查看下方说明。`,
        left > 0 && `${instances(left)}未处理：请继续。`,
      ]
        .filter(Boolean)
        .join(''),
    goOnWithLeft: (n) => `继续处理剩余 ${count(n)} 台`,
    tryAgain: (n) => `重试失败的 ${count(n)} 台`,
    csv: '下载 CSV',
    another: '再次解绑',
    stillWorks: '每台实例重启之前，该密钥仍然有效',
    whatBecame: '每台实例的结果',
    notQueued: (code) => `未排队：${code}`,
    link: '打开核验页',
    copyLink: '复制链接',
    copied: '已复制',
    longLink: (n) =>
      `同事打开后看到相同内容。链接有 ${count(n)} 个字符，多数聊天工具放不下：请改为发送 CSV，在“核验之前的解绑”中粘贴。`,
    noLink: '数量过多，无法生成链接：请发送 CSV，在“核验之前的解绑”中粘贴。',

    rollout: '生效进度',
    proven: (done, total, open) =>
      `${instances(total)}中，密钥已在 ${count(done)} 台上失效${open > 0 ? `，${count(open)} 台需要您处理` : ''}。`,
    whatNext: ({ open, bound, pending, isOver, waves }: Progress) => {
      if (bound > 0) return '密钥对又被绑定：请再次解绑，并查明原因。';
      if (open.length > 0) return '请在下方查看它们为何未重启，然后完成。';
      if (isOver) return pending > 0 ? '其余已停止。' : '无需再做任何事。请保存 CSV 作为证据。';
      return waves.some(({ phase }) => phase === 'by hand') ? '其余实例等待您自行重启。' : '其余会自动进行，无需操作。';
    },
    restarted: '已重启',
    removed: '已在线移除',
    pending: '等待中',
    halted: '已中止',
    stillBound: '仍然绑定',
    gone: '已释放',
    notKnown: '未知',
    asOf: (time) => `截至 ${time}。`,
    slower: '服务繁忙，已降低查询频率。',
    haltedTitle: (n) => `${instances(n)}不会自动重启`,
    haltedHint: '被停止、因前面的实例未恢复而中止，或已超时。请先查明原因；重复完成是安全的。',
    notBack: (n) => `${instances(n)}未恢复：`,
    finish: (n) => `完成这 ${count(n)} 台`,
    byWave: (n, m) => `按批次（${count(n)}）${m > 1 ? `和地域（${count(m)}）` : ''}`,
    wave: ({ phase, due, total, done, target }: WaveProgress, k) =>
      `${count(k + 1)}：${{ waits: '等待', runs: '进行中', done: '完成', halted: '已中止', late: '超时', stopped: '已停止', 'by hand': '未排队' }[phase]}，${count(done)} / ${count(total)}，${target.regionId}${due === undefined ? '' : `，计划 ${moment(due)}`}`,
    notify: '结束时通知我',
    verify: '核验',
    checkAgain: '再次核验',
    follow: '持续跟踪',
    verifyTitle: '核验解绑',
    backToDetach: '返回解绑',
    proofOf: ({ count: n, from, to, ...names }) =>
      `${places(names)}：${instances(n)}，解绑于 ${moment(from)}${from === to ? '' : ` 至 ${moment(to)}`} 之前。`,
    earlier: '此浏览器之前的解绑',
    forget: '清除记录',
    minuteHint: '与解绑同一分钟内的重启不计入。',
    whetherReal: '每台实例的解绑是否已生效',
    whichDetach: '请粘贴结果 CSV，或说明是哪次解绑。',
    detachedBy: '解绑时间',
    ownTimeZone: '您的时区。',
    timeMissing: '请选择日期和时间。',
  };
};
