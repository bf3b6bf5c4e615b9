// Prints UpdateContact as the installed AWS SDK for JavaScript has it, in the form of service-2.json.
// Its schemas have members, types and what is required; lengths, sizes and patterns they have not.
// usage: node sdk.mjs FOLDER    where node_modules is
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2], "package.json"));
const sdk = require("@aws-sdk/client-connect");
const { NormalizedSchema } = require("@smithy/core/schema");

const ENUMS = {   // strings with values of their own; the schemas do not name these
  "Reference.Type": sdk.ReferenceType, "Reference.Status": sdk.ReferenceStatus, "Endpoint.Type": sdk.EndpointType,
};
const shapes = {};

const composite = {   // type -> its parts, as service-2.json has them
  structure: (schema, name) => {
    const members = [...schema.structIterator()];
    const required = schema.getSchema()[6] ?? 0;   // so many, the first ones
    return {
      required: members.slice(0, required).map(([key]) => key),
      members: Object.fromEntries(members.map(([key, member]) => [key, shape(member, `${name}.${key}`)])),
    };
  },
  map: (schema, name) => ({ key: shape(schema.getKeySchema(), `${name} key`), value: shape(schema.getValueSchema(), `${name} value`) }),
  list: (schema, name) => ({ member: shape(schema.getValueSchema(), `${name} member`) }),
};

function typeOf(schema) {
  if (schema.isStructSchema()) return "structure";
  if (schema.isMapSchema()) return "map";
  if (schema.isListSchema()) return "list";
  if (schema.isStringSchema()) return "string";
  if (schema.isNumericSchema()) return "integer";
  return schema.isBooleanSchema() ? "boolean" : "another type";
}

// Puts a schema into `shapes` and returns the reference to it. Strings and numbers have no name but where they are.
function shape(schema, where) {
  const type = typeOf(schema);
  const name = type in composite ? schema.getName() : where;
  if (!(name in shapes)) {
    shapes[name] = { type };
    if (type in composite) Object.assign(shapes[name], composite[type](schema, name));
    else if (where in ENUMS) shapes[name].enum = Object.values(ENUMS[where]);
  }
  return { shape: name };
}

const input = shape(NormalizedSchema.of(sdk.UpdateContactRequest$), "");
const { version } = require("@aws-sdk/client-connect/package.json");
console.log(JSON.stringify({ name: `JavaScript SDK ${version}`, silent: ["min", "max", "pattern"], operations: { UpdateContact: { input } }, shapes }));
