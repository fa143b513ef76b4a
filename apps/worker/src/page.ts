import type { Answer } from "./answer.ts";
import type { Sale, Stock } from "./shop.ts";
import { style } from "./style.ts";

/** The shop as a page that needs no script. All that goes into it is ours: numbers, dates and sentences. */
export function page({ status, message, stock }: Answer): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${stock ? `${stock.left} tickets left` : "Tickets"}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Tickets</h1>
${message && `<p class="${status < 400 ? "good" : "bad"}" role="${status < 400 ? "status" : "alert"}">${message}</p>`}
${stock ? counter(stock) : `<p><a href="/">Back to the shop</a></p>`}
</main>
</body>
</html>`;
}

function counter(stock: Stock): string {
  const { left, of } = stock;
  return `<p class="left"><strong>${left}</strong> of ${of} left</p>
<progress max="${of}" value="${left}" aria-label="Tickets left">${left} of ${of}</progress>
<form method="post" action="/buy"><button${left === 0 ? " disabled" : ""}>${left === 0 ? "Sold out" : "Buy a ticket"}</button></form>
<h2>Last sales</h2>
${salesList(stock.recent)}`;
}

function salesList(sales: readonly Sale[]): string {
  if (sales.length === 0) return "<p>None yet: be the first.</p>";
  const items = sales.map(({ ticket, at }) => `<li><span>Ticket ${ticket}</span> ${time(at)}</li>`);
  return `<ol>${items.join("")}</ol>`;
}

function time(at: string): string {
  return `<time datetime="${at}">${at.slice(0, 10)} ${at.slice(11, 19)} UTC</time>`;
}
