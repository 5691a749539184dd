// Works out the formulas of workbooks with HyperFormula. In: [{names: {name: formula}, sheets: {name: [[cell]]}}]; out: the same sheets' values.
const { HyperFormula } = require("hyperformula");

const OPTIONS = { licenseKey: "gpl-v3", useArrayArithmetic: true, smartRounding: false, dateFormats: [], timeFormats: [] };

// Constants in Excel, functions here: its own guide has them named so.
const CONSTANTS = ["TRUE", "FALSE"].map((name) => ({ name, expression: `=${name}()` }));

function shown(value) {
  return value !== null && typeof value === "object" ? value.value : value;
}

const books = JSON.parse(require("fs").readFileSync(0, "utf8"));
const worked = books.map((book) => {
  const engine = HyperFormula.buildFromSheets(book.sheets, OPTIONS, CONSTANTS);
  return Object.fromEntries(
    engine.getSheetNames().map((name) => [name, engine.getSheetValues(engine.getSheetId(name)).map((row) => row.map(shown))]),
  );
});
process.stdout.write(JSON.stringify(worked));
