// One figure changed by a library for node: node change.js LIBRARY SHEET CELL FIGURE SOURCE OUTPUT
const [, , library, sheet, cell, figure, source, output] = process.argv;
const value = Number(figure);

async function exceljs() {
  const { Workbook } = require("exceljs");
  const book = new Workbook();
  await book.xlsx.readFile(source);
  book.getWorksheet(sheet).getCell(cell).value = value;
  await book.xlsx.writeFile(output);
}

async function populate() {
  const book = await require("xlsx-populate").fromFileAsync(source);
  book.sheet(sheet).cell(cell).value(value);
  await book.toFileAsync(output);
}

function sheetjs(name) {
  const { readFile, writeFile } = require(name);
  const book = readFile(source, { cellStyles: true, cellNF: true, cellFormula: true, sheetStubs: true });
  const there = book.Sheets[sheet];
  there[cell] = { ...there[cell], t: "n", v: value, w: undefined };
  writeFile(book, output, { bookType: output.split(".").pop(), cellStyles: true, compression: true });
}

const ways = { exceljs, "xlsx-populate": populate };
(ways[library] || (() => sheetjs(library)))();
