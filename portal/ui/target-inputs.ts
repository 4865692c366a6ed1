import { complaints, type Target, type TargetField } from '../core/target.ts';
import { h } from './dom.ts';
import { field } from './field.ts';

export type TargetInputs = {
  readonly element: HTMLElement;
  /** The target, or nothing while something is wrong with it: said, and gone to. */
  readonly read: () => Target | undefined;
};

const REGIONS =
  'cn-hangzhou cn-shanghai cn-beijing cn-shenzhen cn-guangzhou cn-zhangjiakou cn-chengdu cn-qingdao cn-hongkong ap-southeast-1 ap-southeast-5 ap-northeast-1 us-west-1 us-east-1 eu-central-1 eu-west-1 me-east-1'.split(
    ' ',
  );

/** Region, key pair, and whose account. */
export function targetInputs(): TargetInputs {
  const text = { type: 'text', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off' };
  const inputs = {
    regionId: h('input', { ...text, list: 'regions', placeholder: 'cn-hangzhou' }),
    keyPairName: h('input', text),
    roleArn: h('input', { ...text, placeholder: 'acs:ram::…:role/…' }),
  };
  const fields = {
    regionId: field('Region', inputs.regionId),
    keyPairName: field('Key pair', inputs.keyPairName),
    roleArn: field('RAM role', inputs.roleArn, { hint: 'The function must allow it (ALLOWED_ROLE_ARNS).' }),
  };
  const other = h('details', { class: 'more' }, h('summary', {}, 'In another account'), fields.roleArn.element);
  const names: readonly TargetField[] = ['regionId', 'keyPairName', 'roleArn'];
  for (const name of names) inputs[name].addEventListener('input', () => fields[name].complain(undefined));
  return {
    element: h(
      'div',
      { class: 'fields' },
      h('datalist', { id: 'regions' }, ...REGIONS.map((id) => h('option', { value: id }))),
      fields.regionId.element,
      fields.keyPairName.element,
      other,
    ),
    read: () => {
      const target: Target = {
        regionId: inputs.regionId.value.trim(),
        keyPairName: inputs.keyPairName.value.trim(),
        roleArn: inputs.roleArn.value.trim(),
      };
      const wrong = complaints(target);
      for (const name of names) fields[name].complain(wrong[name]);
      const first = names.find((name) => wrong[name] !== undefined);
      if (first === undefined) return target;
      if (first === 'roleArn') other.open = true;
      inputs[first].focus();
      return undefined;
    },
  };
}
