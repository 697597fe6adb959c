// Triages two example answers in the module, and compares the results with those of the native tool. It fails if the
// module imports anything: node run.mjs MODULE TOOL
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [file, tool] = process.argv.slice(2);
const examples = fileURLToPath(new URL("..", import.meta.url));
const root = `${examples}monitoring`;
const requests = readFileSync(`${root}/docs/security/monitoring-owner-request-draft.snapshot.json`);

const bytes = readFileSync(file);
const module = new WebAssembly.Module(bytes);
assert.deepEqual(WebAssembly.Module.imports(module), []);
const { memory, alloc, free, triage } = new WebAssembly.Instance(module).exports;

function put(input) {
  const start = alloc(input.length);
  new Uint8Array(memory.buffer, start, input.length).set(input);
  return [start, input.length];
}

function judge(answer) {
  const inputs = [put(requests), put(answer)];
  // A WebAssembly number of 64 bits is a signed BigInt here.
  const result = BigInt.asUintN(64, triage(...inputs.flat()));
  const found = [Number(result >> 32n), Number(result & 0xffffffffn)];
  // `memory.buffer` may be another buffer than before, because the memory may have grown.
  const text = new TextDecoder().decode(new Uint8Array(memory.buffer, ...found));
  for (const place of [...inputs, found]) free(...place);
  return JSON.parse(text);
}

for (const [name, lane] of [
  ["looks-fine.json", "no_false_green_supplement_required"],
  ["alert-rules.yaml", "ready_for_monitoring_review"],
]) {
  const path = `${examples}answers/${name}`;
  const found = judge(readFileSync(path));
  const native = spawnSync(tool, ["triage", "--root", root, "--format", "json", path]);
  if (native.error) throw native.error;
  // The module knows no file name, and returns neither hints nor a schema version.
  const [{ schema_version, response, hints, ...expected }] = JSON.parse(native.stdout);
  assert.deepEqual(found, expected);
  assert.equal(found.lane, lane);
  console.log(`${name}: ${found.lane}, ${found.findings.length} findings`);
}
assert.match(judge(Buffer.from("{")).error, /text ends here/);
console.log(`${bytes.length} bytes, no imports`);
