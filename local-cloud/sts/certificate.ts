import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, integer, objectId, octets, sequence, set, tagged, utcTime, utf8, yes } from './der.ts';

// Object identifiers of X.509 (RFC 5280) and of ECDSA with SHA-256 (RFC 5758).
const COMMON_NAME = '2.5.4.3';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const DAY_MS = 24 * 60 * 60 * 1000;

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for 127.0.0.1 and localhost that signs itself, so that it is its own authority. */
export function selfSignedCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const toBeSigned = certificateBody(publicKey);
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = sequence(toBeSigned, sequence(objectId(ECDSA_WITH_SHA256)), bits(signature));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: pem(der) };
}

function certificateBody(publicKey: KeyObject): Buffer {
  const name = sequence(set(sequence(objectId(COMMON_NAME), utf8('local cloud'))));
  const now = Date.now();
  return sequence(
    // Version 3 is written as 2.
    tagged(0, integer(2n)),
    integer(randomBytes(8).readBigUInt64BE()),
    sequence(objectId(ECDSA_WITH_SHA256)),
    name,
    sequence(utcTime(new Date(now - DAY_MS)), utcTime(new Date(now + 365 * DAY_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, extensions()),
  );
}

function extensions(): Buffer {
  const dnsName = tagged(2, Buffer.from('localhost'), 'plain');
  const ipAddress = tagged(7, Buffer.of(127, 0, 0, 1), 'plain');
  // digitalSignature and keyCertSign: bits 0 and 5.
  const usage = bits(Buffer.of(0b1000_0100), 2);
  return sequence(
    sequence(objectId(BASIC_CONSTRAINTS), yes(), octets(sequence(yes()))),
    sequence(objectId(KEY_USAGE), yes(), octets(usage)),
    sequence(objectId(SUBJECT_ALT_NAME), octets(sequence(dnsName, ipAddress))),
  );
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
