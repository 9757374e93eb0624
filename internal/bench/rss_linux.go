package bench

// Linux reports the peak in KiB.
const rssUnitsPerMiB = 1 << 10
