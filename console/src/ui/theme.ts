import { ActionIcon, type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** A calm blue that keeps a contrast of 4.5 : 1 with white from shade 6 on. */
const link: MantineColorsTuple = [
  "#eef4fc",
  "#dbe7f7",
  "#b3cdee",
  "#88b1e6",
  "#6499de",
  "#4d8ad9",
  "#2f6fc4",
  "#1f5fbf",
  "#1a4f9f",
  "#143e7d",
];

export const theme = createTheme({
  primaryColor: "link",
  primaryShade: { light: 7, dark: 7 },
  colors: { link },
  defaultRadius: "md",
  cursorType: "pointer",
  autoContrast: true,
  fontFamily: "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif",
  headings: { fontWeight: "600" },
  components: {
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4 } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Notification: { styles: { description: { color: "var(--mantine-color-dimmed)" } } },
    // What scrolls must be reachable by keys.
    TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } },
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: "subtle" },
      // The smallest sizes would be 18 and 22 pixels: WCAG 2.2 asks for 24 wherever another target is near.
      vars: (_theme, { size }) => ({ root: size === "xs" || size === "sm" ? { "--ai-size": "1.5rem" } : {} }),
    }),
  },
});

const colourNames = ["red", "orange", "yellow", "teal", "green", "blue", "gray", "grape", "link"] as const;

/** The components' own shades of words on a coloured ground are too pale for WCAG 2.2 AA: these have a contrast of 4.5 : 1 and more. */
export const contrastingVariables: CSSVariablesResolver = (theme) => {
  const shades = (text: number, tinted: number): Record<string, string> =>
    Object.fromEntries(
      colourNames.flatMap((name) => [
        [`--mantine-color-${name}-text`, theme.colors[name]?.[text] ?? ""],
        [`--mantine-color-${name}-outline`, theme.colors[name]?.[text] ?? ""],
        [`--mantine-color-${name}-light-color`, theme.colors[name]?.[tinted] ?? ""],
      ]),
    );
  const { gray, dark, red, teal, orange } = theme.colors;
  return {
    variables: {},
    light: {
      ...shades(9, 9),
      "--mantine-color-dimmed": gray[7],
      "--mantine-color-placeholder": gray[7],
      "--mantine-color-error": red[9],
      // Shade 9 of these is still too light on their own tint.
      "--mantine-color-teal-light-color": "#055c45",
      "--mantine-color-teal-text": "#067051",
      "--mantine-color-orange-light-color": "#9c3a06",
      "--mantine-color-orange-text": "#b04406",
      "--mantine-color-yellow-light-color": "#7a4a00",
      "--mantine-color-yellow-text": "#8a5500",
      "--mantine-color-green-light-color": "#1c6b2a",
    },
    dark: {
      ...shades(4, 2),
      "--mantine-color-dimmed": dark[1],
      "--mantine-color-placeholder": dark[1],
      "--mantine-color-error": red[4],
      "--mantine-color-teal-text": teal[4],
      "--mantine-color-orange-text": orange[4],
    },
  };
};
