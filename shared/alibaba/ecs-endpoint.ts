/**
 * Regions that are not served at `ecs.<region>.aliyuncs.com`: the table of the official client (`_endpointMap` in
 * @alicloud/ecs20140526/src/client.ts), by host. A test holds it to that of the installed version.
 */
const HOSTS: Readonly<Record<string, string>> = {
  'ecs-cn-hangzhou':
    'cn-hangzhou cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-beijing-nu16-b01 cn-fujian cn-haidian-cm12-c01 cn-hangzhou-bj-b01 cn-hangzhou-internal-prod-1 cn-hangzhou-internal-test-1 cn-hangzhou-internal-test-2 cn-hangzhou-internal-test-3 cn-hangzhou-test-306 cn-shanghai-et15-b01 cn-shanghai-et2-b01 cn-shanghai-internal-test-1 cn-shenzhen-st4-d01 cn-shenzhen-su18-b01 cn-zhangbei-na61-b01',
  ecs: 'cn-north-2-gov-1 ap-northeast-2-pop cn-beijing-finance-pop cn-beijing-gov-1 cn-hangzhou-finance cn-hongkong-finance-pop cn-shanghai-inner cn-shenzhen-inner cn-wuhan cn-yushanfang cn-zhangbei rus-west-1-pop',
  'ecs.cn-qingdao-nebula': 'cn-edge-1 cn-huhehaote-nebula-1 cn-zhengzhou-nebula-1',
  'ecs.cn-zhangjiakou': 'cn-zhangjiakou-na62-a01',
  'ecs.cn-shenzhen-cloudstone': 'eu-west-1-oxs',
};

/** Where ECS of a region is served, as `https://host`. */
export function ecsEndpoint(regionId: string): string {
  const host = Object.keys(HOSTS).find((name) => HOSTS[name]?.split(' ').includes(regionId));
  return `https://${host ?? `ecs.${regionId}`}.aliyuncs.com`;
}
