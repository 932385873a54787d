/** The words of the first visit, of what can be done with a title, of kept mixes and of taking along, in German. */
import { counted } from "./counted.js";
import type { enFirstTouch } from "./en-first-touch.js";

export const deFirstTouch: typeof enFirstTouch = {
  first: {
    heading: "Was mögen Sie?",
    pick: (n) => (n === 0 ? "Wählen Sie drei bis fünf Titel; die Liste unten folgt."
      : n < 3 ? `${n} gewählt: noch ${3 - n}, dann kennt sie Sie ein wenig.`
        : `${n} gewählt: die Liste unten kennt Sie jetzt.`),
    example: (name) => `Bis Sie wählen, gilt alles hier einem Beispiel: ${name}.`,
    grid: "Beliebte Titel, die sich unterscheiden",
    goOn: "Weiter",
    skip: "Überspringen",
    turn: (name) => `Schieben Sie jetzt „${name}“ ein wenig hoch und sehen Sie der Liste zu.`,
    turned: "Das ist alles. Drehen Sie, was Sie wollen; Rückgängig nimmt es zurück.",
    done: "Fertig",
    again: "Aus Titeln wählen",
  },

  row: {
    menu: (title) => `Was mit ${title} geschehen soll`,
    more: "Mehr davon",
    less: "Weniger davon",
    never: "Nie zeigen",
    did: {
      more: (title) => `${title} zählt jetzt zum Geschmack.`,
      less: (title) => `${title} zählt gegen alles, was ähnlich ist.`,
      never: (title) => `${title} wird nie gezeigt.`,
    },
    leftOut: (n) => `Abgelehnt: ${counted("de-DE", n, "Titel", "Titel")}`,
    isDisliked: "weniger",
    isHidden: "nie",
    forgive: (title) => `${title} nicht mehr ablehnen`,
    forgiveAll: "Alle wieder zulassen",
  },

  mixes: {
    heading: "Mischungen",
    builtIn: "Eingebaute Mischungen",
    builtInNames: { closer: "Näher an daheim", away: "Abenteuerlicher", faint: "Leisere Seiten" },
    builtInAbout: {
      closer: (themes) => `mehr von Ihrem stärksten Thema: ${themes}`,
      away: (themes) => `weniger von Ihren stärksten Themen: ${themes}`,
      faint: (themes) => `mehr von Ihren leisesten Themen: ${themes}`,
    },
    open: "Mischungen",
    hint: "Eine Mischung ist, wie die Regler stehen, für wessen Geschmack auch immer. Sie bleibt in diesem Browser.",
    none: "Noch keine.",
    name: "Name der Mischung",
    keep: "Diese behalten",
    apply: "Auflegen",
    applyNamed: (name) => `Auflegen: ${name}`,
    rename: (name) => `Anderer Name für ${name}`,
    remove: (name) => `${name} löschen`,
    removed: (name) => `„${name}“ ist gelöscht.`,
    nothing: "Bewegen Sie zuerst einen Regler: noch gibt es nichts zu behalten.",
  },

  compare: {
    slots: "Zwei Einstellungen",
    slot: (slot) => `Einstellung ${slot}`,
    hold: "Vergleich",
    holdMeaning: "Solange gehalten wird, steht da die Liste der anderen Einstellung, oder die mit nichts gedreht",
    nothingTurned: "Nichts gedreht",
  },

  take: {
    open: "Sichern",
    heading: "Die Liste mitnehmen",
    text: "Als Text kopieren",
    copied: "Kopiert",
    refused: "Der Browser lässt es nicht zu",
    csv: "CSV laden",
    picture: "Bild laden",
    hint: "Alles entsteht in dieser Seite; nichts wird gesendet.",
    card: "Die Liste als Bild",
    turnedBy: "Gedreht",
    untouched: "Wie mein Geschmack sie macht",
    file: "unknot-liste",
  },
};
