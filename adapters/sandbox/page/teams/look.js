// How cards look, for the library that draws them. Law: every colour is one of the page's own, so that light and dark are its matter alone.

const shade = (color) => ({ default: color, subtle: color });
const COLORS = {
  default: { default: "var(--ink)", subtle: "var(--ink-soft)" },
  dark: { default: "var(--ink)", subtle: "var(--ink-soft)" },
  light: { default: "var(--ink-soft)", subtle: "var(--ink-soft)" },
  accent: shade("var(--accent)"),
  good: shade("var(--good)"),
  warning: shade("var(--warning)"),
  attention: shade("var(--danger)"),
};
const FONT = {
  fontSizes: { small: 13, default: 14, medium: 15, large: 18, extraLarge: 22 },
  fontWeights: { lighter: 400, default: 400, bolder: 700 },
};
const style = (backgroundColor) => ({ backgroundColor, foregroundColors: COLORS });

export const look = {
  supportsInteractivity: true,
  fontFamily: "inherit",
  fontTypes: { default: { fontFamily: "inherit", ...FONT }, monospace: { fontFamily: "var(--mono)", ...FONT } },
  ...FONT,
  lineHeights: { small: 18, default: 20, medium: 21, large: 24, extraLarge: 28 },
  spacing: { small: 4, default: 8, medium: 12, large: 20, extraLarge: 28, padding: 14 },
  separator: { lineThickness: 1, lineColor: "var(--line)" },
  containerStyles: {
    default: style("transparent"), emphasis: style("var(--bg-soft)"), accent: style("var(--accent-soft)"),
    good: style("var(--bg-soft)"), warning: style("var(--bg-soft)"), attention: style("var(--bg-soft)"),
  },
  actions: {
    maxActions: 6, spacing: "default", buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left",
    showCard: { actionMode: "inline", inlineTopMargin: 10, style: "emphasis" },
  },
  inputs: {
    label: {
      inputSpacing: "small",
      requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" },
      optionalInputs: { weight: "bolder" },
    },
    errorMessage: { color: "attention", weight: "bolder", spacing: "small" },
  },
  factSet: { title: { weight: "bolder", wrap: true, maxWidth: 150 }, value: { wrap: true }, spacing: 10 },
  textBlock: { headingLevel: 3 },
};
