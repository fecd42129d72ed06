// The three ways of transposed.js in the plane, none using another's arrays.
// `q` holds n, k, stride, pad, more (output padding), h, w (of the output).

function txSetting(p) {
  const [n, k, stride, pad, more] = p.how, [h, w] = p.out, reach = (n - 1) * stride + k;
  const side = reach + Math.max(0, more - pad), before = k - 1 - pad, spread = (n - 1) * stride + 1;
  const low = Math.min(0, -before), high = Math.max(spread, spread + before + more);
  return { n, k, stride, pad, more, h, w, side, before, spread, low, zeros: high - low };
}

// 1. Every input lays its scaled kernel on a canvas; the padding is cut off at the end.
function txStamping(q, x, kernel) {
  const canvas = new Float64Array(q.side * q.side), counts = new Int32Array(q.side * q.side);
  x.forEach((value, at) => {
    if (value === null) return;
    const top = Math.floor(at / q.n) * q.stride, left = (at % q.n) * q.stride;
    for (let i = 0; i < q.k; i++) for (let j = 0; j < q.k; j++) {
      canvas[(top + i) * q.side + left + j] += value * kernel[i * q.k + j];
      counts[(top + i) * q.side + left + j] += 1;
    }
  });
  return { canvas, counts, out: txCut(q, canvas), stamps: txCut(q, counts) };
}

function txCut(q, canvas) {
  const out = [];
  for (let r = 0; r < q.h; r++) for (let c = 0; c < q.w; c++) out.push(canvas[(r + q.pad) * q.side + c + q.pad]);
  return out;
}

// 2. The input with zeros between its values; place (0, 0) is the first value's.
function txSpread(q, x) {
  return (row, col) => {
    if (row % q.stride || col % q.stride || row < 0 || col < 0 || row >= q.spread || col >= q.spread) return 0;
    return x[(row / q.stride) * q.n + col / q.stride] ?? 0;
  };
}

function txZeros(q, x, kernel) {
  const at = txSpread(q, x), flipped = [...kernel].reverse(), out = [];
  for (let r = 0; r < q.h; r++) for (let c = 0; c < q.w; c++) {
    let sum = 0;
    for (let i = 0; i < q.k; i++) for (let j = 0; j < q.k; j++) sum += flipped[i * q.k + j] * at(r - q.before + i, c - q.before + j);
    out.push(sum);
  }
  return out;
}

// 3. C, row by row as the ordinary convolution reads: n n rows, h w columns of kernel places, -1 for none.
function txMatrix(q) {
  const rows = [];
  for (let a = 0; a < q.n; a++) for (let b = 0; b < q.n; b++) {
    const row = new Int32Array(q.h * q.w).fill(-1);
    for (let i = 0; i < q.k; i++) for (let j = 0; j < q.k; j++) {
      const y = a * q.stride - q.pad + i, z = b * q.stride - q.pad + j;
      if (y >= 0 && z >= 0 && y < q.h && z < q.w) row[y * q.w + z] = i * q.k + j;
    }
    rows.push(row);
  }
  return rows;
}

function txByMatrix(q, matrix, x, kernel) {
  const out = new Array(q.h * q.w).fill(0);
  matrix.forEach((row, at) => row.forEach((tap, cell) => { if (tap >= 0) out[cell] += kernel[tap] * (x[at] ?? 0); }));
  return out;
}

// The products of one output: [input place, kernel place], in the order of the inputs.
function txTerms(q, matrix, cell) {
  const terms = [];
  matrix.forEach((row, at) => { if (row[cell] >= 0) terms.push([at, row[cell]]); });
  return terms;
}
