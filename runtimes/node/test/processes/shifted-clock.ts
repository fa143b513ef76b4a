// A preload: the process believes that it is so many milliseconds later than it is.
const shift = Number(process.env.CLOCK_SHIFT_MS);
const { now } = Date;
Date.now = () => now() + shift;
