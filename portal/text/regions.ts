import type { Language } from './languages.ts';

const REGIONS = `cn-hangzhou China (Hangzhou)|杭州
cn-shanghai China (Shanghai)|上海
cn-nanjing China (Nanjing)|南京
cn-fuzhou China (Fuzhou)|福州
cn-wuhan-lr China (Wuhan)|武汉
cn-qingdao China (Qingdao)|青岛
cn-beijing China (Beijing)|北京
cn-zhangjiakou China (Zhangjiakou)|张家口
cn-huhehaote China (Hohhot)|呼和浩特
cn-wulanchabu China (Ulanqab)|乌兰察布
cn-shenzhen China (Shenzhen)|深圳
cn-heyuan China (Heyuan)|河源
cn-guangzhou China (Guangzhou)|广州
cn-chengdu China (Chengdu)|成都
cn-hongkong China (Hong Kong)|中国香港
ap-southeast-1 Singapore|新加坡
ap-southeast-3 Malaysia (Kuala Lumpur)|吉隆坡
ap-southeast-5 Indonesia (Jakarta)|雅加达
ap-southeast-6 Philippines (Manila)|马尼拉
ap-southeast-7 Thailand (Bangkok)|曼谷
ap-northeast-1 Japan (Tokyo)|东京
ap-northeast-2 South Korea (Seoul)|首尔
us-west-1 US (Silicon Valley)|美国（硅谷）
us-east-1 US (Virginia)|美国（弗吉尼亚）
na-south-1 Mexico|墨西哥
eu-central-1 Germany (Frankfurt)|法兰克福
eu-west-1 UK (London)|伦敦
me-east-1 UAE (Dubai)|迪拜
me-central-1 SAU (Riyadh)|利雅得`.split('\n');

/** The regions of ECS by their ids, as its console names them in this language. Others can be written by their ids. */
export function regionsIn(language: Language): ReadonlyMap<string, string> {
  return new Map(
    REGIONS.map((line) => {
      const [, id = '', en = '', zh = ''] = /^(\S+) (.*)\|(.*)$/.exec(line) ?? [];
      return [id, { en, zh }[language]];
    }),
  );
}
