/** The words of the dialogs, in English. */
import { counted } from "./counted.js";

export const enDialogs = {
  help: {
    title: "How this works",
    sentences: (titles: string): readonly string[] => [
      `From what you like, a recommender that knows ${titles} works out your taste. Here it is taken apart into ` +
        "themes, and each theme has a fader.",
      "Push a fader up for more of a theme, down for less. Its position is how much of your list changes: halfway " +
        "up, half of the list is new.",
      "The list follows while you move. Choose a title to see why it is there; choose a theme’s name to see what it " +
        "stands for. Names in italics are guesses.",
    ],
    keysHeading: "Keys",
    keys: [
      ["↑ ↓", "turn a fader; with Shift, finely; Page ↑ ↓ in large steps"], ["← →", "to the next fader, chip or point"],
      ["0", "the fader back to rest"], ["M, S", "mute it; solo: mute all others"], ["Enter", "what it stands for"],
      ["Delete", "take it off the desk, or a title out of the taste"], ["/", "search for titles"],
      ["Ctrl Z", "undo; with Shift, redo"], ["Esc", "close what is open"],
    ] as readonly (readonly [key: string, meaning: string])[],
    lying: "Where faders lie, on small screens, ← → turn them and ↑ ↓ go to the next.",
    slash: "The key / searches",
  },

  browse: {
    search: "Narrow the list down",
    placeholder: "Narrow down",
    tags: "All tags",
    concepts: "All concepts",
    hint: (length: number): string =>
      `How many of your ${length} have it now, and with its fader halfway up. Choose one to turn it up.`,
    on: (n: number): string => `on ${counted("en-US", n, "title")}`,
  },

  users: {
    somebody: "Somebody …",
    heading: "Somebody’s taste",
    label: (people: string, data: string): string => `One of ${people} people in ${data}, by id`,
    take: "Take this taste",
    cancel: "Cancel",
    user: (id: string): string => `User ${id}`,
  },
};
