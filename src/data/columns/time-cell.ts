/** Times as people write them: seconds, milliseconds or microseconds since 1970, ISO dates, American dates. */

const ISO = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;
const AMERICAN = /^(\d\d?)\/(\d\d?)\/(\d{4})(?: (\d\d?):(\d\d)(?::(\d\d))?(?: ?([AP]M))?)?$/i;
const COMPACT = /^(19|20)(\d\d)([01]\d)([0-3]\d)$/;

/** Seconds since 1970, a time without a zone being UTC; NaN for what is no time. */
export function timeOf(text: string): number {
  const compact = COMPACT.exec(text);
  if (compact) return utc(Number(compact[1] + compact[2]), Number(compact[3]), Number(compact[4]));
  if (/^\d+(\.\d+)?$/.test(text)) return sinceEpoch(Number(text));
  const iso = ISO.exec(text);
  if (iso) {
    const [, year, month, day, hour = "0", minute = "0", second = "0", zone = "Z"] = iso;
    return utc(+year, +month, +day, +hour, +minute, +second) - offset(zone);
  }
  const american = AMERICAN.exec(text);
  if (!american) return NaN;
  const [, month, day, year, hour = "0", minute = "0", second = "0", half] = american;
  const hours = half === undefined ? +hour : (+hour % 12) + (/p/i.test(half) ? 12 : 0);
  return utc(+year, +month, +day, hours, +minute, +second);
}

/** Seconds from 1973 to 5138 by their size, else milliseconds, microseconds, nanoseconds. */
function sinceEpoch(value: number): number {
  if (value < 1e8) return NaN;
  return value < 1e11 ? value : value < 1e14 ? value / 1e3 : value < 1e17 ? value / 1e6 : value / 1e9;
}

function utc(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const fits = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 61;
  return fits ? Date.UTC(year, month - 1, day, hour, minute) / 1000 + second : NaN;
}

/** Seconds that a zone is ahead of UTC. */
function offset(zone: string): number {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (!match) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60);
}
