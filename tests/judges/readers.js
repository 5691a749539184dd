// Reads workbooks with ExcelJS and SheetJS. In: [path]; out: for each, by program, how many sheets and comments it saw, or its complaint.
const ExcelJS = require("exceljs");
const SheetJS = require("xlsx");

async function exceljs(path) {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(path);
  let comments = 0;
  book.eachSheet((sheet) => sheet.eachRow((row) => row.eachCell({ includeEmpty: true }, (cell) => (comments += cell.note ? 1 : 0))));
  return { sheets: book.worksheets.length, comments };
}

async function sheetjs(path) {
  const book = SheetJS.readFile(path);
  const cells = book.SheetNames.flatMap((name) => Object.entries(book.Sheets[name]).filter(([at]) => at[0] !== "!"));
  return { sheets: book.SheetNames.length, comments: cells.filter(([, cell]) => cell.c).length };
}

async function main() {
  const told = [];
  for (const path of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
    const said = {};
    for (const [name, read] of Object.entries({ ExcelJS: exceljs, SheetJS: sheetjs })) {
      said[name] = await read(path).catch((problem) => ({ problem: String(problem.message) }));
    }
    told.push(said);
  }
  process.stdout.write(JSON.stringify(told));
}

main();
