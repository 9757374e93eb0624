package eval

import "math"

// z95 is the quantile of the normal distribution for a 95 % interval.
const z95 = 1.959964

// Wilson gives the 95 % interval of a share from hits out of n. Unlike the
// textbook interval it stays sensible for few cases and for shares near 0 or 1.
func Wilson(hits, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m, z2 := float64(hits)/float64(n), float64(n), z95*z95
	centre := (p + z2/(2*m)) / (1 + z2/m)
	half := z95 / (1 + z2/m) * math.Sqrt(p*(1-p)/m+z2/(4*m*m))
	return max(0, centre-half), min(1, centre+half)
}
