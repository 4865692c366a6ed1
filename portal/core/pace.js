/** How fast it goes and how long it will take, from what was done since it was started or gone on with. */
export function paceOf(done, left, elapsedMs) {
  if (done === 0 || elapsedMs <= 0) return { perSecond: undefined, secondsLeft: undefined };
  const perSecond = (done * 1000) / elapsedMs;
  return { perSecond, secondsLeft: left / perSecond };
}
const wholeNumber = new Intl.NumberFormat('en');
export function count(number) {
  return wholeNumber.format(number);
}
/** `1 instance`, `1,200 instances`. */
export function counted(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
/** `45 s`, `12 min`, `12 min 30 s`, `1 h 5 min`. */
export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  return joined(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
}
function joined(large, unit, small, smallUnit) {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}
export function rate(perSecond) {
  return perSecond >= 10 ? `${count(Math.round(perSecond))}/s` : `${count(Math.round(perSecond * 60))}/min`;
}
