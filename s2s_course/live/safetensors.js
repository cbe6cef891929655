// The file format safetensors: eight bytes that count the header's, the header as JSON, numbers.
//
// Our stored models have matrices in int8: a row's numbers are codes times its scale, in a tensor beside it (quantized.py).
import { Tensor } from "./tensor.js";

const BYTES = { F32: 4, F16: 2, BF16: 2, I8: 1 };

// From a file's bytes to its tensors by name. What is no such file is refused with one sentence.
export function readSafetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (length > bytes.length - 8) throw new Error("the file of weights is cut off or is not in the format safetensors");
  let header;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw new Error("the file of weights is not in the format safetensors");
  }
  delete header.__metadata__;
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) tensors[name] = readTensor(name, entry, view, 8 + length);
  return dequantized(tensors);
}

function readTensor(name, { dtype, shape, data_offsets: [start, end] = [] }, view, origin) {
  const size = shape.reduce((product, side) => product * side, 1);
  const width = BYTES[dtype];
  if (!width) throw new Error(`the weights “${name}” must be of float32, float16, bfloat16 or int8, got ${dtype}`);
  if (end - start !== size * width || origin + end > view.byteLength) {
    throw new Error(`the file of weights is damaged: “${name}” must have ${size * width} bytes`);
  }
  const values = new Float32Array(size);
  const read = {
    F32: (at) => view.getFloat32(at, true),
    F16: (at) => float16(view.getUint16(at, true)),
    BF16: (at) => bfloat16(view.getUint16(at, true)),
    I8: (at) => view.getInt8(at),
  }[dtype];
  for (let n = 0; n < size; n++) values[n] = read(origin + start + n * width);
  return new Tensor(values, shape);
}

function dequantized(tensors) {
  for (const name of Object.keys(tensors)) {
    const scales = tensors[`${name}.scale`];
    if (!scales) continue;
    const { values, shape: [, columns] } = tensors[name];
    for (let n = 0; n < values.length; n++) values[n] *= scales.values[Math.floor(n / columns)];
    delete tensors[`${name}.scale`];
  }
  return tensors;
}

// IEEE 754 half precision: 1 bit sign, 5 bits exponent, 10 bits fraction.
function float16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

// The upper half of a float32.
const bfloat16 = (bits) => new DataView(Uint32Array.of(bits << 16).buffer).getFloat32(0, true);
