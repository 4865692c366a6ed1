/** `1 instance`, `1200 instances`. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `45 s`, `12 min 30 s`, `1 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, min, s] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  const parts =
    h > 0
      ? [`${h} h`, ...(min > 0 ? [`${min} min`] : [])]
      : [...(min > 0 ? [`${min} min`] : []), ...(s > 0 || min === 0 ? [`${s} s`] : [])];
  return parts.join(' ');
}
