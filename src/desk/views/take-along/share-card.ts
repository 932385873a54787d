/**
 * The list as a picture: its first titles, what was turned, and the model that made it. Drawn on a canvas in the page;
 * nothing is loaded or sent for it.
 */
import type { ListedItem } from "../../../session/session-types.js";

export interface ShareCard {
  readonly heading: string;
  readonly items: readonly ListedItem[];
  /** Names of what is turned, with their positions: "+0.50 shoegaze". */
  readonly turned: readonly { readonly text: string; readonly up: boolean }[];
  /** What stands over them, or in their place. */
  readonly turnedHeading: string;
  readonly model: string;
}

const [WIDTH, HEIGHT, MARGIN] = [1080, 1350, 84];
const TITLES = 12;
const TURNED = 4;
const FONT = '"Helvetica Neue", Helvetica, Arial, sans-serif';
const COLOURS = { ground: "#f6f6f3", ink: "#191b18", soft: "#555952", line: "#d2d4ce", up: "#a93b0a", down: "#22608f" };

export function drawShareCard(canvas: HTMLCanvasElement, card: ShareCard): void {
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const at = canvas.getContext("2d")!;
  const line = (text: string, x: number, y: number, size: number, colour: string, weight = 400): void => {
    at.font = `${weight} ${size}px ${FONT}`;
    at.fillStyle = colour;
    at.fillText(fitted(at, text, WIDTH - MARGIN - x), x, y);
  };
  at.fillStyle = COLOURS.ground;
  at.fillRect(0, 0, WIDTH, HEIGHT);
  knob(at, MARGIN + 22, 118);
  line("unknot", MARGIN + 62, 132, 40, COLOURS.ink, 700);
  line(card.heading, MARGIN, 216, 52, COLOURS.ink, 700);
  let y = 278;
  if (card.turned.length > 0) line(card.turnedHeading, MARGIN, y, 28, COLOURS.soft);
  else line(card.turnedHeading, MARGIN, y, 32, COLOURS.soft);
  for (const { text, up } of card.turned.slice(0, TURNED)) {
    y += 44;
    line(text, MARGIN, y, 34, up ? COLOURS.up : COLOURS.down, 700);
  }
  y += 34;
  at.fillStyle = COLOURS.line;
  at.fillRect(MARGIN, y, WIDTH - 2 * MARGIN, 2);
  const items = card.items.slice(0, TITLES);
  const step = Math.min(72, (HEIGHT - 130 - y) / items.length);
  items.forEach(({ title }, i) => {
    const base = y + step * (i + 0.78);
    at.textAlign = "right";
    line(String(i + 1), MARGIN + 44, base, 30, COLOURS.soft);
    at.textAlign = "left";
    line(title, MARGIN + 72, base, 36, COLOURS.ink);
  });
  line(card.model, MARGIN, HEIGHT - 60, 26, COLOURS.soft);
}

/** The desk's mark: a ring and its pointer. */
function knob(at: CanvasRenderingContext2D, x: number, y: number): void {
  at.strokeStyle = COLOURS.up;
  at.lineWidth = 5;
  at.lineCap = "round";
  at.beginPath();
  at.arc(x, y, 19, 0, 2 * Math.PI);
  at.moveTo(x, y);
  at.lineTo(x + 12, y - 12);
  at.stroke();
}

/** The text, cut where it would be wider. */
function fitted(at: CanvasRenderingContext2D, text: string, width: number): string {
  if (at.measureText(text).width <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 0 && at.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}
