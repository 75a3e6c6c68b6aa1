// What ajv says about documents, by our schemas.
//   node ajv_verdicts.js AJV SCHEMAS CASES
// AJV is its folder below node_modules, SCHEMAS ours; CASES is JSON, a list of
// {"schema": name, "data": document}. Writes a line for each: `valid`, or what is wrong first.
const fs = require("fs");
const path = require("path");
const [ajvFolder, schemas, cases] = process.argv.slice(2);
const Ajv = require(path.join(ajvFolder, "dist", "ajv.js")).default;
const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false });
const validators = {};
for (const name of ["merge", "mlx", "mlx_lm", "moe", "evolve", "bakllama"]) {
  const schema = JSON.parse(fs.readFileSync(path.join(schemas, name + ".schema.json"), "utf8"));
  validators[name] = ajv.compile(schema);
  if (name === "merge") {
    validators.raw = ajv.compile({ $ref: schema.$id + "#/definitions/raw_merge" });
  }
}
for (const { schema, data } of JSON.parse(fs.readFileSync(cases, "utf8"))) {
  const validate = validators[schema];
  const error = validate(data) ? undefined : validate.errors[0];
  console.log(error ? `${error.instancePath} ${error.message}`.replace(/\s+/g, " ") : "valid");
}
