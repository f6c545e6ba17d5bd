// Browser code of the addons: ES modules that Odoo's asset bundler puts together.
import globals from "globals";

export default [
    { ignores: [".local/**", "node_modules/**", "**/static/lib/**"] },
    {
        files: ["addons/*/static/**/*.js", "addons/*/static/**/*.mjs"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: { ...globals.browser, ...globals.serviceworker, odoo: "readonly" },
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            "no-undef": "error",
            "no-unused-vars": ["error", { args: "after-used", caughtErrors: "all" }],
            "no-empty": "error",
            "no-console": ["error", { allow: ["warn", "error"] }],
            "no-debugger": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-var": "error",
            "prefer-const": "error",
            "eqeqeq": ["error", "always"],
            "no-shadow": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-dupe-keys": "error",
            "no-unreachable": "error",
            "no-fallthrough": "error",
            "require-await": "error",
        },
    },
    {
        // A service worker has no other name for itself.
        files: ["addons/*/static/**/*service_worker*.js"],
        rules: { "no-restricted-globals": "off" },
    },
    {
        // Tests tell their runner by console.log that they succeeded.
        files: ["addons/*/static/tests/**/*.js"],
        rules: { "no-console": "off" },
    },
    {
        // Test vectors and parsers are also run by node, without a browser.
        files: ["tests/**/*.mjs", "tests/**/*.js"],
        languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.node },
        rules: { "no-undef": "error", "no-unused-vars": "error", "prefer-const": "error" },
    },
];
