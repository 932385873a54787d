/** The words of the dialogs, in German. */
import type { enDialogs } from "./en-dialogs.js";

export const deDialogs: typeof enDialogs = {
  help: {
    title: "Wie das geht",
    sentences: (titles) => [
      `Aus dem, was Sie mögen, errechnet ein Empfehler, der ${titles} kennt, Ihren Geschmack. Hier ist er in Themen ` +
        "zerlegt, und jedes Thema hat einen Regler.",
      "Regler hoch: mehr von einem Thema; runter: weniger. Die Stellung sagt, wie viel der Liste sich ändert: auf " +
        "halber Höhe ist die halbe Liste neu.",
      "Die Liste folgt sofort. Wählen Sie einen Titel, um zu sehen, warum er da ist, oder den Namen eines Themas, um " +
        "zu sehen, wofür es steht. Schräg geschriebene Namen sind geraten.",
    ],
    keysHeading: "Tasten",
    keys: [
      ["↑ ↓", "Regler bewegen; mit Umschalt fein, mit Bild ↑ ↓ in großen Schritten"],
      ["← →", "zum nächsten Regler, Knopf oder Punkt"], ["0", "Regler zurück in Ruhe"],
      ["M, S", "stumm; allein: alle anderen stumm"], ["Enter", "wofür er steht"],
      ["Entf", "vom Pult nehmen, einen Titel aus dem Geschmack"], ["/", "Titel suchen"],
      ["Strg Z", "rückgängig; mit Umschalt wiederholen"], ["Esc", "schließen, was offen ist"],
    ],
    lying: "Wo die Regler liegen, auf kleinen Schirmen, bewegen ← → sie und ↑ ↓ gehen zum nächsten.",
    slash: "Die Taste / sucht",
  },

  browse: {
    search: "Die Liste eingrenzen",
    placeholder: "Eingrenzen",
    tags: "Alle Schlagwörter",
    concepts: "Alle Themen",
    hint: (length) =>
      `Wie viele Ihrer ${length} es jetzt haben, und wie viele, wenn sein Regler halb oben ist. Wählen dreht ihn auf.`,
    on: (n) => `an ${n.toLocaleString("de-DE")} Titeln`,
  },

  users: {
    somebody: "Jemand …",
    heading: "Geschmack eines anderen",
    label: (people, data) => `Einer von ${people} Menschen in ${data}, nach Kennung`,
    take: "Diesen Geschmack nehmen",
    cancel: "Abbrechen",
    user: (id) => `Nutzer ${id}`,
  },
};
