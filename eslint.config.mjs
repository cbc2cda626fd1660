import tseslint from 'typescript-eslint';

/** Test files read as one long list of sentences: the size of a describe block says nothing. */
const SPECS = ['**/*.spec.ts'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.jiujin/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Classes that Nest injects must stay value imports; the rule knows that from `emitDecoratorMetadata`.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', prefer: 'type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Environment variables are read as env['NAME'], so that tsc's index checks apply.
      '@typescript-eslint/dot-notation': 'off',
      // A method that must give a promise may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // Numbers are fine in a message.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowNever: true }],
      'complexity': ['error', 10],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'eqeqeq': ['error', 'always'],
      'no-console': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // Decorated classes without members are how Nest names a module.
    files: ['**/*.module.ts'],
    rules: { '@typescript-eslint/no-extraneous-class': 'off' },
  },
  {
    // Programs for the terminal write to it.
    files: ['local/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: SPECS,
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', {
        selector: "CallExpression[callee.object.name=/^(describe|it|test)$/][callee.property.name=/^(only|skip|todo)$/]",
        message: 'A test runs or it does not exist.',
      }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: { sourceType: 'module' },
    rules: { 'complexity': ['error', 10], 'max-lines': ['error', 300], 'prefer-const': 'error', 'eqeqeq': ['error', 'always'] },
  },
);
