import type { VNode } from 'preact';
import { sorted } from '../core/pick.ts';
import type { PlaceReport } from '../core/reply.ts';
import { useApp } from './app-context.ts';
import { Mark } from './parts.tsx';

/** Every account and region that was searched, those that could not be read on top: they are not clean, they are unknown. */
export function PlacesTable({ places }: { readonly places: readonly PlaceReport[] }): VNode {
  const { text } = useApp();
  const inOrder = sorted(places, ({ code, total }) => (code === '200' ? (total > 0 ? 1 : 2) : 0), false);
  const unread = places.filter(({ code }) => code !== '200').length;
  const hasRoles = places.some(({ roleArn }) => roleArn !== '');
  return (
    <div class="places" tabIndex={0} role="group" aria-label={text.placesOf(places.length)}>
      <table>
        <caption>
          {text.placesOf(places.length)}
          {unread > 0 && <strong class="bad"> {text.unreadPlaces(unread)}</strong>}
        </caption>
        <thead>
          <tr>
            <th scope="col">{text.region}</th>
            {hasRoles && <th scope="col">{text.account}</th>}
            <th scope="col">{text.keyPair}</th>
            <th scope="col">{text.instances}</th>
            <th scope="col">{text.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {inOrder.map(({ regionId, roleArn, keyPairNames, total, code, message }) => (
            <tr key={`${roleArn} ${regionId}`}>
              <td>
                {text.regions.get(regionId)} <span class="mono">{regionId}</span>
              </td>
              {hasRoles && <td class="mono">{roleArn === '' ? text.ownAccount : roleArn}</td>}
              <td>{keyPairNames.join(', ')}</td>
              <td>{code === '200' ? text.format.count(total) : '?'}</td>
              <td>
                {code === '200' ? (
                  <Mark tone="good">{text.searched}</Mark>
                ) : (
                  <>
                    <Mark tone="bad">{text.notSearched}</Mark> <code>{code}</code> {message}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
