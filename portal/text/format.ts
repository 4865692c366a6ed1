/** Numbers, durations and times as a person of this language and country writes them. */
export type Format = ReturnType<typeof formatOf>;

export function formatOf(locale: string) {
  const number = new Intl.NumberFormat(locale);
  const plural = new Intl.PluralRules(locale);
  const unit = (name: string) => new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' });
  const [hour, minute, second] = ['hour', 'minute', 'second'].map(unit);
  const moment = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  const count = (value: number) => number.format(value);
  const joined = (large: number, unitOfLarge = hour, small: number, unitOfSmall = minute) =>
    [unitOfLarge?.format(large), small > 0 && unitOfSmall?.format(small)].filter(Boolean).join(' ');
  return {
    count,
    /** Which form of a word goes with so many. */
    plural: (value: number, one: string, other: string) => (plural.select(value) === 'one' ? one : other),
    /** `45 sec`, `12 min 30 sec`, `1 hr 5 min`. */
    duration: (seconds: number) => {
      const whole = Math.round(seconds);
      if (whole < 60) return second?.format(whole) ?? '';
      if (whole < 3_600) return joined(Math.floor(whole / 60), minute, whole % 60, second);
      return joined(Math.floor(whole / 3_600), hour, Math.floor((whole % 3_600) / 60), minute);
    },
    /** Date, time and time zone: the only form of a time on the page. */
    moment: (at: number) => moment.format(at),
  };
}
