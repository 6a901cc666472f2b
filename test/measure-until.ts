/**
 * Measures until a value is good, a few times at most, and gives the last one. Other work on the
 * machine makes a value worse and never better, so that one good value is what counts.
 */
export async function measureUntil<T>(
  isGood: (value: T) => boolean,
  measure: (attempt: number) => Promise<T>,
  attempts = 3,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const value = await measure(attempt);
    if (attempt === attempts || isGood(value)) return value;
  }
}
