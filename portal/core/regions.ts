export type Region = { readonly id: string; readonly en: string; readonly zh: string };

/** The regions of ECS, as its console names them. Others can be written by their ids. */
export const REGIONS: readonly Region[] = `cn-hangzhou China (Hangzhou)|华东 1（杭州）
cn-shanghai China (Shanghai)|华东 2（上海）
cn-nanjing China (Nanjing)|华东 5（南京）
cn-fuzhou China (Fuzhou)|华东 6（福州）
cn-wuhan-lr China (Wuhan)|华中 1（武汉）
cn-qingdao China (Qingdao)|华北 1（青岛）
cn-beijing China (Beijing)|华北 2（北京）
cn-zhangjiakou China (Zhangjiakou)|华北 3（张家口）
cn-huhehaote China (Hohhot)|华北 5（呼和浩特）
cn-wulanchabu China (Ulanqab)|华北 6（乌兰察布）
cn-shenzhen China (Shenzhen)|华南 1（深圳）
cn-heyuan China (Heyuan)|华南 2（河源）
cn-guangzhou China (Guangzhou)|华南 3（广州）
cn-chengdu China (Chengdu)|西南 1（成都）
cn-hongkong China (Hong Kong)|中国香港
ap-southeast-1 Singapore|新加坡
ap-southeast-3 Malaysia (Kuala Lumpur)|马来西亚（吉隆坡）
ap-southeast-5 Indonesia (Jakarta)|印度尼西亚（雅加达）
ap-southeast-6 Philippines (Manila)|菲律宾（马尼拉）
ap-southeast-7 Thailand (Bangkok)|泰国（曼谷）
ap-northeast-1 Japan (Tokyo)|日本（东京）
ap-northeast-2 South Korea (Seoul)|韩国（首尔）
us-west-1 US (Silicon Valley)|美国（硅谷）
us-east-1 US (Virginia)|美国（弗吉尼亚）
na-south-1 Mexico|墨西哥
eu-central-1 Germany (Frankfurt)|德国（法兰克福）
eu-west-1 UK (London)|英国（伦敦）
me-east-1 UAE (Dubai)|阿联酋（迪拜）
me-central-1 SAU (Riyadh)|沙特（利雅得）`
  .split('\n')
  .map((line) => {
    const [, id = '', en = '', zh = ''] = /^(\S+) (.*)\|(.*)$/.exec(line) ?? [];
    return { id, en, zh };
  });
