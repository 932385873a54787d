/** The words of the first visit, of what can be done with a title, of kept mixes, comparing and taking a list along. */
import { counted } from "./counted.js";

export const enFirstTouch = {
  first: {
    heading: "What do you like?",
    pick: (n: number): string => (n === 0 ? "Pick three to five titles; the list below follows."
      : n < 3 ? `${n} picked: ${3 - n} more and it knows you a little.` : `${n} picked: the list below knows you now.`),
    example: (name: string): string => `Until you pick, everything below is for an example: ${name}.`,
    grid: "Popular titles that differ",
    goOn: "Go on",
    skip: "Skip",
    turn: (name: string): string => `Now push “${name}” up a little and watch the list change.`,
    turned: "That is all there is to it. Turn whatever you like; Undo takes it back.",
    done: "Done",
    again: "Pick from titles",
  },

  row: {
    menu: (title: string): string => `What to do with ${title}`,
    more: "More like this",
    less: "Less like this",
    never: "Never show",
    did: {
      more: (title: string): string => `${title} counts for your taste now.`,
      less: (title: string): string => `${title} counts against what is like it.`,
      never: (title: string): string => `${title} is never shown.`,
    },
    leftOut: (n: number): string => `Held against: ${counted("en-US", n, "title")}`,
    isDisliked: "less",
    isHidden: "never",
    forgive: (title: string): string => `Hold nothing against ${title}`,
    forgiveAll: "Empty",
  },

  mixes: {
    heading: "Mixes",
    builtIn: "Built-in mixes",
    builtInNames: { closer: "Closer to home", away: "More adventurous", faint: "Quieter sides" },
    builtInAbout: {
      closer: (themes: string): string => `more of your strongest theme: ${themes}`,
      away: (themes: string): string => `less of your strongest themes: ${themes}`,
      faint: (themes: string): string => `more of your faintest themes: ${themes}`,
    },
    open: "Mixes",
    hint: "A mix is how the faders stand, whoever’s taste they turn. Mixes are kept in this browser.",
    none: "None is kept yet.",
    name: "Name of the mix",
    keep: "Keep this mix",
    apply: "Put on the desk",
    applyNamed: (name: string): string => `Put on the desk: ${name}`,
    rename: (name: string): string => `Another name for ${name}`,
    remove: (name: string): string => `Delete ${name}`,
    removed: (name: string): string => `“${name}” is deleted.`,
    nothing: "Turn a fader first: there is nothing to keep.",
  },

  compare: {
    slots: "Two settings",
    slot: (slot: string): string => `Setting ${slot}`,
    hold: "Compare",
    holdMeaning: "While this is held, the list is that of the other setting, or the one with nothing turned",
    nothingTurned: "Nothing turned",
  },

  take: {
    open: "Save",
    heading: "Take the list along",
    text: "Copy as text",
    copied: "Copied",
    refused: "The browser refused",
    csv: "Download CSV",
    picture: "Download picture",
    hint: "All of it is made in this page; nothing is sent.",
    card: "The list as a picture",
    turnedBy: "Turned",
    untouched: "As my taste has it",
    file: "unknot-list",
  },
};
