/**
 * Lint rules: typescript-eslint's strict type-checked set, less what gets in the way of numeric code (array elements
 * that are known to exist, numbers in messages), plus the rules of the house.
 */
import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import tseslint from "typescript-eslint";

/** The form of the text. What is not here (where a long line breaks, how a table is aligned) is left to the writer. */
const FORM = {
  "@stylistic/max-len": ["error", { code: 120, ignoreRegExpLiterals: true }],
  "@stylistic/indent": ["error", 2, { SwitchCase: 1, ignoredNodes: ["TemplateLiteral *"] }],
  "@stylistic/quotes": ["error", "double", { avoidEscape: true, allowTemplateLiterals: "always" }],
  "@stylistic/semi": ["error", "always"],
  "@stylistic/linebreak-style": ["error", "unix"],
  "@stylistic/eol-last": ["error", "always"],
  "@stylistic/no-trailing-spaces": "error",
  "@stylistic/no-tabs": "error",
  "@stylistic/no-multiple-empty-lines": ["error", { max: 1, maxBOF: 0, maxEOF: 0 }],
  "@stylistic/padded-blocks": ["error", "never"],
  "@stylistic/lines-between-class-members": [
    "error", { enforce: [{ blankLine: "always", prev: "method", next: "*" }] }, { exceptAfterSingleLine: true },
  ],
};

export default tseslint.config(
  { ignores: ["dist/", "dist-*/", "node_modules/"] },
  js.configs.recommended,
  { plugins: { "@stylistic": stylistic }, rules: FORM },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // `values[q]!` is the natural way to say "this array is there": the invariant stands in the type's comment.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error", { allowNumber: true, allowArray: true, allowBoolean: true, allowNever: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Array reads are typed as never undefined (no noUncheckedIndexedAccess), so a guard may look unnecessary.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/unbound-method": "off",
      // `(error: NodeJS.ErrnoException)` says what the file system's promises reject with.
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "off",
    },
  },
  {
    // Results come from seeds alone: no clock, no unseeded randomness (progress lines take their clock as an argument).
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Pass a seeded Random (src/base/random.ts)." },
      ],
    },
  },
  {
    files: ["src/{base,kernels,autograd,models,train,evaluate,interpret,steer}/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Pass a seeded Random (src/base/random.ts)." },
        { object: "Date", property: "now", message: "Wall-clock time never reaches a result." },
        { object: "performance", property: "now", message: "Wall-clock time never reaches a result." },
      ],
      "no-console": "error",
    },
  },
  {
    files: ["**/*.js", "**/*.cjs", "**/*.mjs"],
    languageOptions: { globals: { module: "writable", console: "readonly", process: "readonly" } },
  },
);
