//go:build !linux

package bench

// macOS reports the peak in bytes.
const rssUnitsPerMiB = 1 << 20
