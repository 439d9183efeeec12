const globals = require("globals");

module.exports = [
    {
        files: ["addons/*/static/**/*.js"],
        ignores: ["**/lib/**"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {...globals.browser, odoo: "readonly", luxon: "readonly"},
        },
        rules: {
            curly: "error",
            eqeqeq: ["error", "always", {null: "ignore"}],
            "no-console": "error",
            "no-debugger": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-undef": "error",
            "no-unused-vars": "error",
            "no-var": "error",
            "prefer-const": "error",
        },
    },
];
