// Translates a CQL library with the official translator and evaluates it for many sets of parameters.
//
//   node evaluate.mjs MODULES LIBRARY.cql CASES.json ANSWERS.json
//
// MODULES is the node_modules folder. CASES is a list of parameter sets by name; a parameter that a set leaves out is
// null. ANSWERS holds the translator's messages and, for each case, the rows of "Statuses" as {option: status} and the
// computed facts as {fact: value}. Cases are shared out to a few threads, because the engine awaits every step.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const COMPUTED = "value of drv.";
const MOST_THREADS = 4;

async function translated(modules, text) {
  const require = createRequire(join(modules, "from-here.js"));
  const found = require.resolve("@cqframework/cql/cql-to-elm");
  const translator = await import(pathToFileURL(found).href);
  const model = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "system-modelinfo.xml"), "utf8");
  const models = new translator.ModelManager(undefined, false);
  const provider = translator.createModelInfoProvider(() => translator.stringAsSource(model));
  models.modelInfoLoader.registerModelInfoProvider(provider, true);
  const done = translator.CqlTranslator.fromText(text, new translator.LibraryManager(models));
  return JSON.parse(done.toJson());
}

// Places in the text and notes are dropped: the engine would record a result for each of them.
function withoutPlaces(node) {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (node === null || typeof node !== "object") return node;
  const kept = Object.entries(node).filter(([key]) => !["annotation", "localId", "locator"].includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPlaces(value)]));
}

function messagesOf(elm) {
  const notes = elm.library.annotation.filter((note) => note.type === "CqlToElmError");
  return notes.map((note) => ({ severity: note.errorSeverity, line: note.startLine, text: note.message }));
}

// In the unfiltered context this engine forgets results that are false or null and works them out again at every
// reference; in a patient context it remembers them. The library reads no patient, so the answers are the same.
function library(modules, elm) {
  const cql = createRequire(join(modules, "from-here.js"))("cql-execution");
  for (const definition of elm.library.statements.def) definition.context = "Patient";
  return { cql, read: new cql.Library(elm) };
}

async function answers(modules, elm, cases) {
  const { cql, read } = library(modules, elm);
  const computed = Object.keys(read.expressions).filter((name) => name.startsWith(COMPUTED));
  const nothing = Object.fromEntries(Object.keys(read.parameters).map((name) => [name, null]));
  const silent = { onMessage() {} };
  const found = [];
  for (const given of cases) {
    const unheard = Object.keys(given).filter((name) => !(name in nothing));
    if (unheard.length) throw new Error(`no such parameter: ${unheard}`);
    const context = new cql.PatientContext(read, { id: "one" }, null, { ...nothing, ...given }, undefined, silent);
    const rows = await read.expressions["Statuses"].execute(context);
    const facts = {};
    for (const name of computed) {
      facts[name.slice("value of ".length)] = (await read.expressions[name].execute(context)) ?? null;
    }
    found.push({ statuses: Object.fromEntries(rows.map((row) => [row.option, row.status])), computed: facts });
  }
  return found;
}

function inThread(data) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: data });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

if (isMainThread) {
  const [modules, cqlFile, casesFile, answersFile] = process.argv.slice(2);
  const whole = await translated(modules, readFileSync(cqlFile, "utf8"));
  const messages = messagesOf(whole);
  const elm = withoutPlaces(whole);
  const cases = messages.some((m) => m.severity === "error") ? [] : JSON.parse(readFileSync(casesFile, "utf8"));
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const size = Math.max(1, Math.ceil(cases.length / threads));
  const shares = Array.from({ length: threads }, (_, n) => cases.slice(n * size, (n + 1) * size));
  const parts = await Promise.all(shares.map((share) => inThread({ modules, elm, cases: share })));
  writeFileSync(answersFile, JSON.stringify({ messages, answers: parts.flat() }));
} else {
  const { modules, elm, cases } = workerData;
  parentPort.postMessage(await answers(modules, elm, cases));
}
