// What a page refuses, in words for people.

export class DataError extends Error {
  constructor(words) {
    super(words);
    this.name = "DataError";
  }
}

export function refuse(words) {
  throw new DataError(words);
}

// Something that was given, as a message shows it.
export function given(value, most = 100) {
  const text = typeof value === "string" ? `'${value}'` : value === undefined ? "nothing" : JSON.stringify(value);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

const whole = new Intl.NumberFormat("en-US");

export function counted(number) {
  return whole.format(number);
}
