/** `outbid/formats`: problems and solutions in files. The parsers are pure; readProblem and readSolution do the reading. */
export { parseAsn } from './asn.js';
export { type DetectedFormat, FORMATS, formatOfName, formatOfText, type ProblemFormat, parseProblem } from './detect.js';
export { parseProblemJSON, parseSolutionJSON, problemText, solutionText } from './json.js';
export { parseMin } from './min.js';
export { type OrLibraryLayout, parseOrLibrary } from './orlib.js';
export { readProblem, readSolution } from './read-file.js';
export type { FileText } from './scanner.js';
