import { close, sell } from "./box-office.js";
import { closeLocks } from "./locks.js";
import type { Seats } from "./seats.js";

const seats: Seats = { left: 5, sold: [] };
const buyers = ["Ada", "Ben", "Cem", "Dan", "Eva", "Fay", "Gus"];
const got = await Promise.all(buyers.map((buyer) => sell(seats, buyer)));
console.log(
  `${seats.sold.length} seats sold, ${seats.left} left, ${got.filter((each) => !each).length} in vain`,
);
console.log((await Promise.all([close(), close()])).sort().join("; "));
await closeLocks();
