// Arithmetic with printed numbers, for widgets that write it out: put between the shared parts and their own.

const number = (value) => (value === -Infinity ? "−∞" : formatNumber(value, 3));
const asPrinted = (value) => Number(value.toFixed(3));
const inBrackets = (value) => (asPrinted(value) < 0 ? `(${number(value)})` : number(value));
const bold = (text) => element("b", {}, text);
const sum = (values) => values.reduce((total, value) => total + value, 0);

// "=" where a reader who computes with the printed numbers gets the printed result, else "≈".
const sign = (left, right) => (left === right ? "=" : "≈");

// exp(score) to three digits, which may have a large exponent.
const exponential = (score) => (score === -Infinity ? "0" : formatSize(score / Math.LN10, 3));
const asPrintedExponential = (score) => Number(Math.exp(score).toPrecision(3));
