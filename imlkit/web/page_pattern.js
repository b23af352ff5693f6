// Regular expressions as tables' engines read them (RE2's dialect), for JavaScript.

import { refuse } from "./page_errors.js";

const POSIX = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};
const SPACE = "\\t\\n\\f\\r ";
const KEPT = /[dDwWbBtnrfv0]/;

// The source of a pattern and its flags. Raises a DataError where it is none.
export function translated(pattern) {
  const said = new Scanner(pattern);
  const source = said.whole();
  return { source, flags: said.flags };
}

// A regular expression; `pattern` as the engine reads it, `wrap` puts JavaScript's around it.
export function expression(pattern, insensitive, wrap = (source) => source) {
  const { source, flags } = translated(pattern);
  const all = new Set([...flags, "u", ...(insensitive ? ["i"] : [])]);
  try {
    new RegExp(source, "u");
    return new RegExp(wrap(source), [...all].join(""));
  } catch (error) {
    return refuse(`“${pattern}” is no regular expression of this page: ${error.message}`);
  }
}

class Scanner {
  constructor(pattern) {
    this.pattern = pattern;
    this.at = 0;
    this.flags = [];
    this.dotAll = false;
  }

  whole() {
    const start = /^\(\?([ims]+)\)/.exec(this.pattern);
    if (start) {
      this.at = start[0].length;
      this.flags = [...new Set(start[1])];
      this.dotAll = this.flags.includes("s");
    }
    let source = "";
    while (this.at < this.pattern.length) source += this.next();
    return source;
  }

  wrong(reason) {
    refuse(`“${this.pattern}” is no regular expression of this page: ${reason}`);
  }

  take(text) {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  next() {
    if (this.take("\\")) return this.escaped(false);
    if (this.take("[")) return this.set();
    if (this.take("(?P<")) return "(?<";
    if (/^\(\?(?:=|!|<=|<!|>)/.test(this.pattern.slice(this.at, this.at + 4))) {
      this.wrong("looking ahead or behind is not possible");
    }
    const repeated = /^\{\d+(?:,\d*)?\}/.exec(this.pattern.slice(this.at, this.at + 12));
    if (repeated) {
      this.at += repeated[0].length;
      return repeated[0];
    }
    const character = String.fromCodePoint(this.pattern.codePointAt(this.at));
    this.at += character.length;
    if ("{}]".includes(character)) return `\\${character}`;
    if (character === ".") return this.dotAll ? "[\\s\\S]" : "[^\\n]";
    return character;
  }

  escaped(inSet) {
    if (this.at >= this.pattern.length) this.wrong("it ends with \\");
    const character = String.fromCodePoint(this.pattern.codePointAt(this.at));
    this.at += character.length;
    if (character === "A" && !inSet) return "(?<![\\s\\S])";
    if (character === "z" && !inSet) return "(?![\\s\\S])";
    if (character === "Q") return this.quoted();
    if (character === "s") return inSet ? SPACE : `[${SPACE}]`;
    if (character === "S") return inSet ? this.wrong("\\S cannot stand in a set") : `[^${SPACE}]`;
    if (character === "a") return "\\x07";
    if (character === "p" || character === "P") return this.property(character);
    if (character === "x") return this.code();
    if (KEPT.test(character)) return `\\${character}`;
    if (/[0-9A-Za-z]/.test(character)) this.wrong(`\\${character} means nothing`);
    return literal(character);
  }

  quoted() {
    const end = this.pattern.indexOf("\\E", this.at);
    const text = this.pattern.slice(this.at, end < 0 ? undefined : end);
    this.at = end < 0 ? this.pattern.length : end + 2;
    return Array.from(text, literal).join("");
  }

  property(letter) {
    const found = /^(?:\{(\^?)([^}]*)\}|([A-Z]))/.exec(this.pattern.slice(this.at));
    if (!found) this.wrong(`\\${letter} needs a class of characters`);
    this.at += found[0].length;
    const name = found[2] ?? found[3];
    const negated = (letter === "P") !== (found[1] === "^");
    const general = /^(?:[LMNPSZC][a-z]?)$/.test(name);
    return `\\${negated ? "P" : "p"}{${general ? name : `Script=${name}`}}`;
  }

  code() {
    const found = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(this.pattern.slice(this.at));
    if (!found) this.wrong("\\x needs the number of a character");
    this.at += found[0].length;
    return `\\u{${found[1] ?? found[2]}}`;
  }

  set() {
    let source = this.take("^") ? "[^" : "[";
    if (this.take("]")) source += "\\]";
    while (!this.take("]")) {
      if (this.at >= this.pattern.length) this.wrong("a set has no end");
      const posix = /^\[:(\^?)(\w+):\]/.exec(this.pattern.slice(this.at, this.at + 12));
      if (posix) {
        this.at += posix[0].length;
        if (posix[1] || !POSIX[posix[2]]) this.wrong(`there is no ${posix[0]}`);
        source += POSIX[posix[2]];
      } else if (this.take("\\")) source += this.escaped(true);
      else {
        const character = String.fromCodePoint(this.pattern.codePointAt(this.at));
        this.at += character.length;
        source += character === "[" ? "\\[" : character;
      }
    }
    return `${source}]`;
  }
}

export function literal(character) {
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character === "-" ? "\\x2d" : character;
}
